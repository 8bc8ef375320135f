"""Who answers whom: two or three operators, a handful of contacts, answers worked out by hand."""

import pytest
from kernel_bench import Bench, seconds
from routing_bench import RATES, TWO, TWO_INTENTS, TWO_KINDS, TWO_ROUTES, by_priority, desks

from twin.kernel.codes import Event, Outcome

# ---- a contact arrives: whom? ----------------------------------------------------------------------------------------


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


# ---- an operator is free: what next? ---------------------------------------------------------------------------------


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


@pytest.mark.parametrize("names", ["ann bob", "bob ann"])
def test_at_equal_points_the_longest_wait_goes_first(names):
    """Two lines, for each has a skill of its own: whoever came first goes first, in the line made first or not."""
    flat = {"all": {"points": 30.0, "points_per_second": 0.0}}
    bench = Bench(**TWO_KINDS, groups=desks({"a": 1, "b": 1}), priorities=flat)
    bench.call(0, "ann")
    contacts = [bench.call(at, name) for at, name in enumerate(names.split(), 1)]
    bench.run()
    assert bench.order() == [0, *contacts]


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


# ---- ties ------------------------------------------------------------------------------------------------------------


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
