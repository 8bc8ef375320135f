"""Whom a free operator takes, and when stages are shut: each rule where it differs from its neighbours, by hand."""

import pytest
from kernel_bench import Bench, seconds
from kernel_steps import steadily

from twin.kernel.codes import Event, Outcome

TWO = {"a": {}, "b": {}}
KINDS = {"ann": {"talk": seconds(100)}, "bob": {"talk": seconds(100)}}
RATES = {"kind": "rates", "rates": {"ann": "1 /h"}}


def by_priority(rule, **priorities):
    """Clusters that share a queue and one operator and differ in priority."""
    return Bench(clusters={name: {} for name in priorities}, priorities=priorities, routing={"contact_rule": rule})


def second(bench, **arrivals):
    """Which cluster's contact is taken at 100, when the operator's first talk ends."""
    bench.call(0, cluster=next(iter(arrivals)))
    contacts = {bench.call(at, cluster=name): name for name, at in sorted(arrivals.items(), key=lambda item: item[1])}
    steadily(bench, 400)
    return contacts[bench.order()[1]]


# ---- contact rules --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "first"),
    [
        ("points", "silver"),  # 110 points; gold 20 + 2 x 20; bronze, of rank 1, never before them
        ("priority", "gold"),  # of the two of rank 0 the one who has waited longer
        ("longest_waiting", "bronze"),
    ],
)
def test_points_rank_and_wait_order_differently(rule, first):
    """At 100: bronze has waited 90 s, gold 20 s, silver 10 s."""
    bench = by_priority(
        rule,
        gold={"points": 20.0, "points_per_second": 2.0},
        silver={"points": 100.0, "points_per_second": 1.0},
        bronze={"rank": 1, "points": 1000.0},
    )
    assert second(bench, gold=80, silver=90, bronze=10) == first


@pytest.mark.parametrize(("gold_at", "first"), [(66, "gold"), (68, "basic")])
def test_the_wait_times_a_weight_decides(gold_at, first):
    """At 100 basic has 1 x 100; gold 3 x 34 = 102 or 3 x 32 = 96."""
    bench = by_priority("weighted_longest_wait", gold={"weight": 3.0}, basic={"weight": 1.0})
    assert second(bench, gold=gold_at, basic=0.001) == first


CREDIT = [{"wait": "0 s", "points": 0.0}, {"wait": "60 s", "points": 90.0}, {"wait": "80 s", "points": 10.0}]


@pytest.mark.parametrize(
    ("wait", "points"), [(6.0, 9.0), (30.0, 45.0), (60.0, 90.0), (70.0, 50.0), (80.0, 10.0), (99.0, 10.0)]
)
def test_a_credit_is_read_from_its_curve(wait, points):
    """The plain contact has one point less, or one more, than the one with the curve when the operator is free."""
    for more, first in ((-1.0, "curve"), (1.0, "plain")):
        bench = by_priority(
            "points",
            curve={"points_per_second": 0.0, "credit": CREDIT},
            plain={"points_per_second": 0.0, "points": points + more},
        )
        assert second(bench, curve=100 - wait, plain=50) == first


@pytest.mark.parametrize(("rule", "first"), [("points", "curve"), ("priority", "plain"), ("longest_waiting", "plain")])
def test_a_credit_counts_under_the_rule_of_points_only(rule, first):
    """At 100 the plain contact has waited 50 s, the one with 90 points 40 s; the other rules do not look at points."""
    bench = by_priority(rule, curve={"credit": CREDIT}, plain={})
    assert second(bench, curve=60, plain=50) == first


def test_a_credit_of_ninety_seconds_from_the_start_is_that_of_the_anonymous_bank():
    """One knot: 90 points at any wait, as `points = 90`; so gold at 89 goes before basic at 0, at 91 not."""
    for at, first in ((89, "gold"), (91, "basic")):
        bench = by_priority("points", gold={"credit": [{"wait": "0 s", "points": 90.0}]}, basic={})
        bench.call(0, cluster="basic", talk=200)
        contacts = {"basic": bench.call(0, cluster="basic"), "gold": bench.call(at, cluster="gold")}
        steadily(bench, 400, 20)
        assert bench.order()[1] == contacts[first]


def test_before_its_first_knot_a_curve_is_as_there():
    late = [{"wait": "30 s", "points": 20.0}, {"wait": "60 s", "points": 80.0}]
    for points, first in ((19.0, "curve"), (21.0, "plain")):
        bench = by_priority("points", curve={"points_per_second": 0.0, "credit": late},
                            plain={"points_per_second": 0.0, "points": points})  # fmt: skip
        assert second(bench, curve=90, plain=50) == first


def test_a_curve_may_jump():
    jump = [{"wait": "30 s", "points": 0.0}, {"wait": "30 s", "points": 100.0}]
    for at, first in ((71, "plain"), (70, "jump")):  # waits of 29 and 30 s
        bench = by_priority("points", jump={"points_per_second": 0.0, "credit": jump},
                            plain={"points_per_second": 0.0, "points": 50.0})  # fmt: skip
        assert second(bench, jump=at, plain=50) == first


TWO_QUEUES = {
    "intents": KINDS,
    "demand": RATES,
    "queues": {"one": {}, "two": {}},
    "routes": [
        {"intents": ["ann"], "queue": "one", "skills": ["a"]},
        {"intents": ["bob"], "queue": "two", "skills": ["a"]},
    ],
}


@pytest.mark.parametrize(("rule", "first"), [("longest_queue", "bob"), ("longest_waiting", "ann")])
def test_the_longest_queue_goes_first(rule, first):
    """At 100: one of ann's waits since 10, two of bob's since 20 and 30; at 200 one of each, and ann goes first."""
    bench = Bench(**TWO_QUEUES, routing={"contact_rule": rule})
    bench.call(0, "ann")
    ann, bob, other = bench.call(10, "ann"), bench.call(20, "bob"), bench.call(30, "bob")
    steadily(bench, 500)
    assert bench.order() == ([0, bob, ann, other] if first == "bob" else [0, ann, bob, other])


def test_who_has_given_up_makes_no_queue_longer():
    """Bob's second contact gives up at 50: at 100 both queues hold one, and ann's has waited longer."""
    kinds = {"ann": {"talk": seconds(100)}, "bob": {"talk": seconds(100), "patience": seconds(85)}}
    bench = Bench(**(TWO_QUEUES | {"intents": kinds}), routing={"contact_rule": "longest_queue"})
    bench.call(0, "ann")
    bench.call(5, "bob")  # gives up at 90
    ann, bob = bench.call(10, "ann"), bench.call(20, "bob")
    steadily(bench, 500)
    assert bench.order() == [0, ann]
    assert bench.outcome(bob) == Outcome.ABANDONED


def test_groups_of_operators_prefer_queues():
    """Both are free at 100 and take what they prefer, though bob's have waited longer, and then what is left."""
    groups = {
        "left": {"count": 1, "skills": {"a": 1}, "prefers": {"one": 1, "two": 2}},
        "right": {"count": 1, "skills": {"a": 1}, "prefers": {"two": 1}},
    }
    bench = Bench(**TWO_QUEUES, groups=groups)
    bench.calls(0, 0, intent="ann")
    bob, other, ann = bench.call(10, "bob"), bench.call(20, "bob"), bench.call(30, "ann")
    steadily(bench, 500)
    assert [bench.operator(contact) for contact in (ann, bob, other)] == [0, 1, 0]
    assert [bench.wait(contact) for contact in (ann, bob, other)] == [70.0, 90.0, 180.0]


def test_within_a_preference_the_rank_decides():
    groups = {"desk": {"count": 1, "skills": {"a": 1}, "prefers": {"one": 1, "two": 1}}}
    priorities = {"gold": {"rank": 1}, "basic": {"rank": 2}}
    bench = Bench(**TWO_QUEUES, groups=groups, clusters={"gold": {}, "basic": {}}, priorities=priorities)
    bench.call(0, "ann", cluster="basic")
    ann, bob = bench.call(10, "ann", cluster="basic"), bench.call(20, "bob", cluster="gold")
    steadily(bench, 500)
    assert bench.order() == [0, bob, ann]


def test_primary_skills_come_before_what_the_rule_says():
    routes = [
        {"intents": ["ann"], "queue": "one", "skills": ["a"]},
        {"intents": ["bob"], "queue": "two", "skills": ["b"]},
    ]
    for primary_first, answered in ((False, [0, 2, 1, 3]), (True, [0, 1, 2, 3])):
        bench = Bench(**(TWO_QUEUES | {"routes": routes}), skills=TWO,
                      groups={"desk": {"count": 1, "skills": {"a": 1, "b": 2}}},
                      routing={"contact_rule": "longest_queue", "primary_first": primary_first})  # fmt: skip
        bench.call(0, "ann")
        bench.call(10, "ann")
        bench.calls(20, 30, intent="bob")
        steadily(bench, 500)
        assert bench.order() == answered


# ---- stages that close again ----------------------------------------------------------------------------------------

NARROW = [{"level": 1}, {"level": 2, "after": "20 s", "until": "60 s"}]
DESKS = {"own": {"count": 1, "skills": {"a": 1}}, "help": {"count": 1, "skills": {"a": 2}}}


def helped(free_at, **more):
    """The helper, who takes b too, is busy until `free_at`; the first operator until 1000."""
    kinds = {"skills": TWO, "intents": KINDS, "demand": RATES}
    routes = [{"intents": [name], "queue": "main", "skills": [skill]} for name, skill in (("ann", "a"), ("bob", "b"))]
    routes[0]["stages"] = NARROW
    groups = {"own": DESKS["own"], "help": {"count": 1, "skills": {"a": 2, "b": 1}}}
    bench = Bench(**kinds, routes=routes, groups=groups, **more)
    bench.call(0, "ann", talk=1000)
    bench.call(0, "bob", talk=free_at)
    return bench


@pytest.mark.parametrize(
    ("free_at", "operator", "wait"),
    [
        (5, 1, 20.0),  # opens at 30
        (40, 1, 30.0),  # open from 30 to 70
        (69, 1, 59.0),
        (70, 0, 990.0),  # closed again: only the first operator is left
        (90, 0, 990.0),
    ],
)
def test_a_stage_that_opens_at_a_wait_may_close_at_another(free_at, operator, wait):
    bench = helped(free_at)
    contact = bench.call(10, "ann")
    steadily(bench, 1200, 10)
    assert (bench.operator(contact), bench.wait(contact)) == (operator, wait)


def test_behind_one_for_whom_the_stage_has_closed_others_are_still_helped():
    """The helper is free at 80: the first has waited 70 s, too long; the second 30 s; the third 5 s, too short."""
    bench = helped(80)
    first, middle, last = bench.call(10, "ann"), bench.call(50, "ann"), bench.call(75, "ann")
    steadily(bench, 1500, 10)
    assert (bench.operator(first), bench.operator(middle), bench.operator(last)) == (0, 1, 0)
    assert bench.wait(middle) == 30.0
    assert bench.wait(first) == 990.0


# ---- gates ----------------------------------------------------------------------------------------------------------


def two_classes(gate, n=3, n_own=1, intents=KINDS):
    """Ann's own operators, from 0; the pool b of n operators after them is bob's, and ann's by the gate."""
    routes = [
        {"intents": ["ann"], "queue": "one", "skills": ["a", {"skill": "b"} | gate]},
        {"intents": ["bob"], "queue": "two", "skills": ["b"]},
    ]
    groups = {"own": {"count": n_own, "skills": {"a": 1}}, "pool": {"count": n, "skills": {"b": 1}}}
    return Bench(**(TWO_QUEUES | {"routes": routes, "intents": intents}), skills=TWO, groups=groups)


def test_operators_are_kept_idle_for_a_class():
    """Ann may use the pool while more than one of it is idle: her fourth waits, bob finds the one who is left."""
    bench = two_classes({"idle_above": 1})
    anns = [bench.call(at, "ann", talk=500) for at in (0, 1, 2)]
    late, bob = bench.call(3, "ann"), bench.call(4, "bob")
    steadily(bench, 800, 10)
    assert [bench.operator(contact) for contact in anns] == [0, 1, 2]
    assert (bench.operator(bob), bench.wait(bob)) == (3, 0.0)
    assert bench.wait(late) == 497.0  # at 500 operator 0 is free


def test_the_one_who_is_freed_counts_as_idle():
    """At 50 operator 1 is the only one idle, kept; at 60 operator 2 is free too: two are more than one."""
    bench = two_classes({"idle_above": 1}, n=2)
    bench.call(0, "ann", talk=500)
    bench.call(0, "bob", talk=50)
    bench.call(0, "bob", talk=60)
    contact = bench.call(10, "ann")
    steadily(bench, 800, 10)
    assert (bench.operator(contact), bench.wait(contact)) == (2, 50.0)


def test_the_pool_helps_only_while_many_wait():
    """More than two must wait: the third in line opens the pool for the first; then two wait, and it is shut."""
    bench = two_classes({"waiting_above": 2})
    bench.call(0, "ann", talk=500)
    first, middle, last = bench.call(10, "ann"), bench.call(20, "ann"), bench.call(30, "ann")
    steadily(bench, 1000, 10)
    assert (bench.operator(first), bench.wait(first)) == (1, 20.0)
    assert [bench.operator(contact) for contact in (middle, last)] == [0, 0]


def test_once_open_the_pool_helps_until_few_are_left():
    """As before, but down to one: at 30 the first two are taken at once, and one is left."""
    bench = two_classes({"waiting_above": 2, "waiting_down_to": 1})
    bench.call(0, "ann", talk=500)
    first, middle, last = bench.call(10, "ann"), bench.call(20, "ann"), bench.call(30, "ann")
    steadily(bench, 1000, 10)
    assert [bench.operator(contact) for contact in (first, middle, last)] == [1, 2, 0]
    assert [bench.wait(contact) for contact in (first, middle, last)] == [20.0, 10.0, 470.0]


def test_who_gives_up_may_shut_the_pool():
    """Bob's talk keeps the pool busy until 40; at 35 one of three of ann's has given up."""
    kinds = {"ann": {"talk": seconds(100), "patience": seconds(25)}, "bob": {"talk": seconds(100)}}
    bench = two_classes({"waiting_above": 2}, n=1, intents=kinds)
    bench.call(0, "ann", talk=500)
    bench.call(0, "bob", talk=40)
    contacts = [bench.call(at, "ann") for at in (10, 20, 30)]
    steadily(bench, 800, 5)
    assert [bench.outcome(contact) for contact in contacts] == [Outcome.ABANDONED] * 3


def ratio(above, n_bobs=0):
    """Two operators for ann, one for bob, who may help her; ann's are busy until 500, bob's until 100."""
    bench = two_classes({"ratio_above": above}, n=1, n_own=2)
    bench.calls(0, 0, intent="ann", talk=500)
    bench.call(0, "bob", talk=100)
    bench.calls(*[50 + i for i in range(n_bobs)], intent="bob")
    return bench


@pytest.mark.parametrize(("above", "operator"), [(1.4, 2), (1.5, 0)])
def test_a_queue_overflows_while_it_is_long_for_its_operators(above, operator):
    """Three of ann's wait for two operators: 1.5 each."""
    bench = ratio(above)
    first, _, _ = (bench.call(at, "ann") for at in (10, 20, 30))
    steadily(bench, 1000, 10)
    assert bench.operator(first) == operator


@pytest.mark.parametrize(("n_bobs", "wait"), [(1, 90.0), (2, 190.0)])
def test_a_queue_overflows_only_while_the_other_is_shorter(n_bobs, wait):
    """Ann: 1.5 for each operator, waiting since 10; bob: 1, or 2 until one of his is taken at 100, since 50."""
    bench = ratio(1.0, n_bobs)
    first, _, _ = (bench.call(at, "ann") for at in (10, 20, 30))
    steadily(bench, 1500, 10)
    assert (bench.operator(first), bench.wait(first)) == (2, wait)


def test_an_operator_who_leaves_may_open_the_overflow():
    """Two of ann's wait for two operators, 1 each; at 60 one of these goes: 2 each. Then one waits for one."""
    bench = two_classes({"ratio_above": 1.0}, n=1, n_own=2)
    bench.start().at(50, Event.SHIFT_END, 1)
    bench.call(0, "ann", talk=500)
    bench.call(0, "ann", talk=60)
    first, other = bench.call(10, "ann"), bench.call(20, "ann")
    steadily(bench, 2000, 10)
    assert (bench.operator(first), bench.wait(first)) == (2, 50.0)
    assert (bench.operator(other), bench.wait(other)) == (0, 480.0)


# ---- a reserve of so many -------------------------------------------------------------------------------------------


def test_a_number_of_operators_is_kept_for_others():
    """Basic is served while more than two of four are idle: the third finds two, which gold takes, who are free again
    at 103 and 104; with the one freed at 200 three would be idle."""
    basic = {"rank": 1, "reserve": {"operators": 2, "guarantee": "300 s"}}
    bench = Bench(clusters={"gold": {}, "basic": {}}, priorities={"gold": {}, "basic": basic},
                  groups={"desk": {"count": 4, "skills": {"a": 1}}})  # fmt: skip
    contacts = [bench.call(at, cluster="basic", talk=200) for at in (0, 1, 2)]
    gold = [bench.call(at, cluster="gold") for at in (3, 4)]
    steadily(bench, 800)
    assert [bench.wait(contact) for contact in contacts] == [0.0, 0.0, 198.0]
    assert [bench.wait(contact) for contact in gold] == [0.0, 0.0]


def test_a_reserve_of_operators_ends_with_the_guaranteed_wait():
    basic = {"reserve": {"operators": 1, "guarantee": "60 s"}}
    bench = Bench(clusters={"basic": {}}, priorities={"basic": basic})
    contact = bench.call(10, cluster="basic")
    steadily(bench, 300)
    assert bench.wait(contact) == 60.0
