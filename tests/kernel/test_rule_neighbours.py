"""Rules that only a near neighbour could be taken for: found by changing the kernel and seeing no test go red."""

import pytest
from kernel_bench import Bench, seconds
from kernel_steps import steadily

from twin.kernel.codes import Outcome


def team(n, rule, **more):
    return Bench(groups={"desk": {"count": n, "skills": {"a": 1}}}, routing={"operator_rule": rule}, **more)


def test_least_occupied_is_not_least_time_busy():
    """At 1000 s: 0 on duty since 0, busy 100 of 1000 s (10 %); 1 on duty since 900, busy 60 of 100 s (60 %)."""
    bench = team(2, "least_occupied").start(0, 0).start(900, 1)
    bench.call(0, talk=100)
    first = bench.call(900, talk=60)  # 1, who has just come, has not been busy at all
    last = bench.call(1000, talk=10)
    steadily(bench, 1020, 20)
    assert [bench.operator(contact) for contact in (first, last)] == [1, 0]


def test_at_random_a_matter_that_comes_back_is_drawn_for_anew():
    """Who has answered stands last: by the first draw again the pairs could only be 0 1, 1 2 and 2 2, a third."""
    pairs = set()
    for seed in range(20):
        bench = team(3, "random", intents={"calls": {"talk": seconds(10), "fcr": 0.0}}, resolution={"floor": 0.0},
                     recall={"share": 1.0, "delay": seconds(100)}, seed=seed)  # fmt: skip
        contact = bench.call(0)
        bench.run(150)
        pairs.add(tuple(int(row["operator"]) for row in bench.of(contact)))
    assert len(pairs - {(0, 1), (1, 2), (2, 2)}) >= 3


def test_the_longest_queue_counts_all_lines_of_the_queue():
    """At 100: two of ann's in one line of queue one; in queue two one of bob's and two of cy's, each kind in a line."""
    kinds = {"ann": ("one", "a"), "bob": ("two", "a"), "cy": ("two", "b")}
    bench = Bench(skills={"a": {}, "b": {}}, queues={"one": {}, "two": {}},
                  intents={name: {"talk": seconds(100)} for name in kinds},
                  demand={"kind": "rates", "rates": {"ann": "1 /h"}},
                  routes=[{"intents": [name], "queue": queue, "skills": [skill]}
                          for name, (queue, skill) in kinds.items()],
                  groups={"desk": {"count": 1, "skills": {"a": 1, "b": 1}}},
                  routing={"contact_rule": "longest_queue"})  # fmt: skip
    bench.call(0, "ann")
    bench.calls(10, 20, intent="ann")
    bob = bench.call(30, "bob")
    bench.calls(40, 50, intent="cy")
    bench.run()
    assert bench.order()[1] == bob  # three against two; by the longest line it would have been ann's


SITES = {"rome": {}, "milan": {}}


def first_of_two_sites(rule, rome, milan):
    """Rome's operator is free at 100: who of Rome's (waits since 80) and Milan's (since 10) is taken; all are open."""
    routes = [{"clusters": [name], "queue": "main", "skills": ["a"], "sites": {name: 1.0}, "away_after": "60 s",
               "priority": priority} for name, priority in (("rome", rome), ("milan", milan))]  # fmt: skip
    groups = {site: {"count": 1, "site": site, "skills": {"a": 1}} for site in SITES}
    bench = Bench(sites=SITES, groups=groups, routes=routes, clusters={name: {} for name in SITES},
                  routing={"contact_rule": rule})  # fmt: skip
    bench.call(0, cluster="rome", talk=100)
    bench.call(0, cluster="milan", talk=500)
    contacts = {bench.call(10, cluster="milan"): "milan", bench.call(80, cluster="rome"): "rome"}
    bench.run()
    return contacts[bench.order()[2]]


def test_the_own_site_goes_before_a_better_rank_from_elsewhere():
    assert first_of_two_sites("local_first", {"rank": 1}, {"rank": 0}) == "rome"
    assert first_of_two_sites("priority", {"rank": 1}, {"rank": 0}) == "milan"


@pytest.mark.parametrize(("gold_at", "first"), [(66, "gold"), (68, "basic")])
def test_within_a_site_the_wait_times_a_weight_decides(gold_at, first):
    """At 100 basic has 1 x 100; gold 3 x 34 = 102 or 3 x 32 = 96."""
    bench = Bench(clusters={"gold": {}, "basic": {}}, priorities={"gold": {"weight": 3.0}, "basic": {"weight": 1.0}},
                  routing={"contact_rule": "local_first"})  # fmt: skip
    bench.call(0, cluster="gold")
    contacts = {bench.call(0.001, cluster="basic"): "basic", bench.call(gold_at, cluster="gold"): "gold"}
    bench.run()
    assert contacts[bench.order()[1]] == first


@pytest.mark.parametrize(("n_busy", "wait"), [(2, 0.0), (3, 90.0)])
def test_residual_capacity_is_released_at_the_very_share_that_is_kept(n_busy, wait):
    """Half of four must be idle: two are at 10, so basic is answered; one is, and basic waits for the next, at 100."""
    basic = {"rank": 1, "reserve": {"share": 0.5, "guarantee": "300 s"}}
    bench = Bench(clusters={"gold": {}, "basic": {}}, priorities={"gold": {}, "basic": basic},
                  groups={"desk": {"count": 4, "skills": {"a": 1}}})  # fmt: skip
    bench.calls(*[0] * n_busy, cluster="gold")
    contact = bench.call(10, cluster="basic")
    bench.run()
    assert bench.wait(contact) == wait


@pytest.mark.parametrize(("threshold", "outcome"), [("100 s", Outcome.HANDLED), ("101 s", Outcome.BLOCKED)])
def test_a_newcomer_counts_in_the_expected_wait_before_he_needs_a_place(threshold, outcome):
    """Nobody may wait. The second call would make 1 x 100 s / 1 operator: at 100 s the outsourcer is asked."""
    stages = [{"level": 1}, {"level": 4, "expected_wait": threshold}]
    groups = {"inside": {"count": 1, "skills": {"a": 1}}, "outside": {"count": 1, "skills": {"a": 4}}}
    bench = Bench(routing={"stages": stages}, groups=groups, limits={"waiting": 0})
    contact = bench.calls(0, 10)[1]
    bench.run()
    assert bench.outcome(contact) == outcome


@pytest.mark.parametrize(("prefers", "first"), [({}, "gold"), ({"two": 1}, "basic")])
def test_whom_a_newcomer_helps_to_a_stage_goes_first_if_the_operator_prefers_him(prefers, first):
    """One waits 1 x 100 s. Gold's call at 20 makes that 200 s: the outsourcer is open to both, and takes one."""
    stages = [{"level": 1}, {"level": 4, "expected_wait": "150 s"}]
    groups = {
        "inside": {"count": 1, "skills": {"a": 1}},
        "outside": {"count": 1, "skills": {"a": 4}, "prefers": prefers},
    }
    bench = Bench(queues={"one": {}, "two": {}}, clusters={"gold": {}, "basic": {}}, groups=groups,
                  priorities={"gold": {"rank": 0}, "basic": {"rank": 1}}, routing={"stages": stages},
                  routes=[{"clusters": [cluster], "queue": queue, "skills": ["a"]}
                          for cluster, queue in (("gold", "one"), ("basic", "two"))])  # fmt: skip
    bench.call(0, cluster="gold")
    waits = {"basic": bench.call(10, cluster="basic"), "gold": bench.call(20, cluster="gold")}
    bench.run()
    assert {name: bench.wait(contact) for name, contact in waits.items()} == (
        {"gold": 0.0, "basic": 90.0} if first == "gold" else {"gold": 80.0, "basic": 10.0}
    )


@pytest.mark.parametrize(("threshold", "n_offers"), [("200 s", 1), ("201 s", 0)])
def test_a_call_back_is_offered_from_the_very_expected_wait_on(threshold, n_offers):
    """The third hears of 2 x 100 s."""
    rule = {"expected_wait": threshold, "accept": 1.0, "place": "kept", "ring": seconds(5), "reach": 1.0}
    bench = Bench(waiting={"call_back": rule})
    bench.calls(0, 10, 20)
    bench.run()
    assert bench.total("offers") == n_offers


@pytest.mark.parametrize(("threshold", "answered_at"), [("139 s", 100.0), ("140 s", 140.0)])
def test_load_is_above_its_expected_wait_not_at_it(threshold, answered_at):
    """One waits at 100 for one operator, 140 s with wrap-up: only above the threshold its 40 s are left out."""
    bench = Bench(intents={"calls": {"talk": seconds(100), "wrap": seconds(40)}},
                  control={"wrap": {"over": {"expected_wait": threshold}, "factor": 0.0}})  # fmt: skip
    contact = bench.calls(0, 10)[1]
    bench.run()
    assert bench.last(contact)["answered_at"] == answered_at
