"""Which of the free operators answers, and which site: each rule where it differs from its neighbours, by hand."""

import pytest
from kernel_bench import Bench, exponential, seconds
from kernel_steps import steadily

from twin.kernel.codes import Event

KINDS = {"ann": {"talk": seconds(100)}, "bob": {"talk": seconds(100)}}
RATES = {"kind": "rates", "rates": {"ann": "1 /h"}}


def team(n, rule, **more):
    return Bench(groups={"desk": {"count": n, "skills": {"a": 1}}}, routing={"operator_rule": rule}, **more)


# ---- operator rules -------------------------------------------------------------------------------------------------


def used(rule):
    """Three operators with a past. At 300 s: 0 idle 10 s in all, since 290; 1 200 s, since 250; 2 100 s, since 200.

    0 comes at 0 and talks 0-290. 1 comes at 50, waits until 200, talks 200-250. 2 comes at 0.5, talks 1-200.
    """
    bench = team(3, rule).start(0, 0).start(0.5, 2).start(50, 1)
    bench.call(0, talk=290)
    bench.call(1, talk=199)
    bench.call(199.9, talk=50.1)
    last = bench.call(300, talk=10)
    return steadily(bench, 320), last


@pytest.mark.parametrize(
    ("rule", "answers"),
    [
        ("longest_idle", 2),  # since 200; 1 since 250, 0 since 290
        ("most_idle", 1),  # 149.9 + 50 s; 2: 0.5 + 100 s; 0: 10 s
        ("least_occupied", 1),  # 50.1 of 250 s busy; 2: 199 of 299.5; 0: 290 of 300
        ("fixed_order", 0),
    ],
)
def test_each_rule_of_history_picks_its_own_operator(rule, answers):
    bench, last = used(rule)
    assert bench.operator(last) == answers


def test_least_occupied_looks_at_the_share_of_the_shift_not_at_the_idle_time():
    """At 1000 s: 0 on duty since 0, busy 600, idle 400 s (60 %). 1 on duty since 900, busy 10, idle 90 s (10 %)."""
    for rule, answers in (("most_idle", 0), ("least_occupied", 1)):
        bench = team(2, rule).start(0, 0).start(900, 1)
        bench.call(0, talk=600)
        bench.call(900, talk=10)  # most idle: 0, who is then busy 610 s and idle 390 s; least occupied: 1
        last = bench.call(1000, talk=10)
        steadily(bench, 1020, 20)
        assert bench.operator(last) == answers


def test_idle_time_of_an_earlier_shift_does_not_count():
    """0 was idle from 0 to 500 and comes back at 600; 1 is on duty since 550."""
    bench = team(2, "most_idle").start(0, 0).at(500, Event.SHIFT_END, 0).start(600, 0).start(550, 1)
    contact = bench.call(700)
    bench.run()
    assert bench.operator(contact) == 1


@pytest.mark.parametrize(("rule", "answers"), [("longest_idle", [0, 1, 2]), ("best_proficiency", [1, 2, 0])])
def test_the_most_proficient_in_the_skill_of_the_matter_answers(rule, answers):
    """The matter takes skill b: proficiencies 0.2, 0.9, 0.5; in skill a, by which they are reached, all are alike."""
    groups = {
        f"desk{i}": {"count": 1, "skills": {"a": 1, "b": {"level": 2, "proficiency": skill}}}
        for i, skill in enumerate((0.2, 0.9, 0.5))
    }
    routes = [{"queue": "main", "skills": ["a"], "need": "b"}]
    bench = Bench(skills={"a": {}, "b": {}}, groups=groups, routes=routes, routing={"operator_rule": rule})
    contacts = bench.calls(10, 11, 12)
    steadily(bench, 50)
    bench.run()
    assert [bench.operator(contact) for contact in contacts] == answers


def test_of_those_equally_proficient_the_longest_idle_answers():
    bench = team(3, "best_proficiency").start(0, 2).start(1, 0).start(2, 1)
    contacts = bench.calls(10, 11, 12)
    bench.run()
    assert [bench.operator(contact) for contact in contacts] == [2, 0, 1]


def test_specialists_answer_before_generalists():
    """0 holds three skills, 1 one, 2 two; the longest idle is 0."""
    groups = {
        f"desk{i}": {"count": 1, "skills": dict.fromkeys(skills, 1)} for i, skills in enumerate(("abc", "a", "ab"))
    }
    for rule, answers in (("longest_idle", [0, 1, 2]), ("fewest_skills", [1, 2, 0])):
        bench = Bench(skills={"a": {}, "b": {}, "c": {}}, groups=groups, routing={"operator_rule": rule})
        contacts = bench.calls(10, 11, 12)
        bench.run()
        assert [bench.operator(contact) for contact in contacts] == answers


def test_a_route_may_have_an_operator_rule_of_its_own():
    """1 has been idle longest; ann's route goes by number."""
    routes = [
        {"intents": ["ann"], "queue": "main", "skills": ["a"], "operator_rule": "fixed_order"},
        {"intents": ["bob"], "queue": "main", "skills": ["a"]},
    ]
    for intent, answers in (("ann", 0), ("bob", 1)):
        bench = Bench(intents=KINDS, demand=RATES, routes=routes, groups={"desk": {"count": 2, "skills": {"a": 1}}})
        bench.start(0, 1).start(5, 0)
        contact = bench.call(10, intent)
        bench.run()
        assert bench.operator(contact) == answers


def test_the_rule_chooses_within_a_stage_not_across_stages():
    """Operator 0 holds the skill as a secondary one: by number he would be first, but primary operators go before."""
    groups = {"second": {"count": 1, "skills": {"a": 2}}, "first": {"count": 2, "skills": {"a": 1}}}
    bench = Bench(groups=groups, routing={"operator_rule": "fixed_order"})
    contacts = bench.calls(10, 11, 12)
    bench.run()
    assert [bench.operator(contact) for contact in contacts] == [1, 2, 0]


def test_at_random_each_free_operator_has_the_same_chance():
    """900 contacts 100 s apart, each found by three idle operators: 300 each, standard deviation 14."""
    bench = team(3, "random")
    bench.calls(*range(0, 90_000, 100), talk=10)
    bench.run(90_000)
    answers = [int(row["operator"]) for row in bench.records]
    assert all(abs(answers.count(operator) - 300) < 4 * 14.2 for operator in range(3))


def test_chance_picks_the_same_operators_however_a_run_is_cut_and_others_with_another_seed():
    def answers(step, seed):
        bench = team(4, "random", seed=seed)
        bench.calls(*range(0, 3000, 50), talk=120)
        steadily(bench, 5000, step)
        return [int(row["operator"]) for row in sorted(bench.records, key=lambda row: row["who"])]

    assert answers(5000, 1) == answers(331.7, 1)
    assert answers(5000, 1) != answers(5000, 2)


# ---- sites ----------------------------------------------------------------------------------------------------------

SITES = {"rome": {}, "milan": {}}


def two_sites(sites, away_after=None, routing=None, **more):
    """Operator 0 in Rome, 1 in Milan."""
    groups = {site: {"count": 1, "site": site, "skills": {"a": 1}} for site in SITES}
    route = {"queue": "main", "skills": ["a"], "sites": sites, "away_after": away_after}
    return Bench(**({"sites": SITES, "groups": groups, "routes": [route], "routing": routing or {}} | more))


def test_a_site_keeps_its_contacts_though_another_is_idle():
    """Two contacts for Rome: the second waits for the first; with one virtual queue Milan would have answered."""
    for sites, waits in (({"rome": 1.0}, [0.0, 90.0]), (None, [0.0, 0.0])):
        bench = two_sites(sites)
        contacts = bench.calls(0, 10)
        steadily(bench, 250)
        assert [bench.wait(contact) for contact in contacts] == waits


def test_other_sites_answer_after_a_wait():
    bench = two_sites({"rome": 1.0}, away_after="30 s")
    first, second = bench.calls(0, 10)
    steadily(bench, 250)
    assert (bench.operator(first), bench.operator(second), bench.wait(second)) == (0, 1, 30.0)


def test_an_own_operator_is_asked_before_one_away_even_where_these_may_answer_at_once():
    """Milan's operator has been idle longer, and holds the skill as a primary one."""
    groups = {
        "rome": {"count": 1, "site": "rome", "skills": {"a": 2}},
        "milan": {"count": 1, "site": "milan", "skills": {"a": 1}},
    }
    bench = two_sites({"rome": 1.0}, away_after="0 s", groups=groups)
    bench.start(0, 1).start(5, 0)
    first, second = bench.calls(10, 11)
    steadily(bench, 250)
    assert (bench.operator(first), bench.operator(second)) == (0, 1)


def test_contacts_are_allotted_to_sites_by_their_shares():
    """1,000 contacts far apart: 300 for Rome, standard deviation 14.5."""
    bench = two_sites({"rome": 0.3, "milan": 0.7})
    bench.calls(*range(0, 80_000, 80), talk=1)
    bench.run(81_000)
    operators = [int(row["operator"]) for row in bench.records]
    assert len(operators) == 1000
    assert abs(operators.count(0) - 300) < 4 * 14.5


def test_clusters_may_belong_to_sites():
    routes = [
        {"clusters": [name], "queue": "main", "skills": ["a"], "sites": {site: 1.0}}
        for name, site in (("south", "rome"), ("north", "milan"))
    ]
    bench = two_sites(None, routes=routes, clusters={"south": {}, "north": {}})
    contacts = [bench.call(at, cluster=cluster) for at, cluster in ((0, "north"), (1, "south"), (2, "north"))]
    steadily(bench, 400)
    assert [bench.operator(contact) for contact in contacts] == [1, 0, 1]
    assert bench.wait(contacts[2]) == 98.0


@pytest.mark.parametrize(("rule", "first"), [("local_first", "rome"), ("longest_waiting", "milan")])
def test_a_free_operator_takes_contacts_of_the_own_site_first(rule, first):
    """Rome's operator is free at 100: a contact of Milan has waited 90 s, one of Rome 20 s; both are open to Rome."""
    routes = [
        {"clusters": [name], "queue": "main", "skills": ["a"], "sites": {name: 1.0}, "away_after": "60 s"}
        for name in SITES
    ]
    bench = two_sites(None, routes=routes, clusters={"rome": {}, "milan": {}}, routing={"contact_rule": rule})
    bench.call(0, cluster="rome", talk=100)
    bench.call(0, cluster="milan", talk=500)
    contacts = {"milan": bench.call(10, cluster="milan"), "rome": bench.call(80, cluster="rome")}
    steadily(bench, 600)
    assert bench.order()[2] == contacts[first]


def test_local_first_still_keeps_others_out_until_their_wait():
    """Rome's operator is free at 100; Milan's contact, who waits since 50, is open to Rome at 110 only."""
    routes = [
        {"clusters": [name], "queue": "main", "skills": ["a"], "sites": {name: 1.0}, "away_after": "60 s"}
        for name in SITES
    ]
    clusters = {"rome": {}, "milan": {}}
    bench = two_sites(None, routes=routes, clusters=clusters, routing={"contact_rule": "local_first"})
    bench.call(0, cluster="rome", talk=100)
    bench.call(0, cluster="milan", talk=500)
    contact = bench.call(50, cluster="milan")
    steadily(bench, 600)
    assert (bench.operator(contact), bench.wait(contact)) == (0, 60.0)


def test_an_operator_of_two_pools_counts_once_among_the_holders():
    bench = two_sites({"rome": 1.0}, away_after="30 s")
    bench.run(10)
    assert bench.world.skills.n_staffed[0] == bench.world.skills.n_idle[0] == 2


def test_a_redial_is_allotted_anew_and_counted_once():
    bench = two_sites({"rome": 0.5, "milan": 0.5}, redial={"share": 1.0, "delay": seconds(20)},
                      intents={"calls": {"talk": exponential(100), "patience": exponential(20)}})  # fmt: skip
    bench.calls(*range(0, 2000, 25))
    steadily(bench, 4000, 50)
    attempts = {int(row["who"]): [] for row in bench.records}
    for row in bench.records:
        attempts[int(row["who"])].append(int(row["type"]))
    assert any(len(set(types)) == 2 for types in attempts.values())
    assert bench.total("entered") == bench.total("redials") + 80
