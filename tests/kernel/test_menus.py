"""The menu, by hand: the wrong entry, the way back, who is not recognised, what is read out first."""

import pytest
from kernel_bench import HOUR, Bench, seconds
from kernel_invariants import check

from twin.kernel.codes import Grade, Outcome


def bench(menu, groups=None, kinds=None, ivr=None, **more):
    """Bills go to skill a (queue one), faults to skill b (queue two); talks of 100 s; a menu of 10 s."""
    kinds = kinds or {"bill": {"talk": seconds(100)}, "fault": {"talk": seconds(100)}}
    groups = groups or {"a": {"count": 1, "skills": {"a": 1}}, "b": {"count": 1, "skills": {"b": 1}}}
    return Bench(
        intents=kinds,
        skills={"a": {}, "b": {}},
        queues={"one": {}, "two": {}},
        routes=[{"queue": "one", "skills": ["a"]}, {"queue": "two", "intents": ["fault"], "skills": ["b"]}],
        demand={"kind": "rates", "rates": {"bill": "1 /h"}},
        ivr={"navigation": seconds(10)} | (ivr or {}),
        menu=menu,
        groups=groups,
        **more,
    )


def test_who_chooses_wrong_is_handed_on_after_a_part_of_the_talk():
    one = bench({"mis_selection": 1.0, "found_after": 0.25})
    bill = one.call(0, "bill")  # 10-35 with operator 1 (faults), then 75 s with operator 0
    one.run(HOUR)
    row = one.last(bill)
    assert (row["answered_at"], row["ended_at"]) == (10, 110)
    assert (int(row["operator"]), int(row["transfers"]), int(row["grade"])) == (0, 1, Grade.PRIMARY)
    assert one.world.operator_time[1, 2] == 25  # talk
    assert (one.total("mis_selected"), one.total("transferred"), one.total("menus")) == (1, 1, 1)
    assert [
        cell.queue for cell, count in zip(one.names.cells, one.world.tallies["handled"].sum(0), strict=True) if count
    ] == ["one"]
    check(one.world)


def test_who_may_answer_the_matter_himself_does():
    groups = {"both": {"count": 1, "skills": {"a": 2, "b": 1}}}
    one = bench({"mis_selection": 1.0}, groups)
    bill = one.call(0, "bill")
    one.run(HOUR)
    row = one.last(bill)
    assert (row["ended_at"], int(row["transfers"]), int(row["grade"])) == (110, 0, Grade.SECONDARY)


def test_a_wrong_choice_that_is_not_handed_on_is_a_mismatch():
    abilities = {"handle": {"primary": 1.0, "secondary": 1.0, "none": 1.5}}
    one = bench({"mis_selection": 1.0, "transfer": 0.0}, abilities=abilities)
    bill = one.call(0, "bill")
    one.run(HOUR)
    row = one.last(bill)
    assert (row["ended_at"], int(row["operator"]), int(row["grade"])) == (160, 1, Grade.NONE)
    assert one.total("mismatched") == 1


def test_the_fcr_of_those_handed_on_is_lower():
    kinds = {name: {"talk": seconds(100), "fcr": 0.9} for name in ("bill", "fault")}
    one = bench({"mis_selection": 0.0}, kinds=kinds)
    other = bench({"mis_selection": 1.0, "fcr_change": -0.9}, kinds=kinds)
    for centre in (one, other):
        for at in range(0, 40_000, 400):
            centre.call(at, "bill")
        centre.run(12 * HOUR)
    assert one.total("resolved") > 80  # 90 of 100
    assert other.total("resolved") <= 6  # the least share, 2 of 100


def test_a_share_chooses_wrong_and_another_entry_is_drawn_by_the_shares():
    kinds = {name: {"talk": seconds(1)} for name in ("bill", "fault", "move")}
    one = bench({"mis_selection": 0.12, "shares": {"bill": 0.5, "fault": 0.1, "move": 0.4}}, kinds=kinds)
    for at in range(4000):
        one.call(at, "bill")
    one.run(3 * HOUR)
    n = one.total("mis_selected")
    assert n == pytest.approx(480, abs=4 * 20.6)  # 4000 x 0.12, within four standard deviations
    share = one.total("transferred") / n  # those who chose "move" meet an operator of bills, who may answer
    assert share == pytest.approx(0.1 / 0.5, abs=4 * 0.018)


def test_who_is_not_recognised_is_routed_as_another():
    """Of cluster gold, whose bills go to skill b; to those not recognised it is as if of cluster plain."""
    menu = {"recognised": 0.0, "unrecognised": {"cluster": "plain"}}
    common = {
        "intents": {"bill": {"talk": seconds(100)}},
        "skills": {"a": {}, "b": {}},
        "clusters": {"plain": {}, "gold": {}},
        "routes": [{"queue": "main", "skills": ["a"]}, {"queue": "main", "clusters": ["gold"], "skills": ["b"]}],
        "demand": {"kind": "rates", "rates": {"bill": "1 /h"}},
        "ivr": {"navigation": seconds(10)},
        "groups": {"a": {"count": 1, "skills": {"a": 1}}, "b": {"count": 1, "skills": {"b": 1}}},
    }
    known, unknown = Bench(menu={}, **common), Bench(menu=menu, **common)
    moved = Bench(menu=menu | {"unrecognised": {"cluster": "plain", "transfer": 1.0}}, **common)
    rows = []
    for one in (known, unknown, moved):
        call = one.call(0, "bill", cluster="gold")
        one.run(HOUR)
        rows.append((int(one.last(call)["operator"]), int(one.last(call)["transfers"]), int(one.last(call)["grade"])))
    assert rows == [(1, 0, Grade.PRIMARY), (0, 0, Grade.NONE), (1, 1, Grade.PRIMARY)]
    assert (known.total("unrecognised"), unknown.total("unrecognised")) == (0, 1)


def test_the_open_condition_of_who_is_not_recognised_is_not_seen():
    routes = [{"queue": "one", "skills": ["a"]}, {"queue": "two", "condition": "suspended", "skills": ["b"]}]
    kinds = {"bill": {"talk": seconds(100)}, "fault": {"talk": seconds(100)}}
    answered = []
    for share in (1.0, 0.0):
        one = Bench(
            intents=kinds,
            skills={"a": {}, "b": {}},
            queues={"one": {}, "two": {}},
            routes=routes,
            demand={"kind": "rates", "rates": {"bill": "1 /h"}},
            ivr={"navigation": seconds(10)},
            menu={"recognised": share},
            groups={"a": {"count": 1, "skills": {"a": 1}}, "b": {"count": 1, "skills": {"b": 1}}},
        )
        call = one.call(0, "bill", condition="suspended")
        one.run(HOUR)
        answered.append(one.operator(call))
    assert answered == [1, 0]


def test_each_entry_read_out_before_takes_its_time_and_each_tree_has_its_own_order():
    menu = {"entry_time": "5 s", "trees": [{"clusters": ["all"], "order": ["fault"], "navigation_factor": 0.5}]}
    plain, own = bench({"entry_time": "5 s"}), bench(menu)
    waits = []
    for one in (plain, own):
        calls = one.call(0, "bill"), one.call(0, "fault")
        one.run(HOUR)
        waits.append([float(one.last(call)["joined_at"]) for call in calls])
    assert waits == [[10.0, 15.0], [10.0, 5.0]]  # bill, fault; fault, bill after half the time: 5 + 5, 5
    assert plain.total("ivr_time") == 25


def test_what_the_condition_puts_first_is_found_and_soon():
    ivr = {"menu_first": {"order": ["fault"]}, "menu_first_factor": 0.5}
    menu = {"mis_selection": 1.0, "mis_selection_first": 0.0, "entry_time": "5 s"}
    one = bench(menu, ivr=ivr)
    fault = one.call(0, "fault", condition="order")
    one.run(HOUR)
    row = one.last(fault)
    assert (float(row["joined_at"]), int(row["transfers"])) == (5.0, 0)
    stranger = bench(menu | {"recognised": 0.0}, ivr=ivr)
    fault = stranger.call(0, "fault", condition="order")
    stranger.run(HOUR)
    row = stranger.last(fault)
    assert (float(row["joined_at"]), int(row["transfers"])) == (10.0, 1)  # took the first entry, bills


def test_false_containment_may_differ_by_entry():
    kinds = {name: {"talk": seconds(100), "containment": 1.0} for name in ("bill", "fault")}
    ivr = {"false_containment": 0.0, "false_delay": seconds(50)}
    one = bench({"false_containment": {"fault": 1.0}, "mis_selection": 1.0}, kinds=kinds, ivr=ivr)
    bill, fault = one.call(0, "bill"), one.call(0, "fault")
    one.run(HOUR)
    assert one.outcome(bill) == Outcome.SELF_SERVED
    assert [int(row["outcome"]) for row in one.of(fault)] == [Outcome.SELF_SERVED, Outcome.HANDLED]
    assert (one.total("false_contained"), one.total("self_served"), one.total("mis_selected")) == (1, 2, 1)
