"""Operators kept free for others, and stages that open by the expected wait, by hand."""

import pytest
from kernel_bench import Bench
from routing_bench import RATES, TWO, TWO_INTENTS, by_priority, desks

from twin.kernel.codes import Event

# ---- residual capacity -----------------------------------------------------------------------------------------------


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


# ---- expected wait ---------------------------------------------------------------------------------------------------


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
