"""Where the slow reference simulator and the kernel once disagreed: the rules, by hand."""

import pytest
from kernel_bench import Bench, seconds
from pydantic import ValidationError

ROUTES = [
    {"intents": ["ann"], "queue": "main", "skills": ["a", "b"]},
    {"intents": ["bob"], "queue": "main", "skills": ["b"]},
]
INTENTS = {"ann": {"talk": seconds(100)}, "bob": {"talk": seconds(100)}}


def desks(*skills):
    return {f"desk{i}": {"count": 1, "skills": held} for i, held in enumerate(skills)}


def wait_behind_a_reserve(**skills):
    """Operator 0 holds a and is busy to 300, operator 1 holds b only and is free at 100: of a's staff none is idle."""
    bench = Bench(skills={"a": {}, "b": {}} | skills, intents=INTENTS, routes=ROUTES, groups=desks({"a": 1}, {"b": 1}),
                  clusters={"basic": {}}, priorities={"basic": {"reserve": {"share": 0.5, "guarantee": "900 s"}}},
                  demand={"kind": "rates", "rates": {"ann": "1 /h"}})  # fmt: skip
    bench.start()
    bench.call(0, "ann", cluster="basic", talk=300)
    bench.call(0, "bob", cluster="basic", talk=100)
    contact = bench.call(10, "ann", cluster="basic")
    bench.run()
    return bench.wait(contact)


def test_a_reserve_asks_for_idle_staff_of_the_skill():
    assert wait_behind_a_reserve() == 290.0


def test_a_skill_alike_makes_nobody_part_of_the_skills_idle_staff():
    """`staff` counts operator 1 neither on duty nor idle for a; `may_answer` adds him to the idle when he is freed."""
    assert wait_behind_a_reserve(a={"alike": ["b"]}) == 290.0


def test_points_that_fall_with_the_wait_are_refused():
    """Only heads of lines are compared, so the newcomer, who would have the most, could not go first."""
    with pytest.raises(ValidationError, match="points_per_second"):
        Bench(clusters={"all": {}}, priorities={"all": {"points_per_second": -1.0}})


def test_the_stages_of_one_route_do_not_change_who_is_staff_for_another():
    """A secondary operator of the skill is idle, and no stage of ann's route opens to him. Counted among the staff of
    the skill he makes the expected wait 0 (990 s until the primary one is free); not counted, it is 200 s at 20 s."""
    stages = [{"level": 1}, {"level": 4, "expected_wait": "150 s"}]
    waits = []
    for of_bob in ([{"level": 1}], [{"level": 1}, {"level": 2}]):
        routes = [{"intents": ["ann"], "queue": "main", "skills": ["a"], "stages": stages},
                  {"intents": ["bob"], "queue": "main", "skills": ["a"], "stages": of_bob}]  # fmt: skip
        bench = Bench(intents=INTENTS, routes=routes, groups=desks({"a": 1}, {"a": 2}, {"a": 4}),
                      demand={"kind": "rates", "rates": {"ann": "1 /h"}})  # fmt: skip
        bench.call(0, "ann", talk=1000)
        contact, _ = bench.call(10, "ann"), bench.call(20, "ann")
        bench.run()
        waits.append(bench.wait(contact))
    assert waits[0] == waits[1]


def test_powers_of_the_patience_factor_round_alike_compiled_or_not():
    """Six redials, patience 100, 80, 64 ... s, 50 s between: the seventh attempt ends at 705.1424 s, bit for bit."""
    bench = Bench(redial={"share": 1.0, "delay": seconds(50), "patience_factor": 0.8},
                  intents={"calls": {"talk": seconds(100), "patience": seconds(100)}})  # fmt: skip
    bench.call(0, talk=5000)
    contact = bench.call(10)
    bench.run(2000)
    at = 10.0
    for redials in range(7):
        at = (at + 50.0 if redials else at) + 100.0 * 0.8**redials
    assert float(bench.of(contact)[6]["ended_at"]) == at
