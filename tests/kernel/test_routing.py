"""Who answers whom: two or three operators, a handful of contacts, answers worked out by hand."""

import pytest
from kernel_bench import Bench, seconds

from twin.kernel.codes import Event, Outcome

TWO = {"a": {}, "b": {}}
TWO_INTENTS = {"ann": {"talk": seconds(100)}, "bob": {"talk": seconds(100)}}
TWO_ROUTES = [
    {"intents": ["ann"], "queue": "main", "skills": ["a"]},
    {"intents": ["bob"], "queue": "main", "skills": ["b"]},
]
RATES = {"kind": "rates", "rates": {"ann": "1 /h"}}
TWO_KINDS = {"skills": TWO, "intents": TWO_INTENTS, "routes": TWO_ROUTES, "demand": RATES}


def desks(*skills, **more):
    """One group per operator, each with the skills given."""
    return {f"desk{i}": {"count": 1, "skills": held, **more} for i, held in enumerate(skills)}


def by_priority(**priorities):
    """Clusters that share the queue and the skill and differ in priority."""
    return {"clusters": {name: {} for name in priorities}, "priorities": priorities}


# ---- a contact arrives: whom? ---------------------------------------------------------------------------------------


def test_a_primary_operator_answers_before_a_secondary_one():
    bench = Bench(groups=desks({"a": 2}, {"a": 1}))
    first, second = bench.calls(10, 11)
    bench.run()
    assert (bench.operator(first), bench.operator(second)) == (1, 0)


def test_of_those_alike_the_longest_idle_answers():
    bench = Bench(groups={"desk": {"count": 3, "skills": {"a": 1}}})
    bench.start(0, 2).start(1, 0).start(2, 1)
    contacts = bench.calls(10, 11, 12, 115, 116)  # 2 is free again at 110, 0 at 111, 1 at 112
    bench.run()
    assert [bench.operator(contact) for contact in contacts] == [2, 0, 1, 2, 0]


def test_an_operator_back_from_a_call_stands_last():
    bench = Bench(groups={"desk": {"count": 2, "skills": {"a": 1}}})
    contacts = [bench.call(0, talk=300), bench.call(1, talk=10), bench.call(50, talk=300), bench.call(400)]
    bench.run()
    assert [bench.operator(contact) for contact in contacts] == [0, 1, 1, 0]


def test_the_circle_widens_after_a_wait_though_nothing_else_happens():
    stages = [{"level": 1}, {"level": 2, "after": "20 s"}, {"level": 3, "after": "60 s"}]
    bench = Bench(routing={"stages": stages}, groups=desks({"a": 1}, {"a": 3}))
    bench.call(0, talk=1000)
    contact = bench.call(10)
    bench.run()
    assert (bench.operator(contact), bench.wait(contact)) == (1, 60.0)


def test_a_further_skill_of_the_route_opens_after_its_own_wait():
    skills = ["a", {"skill": "b", "after": "30 s"}]
    bench = Bench(skills=TWO, routes=[{"queue": "main", "skills": skills}], groups=desks({"a": 1}, {"b": 1}))
    bench.call(0, talk=1000)
    contact = bench.call(10)
    bench.run()
    assert (bench.operator(contact), bench.wait(contact)) == (1, 30.0)


def test_an_operator_freed_before_the_circle_widens_leaves_the_contact_waiting():
    stages = [{"level": 1}, {"level": 2, "after": "60 s"}]
    bench = Bench(skills=TWO, routing={"stages": stages}, groups=desks({"a": 1}, {"a": 2, "b": 1}),
                  intents=TWO_INTENTS, demand=RATES, routes=TWO_ROUTES)  # fmt: skip
    bench.call(0, "ann", talk=1000)
    bench.call(0, "bob", talk=30)  # keeps the secondary operator until 30
    contact = bench.call(10, "ann")
    bench.run()
    assert (bench.operator(contact), bench.wait(contact)) == (1, 60.0)


def test_an_operator_freed_after_the_circle_has_widened_takes_the_contact_at_once():
    stages = [{"level": 1}, {"level": 2, "after": "60 s"}]
    bench = Bench(skills=TWO, routing={"stages": stages}, groups=desks({"a": 1}, {"a": 2, "b": 1}),
                  intents=TWO_INTENTS, demand=RATES, routes=TWO_ROUTES)  # fmt: skip
    bench.call(0, "ann", talk=1000)
    bench.call(0, "bob", talk=90)
    contact = bench.call(10, "ann")
    bench.run()
    assert (bench.operator(contact), bench.wait(contact)) == (1, 80.0)


def test_nobody_is_answered_by_a_stage_that_opens_after_patience_has_ended():
    stages = [{"level": 1}, {"level": 2, "after": "60 s"}]
    for events in (None, True):
        bench = Bench(routing={"stages": stages, "patience_events": events}, groups=desks({"a": 1}, {"a": 2}),
                      intents={"calls": {"talk": seconds(100), "patience": seconds(40)}})  # fmt: skip
        bench.call(0, talk=1000)
        contact = bench.call(10)
        bench.run()
        assert bench.outcome(contact) == Outcome.ABANDONED
        assert bench.wait(contact) == 40.0


# ---- an operator is free: what next? --------------------------------------------------------------------------------


def test_lines_are_served_first_come_first_served():
    bench = Bench()
    contacts = bench.calls(0, 10, 20, 30)
    bench.run()
    assert bench.order() == contacts
    assert [bench.wait(contact) for contact in contacts] == [0.0, 90.0, 180.0, 270.0]


def test_the_lowest_rank_goes_first_however_long_others_have_waited():
    bench = Bench(**by_priority(gold={"rank": 1}, basic={"rank": 2, "points": 1000.0}))
    bench.call(0, cluster="basic")
    basic, gold = bench.call(1, cluster="basic"), bench.call(99, cluster="gold")
    bench.run()
    assert bench.order() == [0, gold, basic]


def test_among_equal_ranks_most_points_go_first():
    bench = Bench(**by_priority(gold={"points": 100.0}, basic={"points": 10.0}))
    bench.call(0, cluster="basic")
    basic, gold = bench.call(20, cluster="basic"), bench.call(40, cluster="gold")
    bench.run()
    assert bench.order() == [0, gold, basic]


@pytest.mark.parametrize(("gold_at", "first"), [(70, "gold"), (79, "gold"), (81, "basic"), (95, "basic")])
def test_points_that_grow_with_the_wait_overtake(gold_at, first):
    """When the operator is free, at 100 s, basic has 10 + 100 points, gold 100 + (100 - gold_at) / 2."""
    bench = Bench(**by_priority(gold={"points": 100.0, "points_per_second": 0.5}, basic={"points": 10.0}))
    bench.call(0, cluster="basic")
    contacts = {"basic": bench.call(0, cluster="basic"), "gold": bench.call(gold_at, cluster="gold")}
    bench.run()
    assert bench.order()[1] == contacts[first]


def test_a_credit_of_ninety_points_is_worth_ninety_seconds():
    """Anonymous Bank: priority customers are moved ahead as if they had waited 90 s longer."""
    for at, gold_first in ((89, True), (91, False)):
        bench = Bench(**by_priority(gold={"points": 90.0}, basic={}))
        bench.call(0, cluster="basic", talk=200)
        basic, gold = bench.call(0, cluster="basic"), bench.call(at, cluster="gold")
        bench.run()
        assert bench.order()[1] == (gold if gold_first else basic)


def test_at_equal_points_the_longest_wait_goes_first():
    bench = Bench(
        **by_priority(one={"points": 30.0, "points_per_second": 0.0}, two={"points": 30.0, "points_per_second": 0.0})
    )
    bench.call(0, cluster="one")
    two, one = bench.call(1, cluster="two"), bench.call(2, cluster="one")
    bench.run()
    assert bench.order() == [0, two, one]


@pytest.mark.parametrize("primary_first", [True, False])
def test_a_free_operator_may_look_for_his_primary_skill_first(primary_first):
    bench = Bench(**TWO_KINDS, routing={"primary_first": primary_first}, groups=desks({"a": 1, "b": 2}))
    bench.call(0, "ann")
    bob, ann = bench.call(10, "bob"), bench.call(20, "ann")
    bench.run()
    assert bench.order() == ([0, ann, bob] if primary_first else [0, bob, ann])


def test_an_operator_takes_only_contacts_of_skills_held():
    bench = Bench(**TWO_KINDS, groups=desks({"a": 1}, {"b": 1}))
    ann, bob, second = bench.call(0, "ann"), bench.call(0, "bob", talk=10), bench.call(5, "ann")
    bench.run()
    assert [bench.operator(contact) for contact in (ann, bob, second)] == [0, 1, 0]


def test_more_than_sixty_four_lines_are_served_in_order():
    names = [f"c{i}" for i in range(100)]
    priorities = {name: {"points": float(i), "points_per_second": 0.0} for i, name in enumerate(names)}
    bench = Bench(clusters={name: {} for name in names}, priorities=priorities)
    bench.call(0, cluster="c0")
    for number, name in enumerate(names):
        bench.call(1 + number / 100, cluster=name)
    bench.run()
    assert bench.order() == [0, *range(100, 0, -1)]


# ---- residual capacity ----------------------------------------------------------------------------------------------


def reserved(share, guarantee="300 s", points=0.0, n=4):
    basic = {"rank": 1, "reserve": {"share": share, "guarantee": guarantee, "points": points}}
    return Bench(**by_priority(gold={}, basic=basic), groups={"desk": {"count": n, "skills": {"a": 1}}})


def test_residual_capacity_is_kept_for_others_until_enough_are_idle():
    bench = reserved(0.5)
    gold = [bench.call(0, cluster="gold", talk=talk) for talk in (50, 100, 200)]
    basic = bench.call(10, cluster="basic")  # one of four is idle: 25 %
    bench.run()
    assert bench.wait(gold[0]) == 0
    assert bench.wait(basic) == 40.0  # with the one freed at 50 two of four would be idle


def test_a_reserve_does_not_hold_back_other_contacts():
    bench = reserved(0.5)
    for talk in (500, 500, 500):
        bench.call(0, cluster="gold", talk=talk)
    basic, gold = bench.call(10, cluster="basic"), bench.call(20, cluster="gold")
    bench.run()
    assert bench.wait(gold) == 0.0
    assert bench.wait(basic) == 300.0  # its guarantee: until then one of four is idle at the most


def test_after_the_guaranteed_wait_residual_capacity_is_no_longer_asked_for():
    bench = reserved(0.5, "120 s")
    for talk in (1000, 1000, 1000):
        bench.call(0, cluster="gold", talk=talk)
    basic = bench.call(10, cluster="basic")
    bench.run()
    assert bench.wait(basic) == 120.0


def test_after_the_guaranteed_wait_points_are_added():
    basic = {"reserve": {"share": 0.0, "guarantee": "50 s", "points": 500.0}, "points_per_second": 0.0}
    held = {"reserve": {"share": 0.01, "guarantee": "50 s", "points": 500.0}, "points_per_second": 0.0}
    for rule, first in ((basic, "gold"), (held, "basic")):
        bench = Bench(**by_priority(gold={"points": 100.0}, basic=rule))
        bench.call(0, cluster="gold")
        contacts = {"basic": bench.call(10, cluster="basic"), "gold": bench.call(20, cluster="gold")}
        bench.run()
        assert bench.order()[1] == contacts[first]


@pytest.mark.parametrize("row", [(Event.SHIFT_END, 1, 0.0), (Event.BREAK, 1, 500.0)])
def test_an_operator_who_leaves_may_release_residual_capacity(row):
    basic = {"reserve": {"share": 0.4, "guarantee": "900 s"}}
    bench = Bench(**by_priority(gold={}, basic=basic), groups=desks({"a": 1}, {"a": 1}, {"a": 1}))
    bench.start().at(99, *row)
    bench.call(0, cluster="gold", talk=1000)  # operator 0
    bench.call(0, cluster="gold", talk=100)  # operator 1, who then leaves: one of two is idle, 50 %
    contact = bench.call(10, cluster="basic")  # one of three is idle, 33 %
    bench.run()
    assert (bench.wait(contact), bench.operator(contact)) == (90.0, 2)


def test_an_operator_without_the_skill_does_not_count_as_idle_capacity():
    """The one who is freed holds the route's second skill only: of the first skill's operators none is idle."""
    basic = {"reserve": {"share": 0.5, "guarantee": "900 s"}}
    bench = Bench(**by_priority(basic=basic), skills=TWO, groups=desks({"a": 1}, {"b": 1}),
                  intents=TWO_INTENTS, demand=RATES,
                  routes=[{"intents": ["ann"], "queue": "main", "skills": ["a", "b"]},
                          {"intents": ["bob"], "queue": "main", "skills": ["b"]}])  # fmt: skip
    bench.call(0, "ann", cluster="basic", talk=300)
    bench.start()
    bench.call(0, "bob", cluster="basic", talk=100)
    contact = bench.call(10, "ann", cluster="basic")
    bench.run()
    assert (bench.wait(contact), bench.operator(contact)) == (290.0, 0)


# ---- expected wait --------------------------------------------------------------------------------------------------


def outsourced(threshold="90 s", after="0 s", n_inside=1, n_outside=1, **more):
    stages = [{"level": 1}, {"level": 4, "after": after, "expected_wait": threshold}]
    groups = {"inside": {"count": n_inside, "skills": {"a": 1}}, "outside": {"count": n_outside, "skills": {"a": 4}}}
    return Bench(routing={"stages": stages}, groups=groups, **more)


def test_overflow_opens_when_the_expected_wait_reaches_its_threshold():
    bench = outsourced("300 s")  # each contact in line adds 100 s
    contacts = bench.calls(0, 1, 2, 3)  # the third in line makes it 300 s: the first in line goes over
    bench.run()
    assert [bench.operator(contact) for contact in contacts] == [0, 1, 0, 0]
    assert bench.wait(contacts[1]) == 2.0


def test_overflow_operators_stay_idle_below_the_threshold():
    bench = outsourced("300 s")
    contacts = bench.calls(0, 1, 2)
    bench.run()
    assert [bench.operator(contact) for contact in contacts] == [0, 0, 0]


def test_the_newcomer_who_opens_a_stage_does_not_pass_those_before_it():
    bench = outsourced("200 s")
    first, second, third = bench.calls(0, 1, 2)
    bench.run()
    assert (bench.operator(second), bench.wait(second)) == (1, 1.0)
    assert (bench.operator(third), bench.wait(third)) == (0, 98.0)
    assert bench.operator(first) == 0


def test_a_stage_opens_by_its_wait_or_by_the_expected_wait_whichever_comes_first():
    for threshold, wait in (("150 s", 1.0), ("1000 s", 60.0)):
        bench = outsourced(threshold, after="60 s")
        bench.call(0, talk=1000)
        second, third = bench.calls(10, 11)
        bench.run()
        assert (bench.operator(second), bench.wait(second)) == (1, wait)
        assert (
            bench.wait(third) == 100.0 + 10 + wait - 11
        )  # the same operator, free again, has waited long enough for it


def test_overflow_opens_when_an_operator_leaves_and_the_expected_wait_grows():
    bench = outsourced("190 s", n_inside=2)
    bench.start().at(50, Event.SHIFT_END, 1)
    bench.call(0, talk=500)
    bench.call(0, talk=100)  # leaves at 100: two in line for one operator are 200 s
    first, second = bench.calls(10, 20)
    bench.run()
    assert (bench.operator(first), bench.wait(first)) == (2, 90.0)
    assert bench.operator(second) in (0, 2)


def test_a_line_overflows_too_when_another_line_of_its_skill_grows():
    routes = [
        {
            "intents": ["ann"],
            "queue": "main",
            "skills": ["a"],
            "stages": [{"level": 1}, {"level": 4, "expected_wait": "200 s"}],
        },
        {"intents": ["bob"], "queue": "main", "skills": ["a"], "stages": [{"level": 1}]},
    ]
    bench = Bench(skills={"a": {}}, intents=TWO_INTENTS, demand=RATES, routes=routes, groups=desks({"a": 1}, {"a": 4}))
    bench.call(0, "bob", talk=1000)
    ann, bob = bench.call(10, "ann"), bench.call(30, "bob")
    bench.run()
    assert (bench.operator(ann), bench.wait(ann)) == (1, 20.0)
    assert bench.operator(bob) == 0


def test_two_lines_opened_at_once_go_by_priority():
    stages = [{"level": 1}, {"level": 4, "expected_wait": "300 s"}]
    bench = Bench(
        **by_priority(basic={"rank": 2}, gold={"rank": 1}), routing={"stages": stages}, groups=desks({"a": 1}, {"a": 4})
    )
    bench.call(0, cluster="basic", talk=1000)
    bench.call(1, cluster="basic")
    gold = bench.call(2, cluster="gold")
    bench.call(3, cluster="basic")
    bench.run()
    assert (bench.operator(gold), bench.wait(gold)) == (1, 1.0)


# ---- the owner of a case --------------------------------------------------------------------------------------------


def owned(owner_wait="30 s", patience=None, talk=100, recall_delay=50.0, n=2):
    """Each first contact opens a case, is not resolved and comes back 50 s after its end."""
    kind = {"talk": seconds(talk), "fcr": 0.0, "case_share": 1.0}
    if patience is not None:
        kind["patience"] = patience
    return Bench(intents={"calls": kind}, recall={"share": 1.0, "delay": seconds(recall_delay)},
                 resolution={"floor": 0.0}, routing={"owner_wait": owner_wait},
                 groups={"desk": {"count": n, "skills": {"a": 1}}})  # fmt: skip


def test_a_contact_about_a_case_goes_to_its_owner_if_idle():
    bench = owned()
    contact = bench.call(0, talk=10)  # again at 60 and 120; operator 1 has been idle longer
    bench.run(125)
    assert [int(row["operator"]) for row in bench.of(contact)] == [0, 0]
    assert bench.total("to_owner") == 2


def test_a_contact_waits_for_its_busy_owner_though_others_are_idle():
    bench = owned()
    bench.start(0, 0).start(20, 1)
    case = bench.call(0, talk=10)  # owner 0; back at 60
    other = bench.call(30, talk=50)  # 0 has been idle since 10, 1 since 20: the owner is busy until 80
    bench.run(100)
    assert bench.operator(other) == 0
    assert [int(row["operator"]) for row in bench.of(case)] == [0, 0]
    assert bench.wait(case) == 20.0


def test_a_contact_stops_waiting_for_its_owner_after_a_while():
    bench = owned("30 s")
    bench.start(0, 0).start(20, 1)
    case = bench.call(0, talk=10)
    bench.call(30, talk=500)  # owner busy until 530
    bench.run(105)
    row = bench.of(case)[1]
    assert (int(row["operator"]), float(row["answered_at"] - row["joined_at"])) == (1, 30.0)
    assert bench.total("to_owner") == 0


def test_a_contact_that_leaves_its_owner_joins_the_line_by_its_whole_wait():
    bench = owned("30 s", n=1)
    case = bench.call(0, talk=10)  # back at 60, waits for 0 until 90
    bench.call(30, talk=100)  # until 130
    other = bench.call(70, talk=10)
    bench.run(200)
    rows = bench.of(case)
    assert float(rows[1]["answered_at"]) == 130.0
    assert float(bench.of(other)[0]["answered_at"]) == 140.0


def test_patience_may_end_while_waiting_for_the_owner():
    bench = owned("60 s", patience=seconds(25))
    bench.start(0, 0).start(20, 1)
    case = bench.call(0, talk=10)
    bench.call(30, talk=500)
    bench.run(300)
    assert bench.outcome(case) == Outcome.ABANDONED
    assert bench.wait(case) == 25.0
    assert bench.world.operators.reserved[0] == -1


def test_an_owner_waited_for_serves_that_contact_before_the_line_and_before_leaving():
    bench = owned("60 s", n=1)
    bench.start().at(70, Event.SHIFT_END, 0)
    case = bench.call(0, talk=10)  # back at 60
    bench.call(30, talk=50)  # until 80
    other = bench.call(40)
    bench.run(100)
    assert float(bench.of(case)[1]["answered_at"]) == 80.0
    assert bench.of(other) == []


# ---- ties -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("events", [None, True])
def test_patience_that_ends_when_an_operator_is_freed_ends_first(events):
    bench = Bench(
        routing={"patience_events": events}, intents={"calls": {"talk": seconds(100), "patience": seconds(50)}}
    )
    bench.call(0)
    contact = bench.call(50)
    bench.run()
    assert bench.outcome(contact) == Outcome.ABANDONED
    assert bench.wait(contact) == 50.0


@pytest.mark.parametrize("events", [None, True])
@pytest.mark.parametrize("kind", [Event.HEAD_COUNT, Event.SHIFT_START])
def test_patience_that_ends_when_an_operator_comes_ends_first(events, kind):
    bench = Bench(
        routing={"patience_events": events}, intents={"calls": {"talk": seconds(100), "patience": seconds(50)}}
    )
    bench.at(100, kind, 0, 1.0)
    contact = bench.call(50)
    bench.run()
    assert bench.outcome(contact) == Outcome.ABANDONED


def test_an_operator_freed_as_a_contact_arrives_answers_it_at_once():
    bench = Bench(limits={"waiting": 0})
    bench.call(0)
    contact = bench.call(100)
    bench.run()
    assert bench.outcome(contact) == Outcome.HANDLED
    assert bench.wait(contact) == 0.0


def test_contacts_that_arrive_at_one_instant_are_answered_in_their_order():
    bench = Bench()
    contacts = bench.calls(5, 5, 5)
    bench.run()
    assert bench.order() == contacts
