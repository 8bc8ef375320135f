"""Skills that change over night: the tables made anew, lists in the same order, and nobody who waits in vain."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from career_run import digest, round_the_clock, run
from kernel_bench import HOUR, Bench, seconds
from kernel_invariants import check, members

from twin.kernel.codes import Activity, Event
from twin.model import CallCentre
from twin.world.reskill import SkillTables, show_abilities

DAY = 86400.0
ROOT = Path(__file__).parent.parent.parent
NONE = 127
TWO = {
    "skills": {"a": {}, "b": {}},
    "intents": {"x": {"talk": seconds(100)}, "y": {"talk": seconds(100)}},
    "routes": [
        {"queue": "main", "skills": ["a"], "intents": ["x"]},
        {"queue": "main", "skills": ["b"], "intents": ["y"]},
    ],
    "demand": {"kind": "rates", "rates": {"x": "1 /h"}},
    "shifts": {"day": {"length": "6 h", "starts": {"00:00": 1.0}}},
    "groups": {
        "one": {"count": 3, "skills": {"a": 1}, "shift": "day"},
        "two": {"count": 2, "primary": {"b": 1.0}, "further": {"a": 1.0}, "shift": "day"},
    },
    "careers": {},
}


def tables(bench):
    return SkillTables.of(bench.scenario, bench.persons)


def levels(*rows):
    return np.array(rows, np.int16)


A, B, BOTH = (1, NONE), (NONE, 1), (1, 2)


def idle_lists(bench):
    nodes = bench.world.nodes
    return [nodes["operator"][members(nodes, pool["head"])].tolist() for pool in bench.world.pools]


def test_the_same_skills_give_the_same_tables():
    bench = Bench(**TWO).start()
    bench.call(50.0, "x")
    bench.run(200.0)
    world = bench.world
    before = {name: table.tobytes() for name, table in world._asdict().items()}
    masks = world.line_mask[world.operators.profile]
    bench.engine.world, gained = tables(bench).rebuilt(world, levels(A, A, A, B, B))
    check(bench.world)
    assert len(gained) == 0
    assert (bench.world.line_mask[bench.world.operators.profile] == masks).all()
    for name in ("lines", "steps", "pools", "skills", "contacts", "nodes"):
        assert getattr(bench.world, name).tobytes() == before[name], name


def test_the_idle_keep_their_places():
    """Operator 0 was called and is idle for the shortest time: last; so in the list of those who hold a from now on."""
    bench = Bench(**TWO).start()
    bench.call(50.0, "x")
    bench.run(200.0)
    assert [1, 2, 0] in idle_lists(bench)
    bench.engine.world, gained = tables(bench).rebuilt(bench.world, levels(BOTH, A, BOTH, BOTH, B))
    check(bench.world)
    assert gained.tolist() == [0, 2, 3]
    by_pool = {
        (int(p.skill), int(p.level)): found for p, found in zip(bench.world.pools, idle_lists(bench), strict=True)
    }
    assert [who for who in by_pool[0, 1] if who != 3] == [1, 2, 0]
    assert by_pool[1, 1] == [4]
    assert by_pool[1, 2] == [2, 0, 3]  # 3 stood in no list with the others: by row, as soon as all before are placed


def test_who_waits_is_answered_by_those_who_learned_the_skill_over_night():
    bench = Bench(**TWO | {"groups": TWO["groups"] | {"two": TWO["groups"]["two"] | {"count": 1}}})
    bench.start(0.0, 0, 1, 2)
    contact = bench.call(50.0, "y")
    bench.run(200.0)
    bench.engine.world, gained = tables(bench).rebuilt(bench.world, levels(A, BOTH, A, B))
    roster = bench._table(
        [(200.0, int(Event.RESKILL), int(who), 0.0) for who in gained], bench.world.roster.dtype, "kind"
    )
    bench.engine.begin_day(bench._table([], bench.world.arrivals.dtype), roster)
    bench.run(200.5)
    check(bench.world)
    assert bench.world.operators["activity"].tolist() == [Activity.IDLE, Activity.TALK, Activity.IDLE, Activity.OFF]
    bench.run(1000.0)
    assert bench.last(contact)["answered_at"] == 200.0


def test_abilities_are_shown_to_the_kernel():
    bench = Bench(**TWO).start()
    table = np.zeros((5, 2), bench.world.abilities.dtype)
    table["handle"], table["grade"] = [[1], [2], [3], [4], [5]], 1
    bench.engine.world = show_abilities(bench.world, table)
    bench.engine.world = show_abilities(bench.world, np.full((1, 2), table[4, 0]), np.array([1]))
    talk = bench.call(10.0, "x")
    again = bench.call(11.0, "x")
    bench.run(HOUR)
    lengths = [bench.last(contact)["ended_at"] - bench.last(contact)["answered_at"] for contact in (talk, again)]
    assert lengths == [100.0, 500.0]


def test_late_in_the_shift_talks_take_longer():
    """After one hour on duty 10 % an hour: at 2 h of duty a talk of 100 s takes 110 s."""
    bench = Bench(**TWO | {"careers": {"fatigue": {"per_hour": 0.10, "after": "1 h"}}}).start()
    early, late = bench.calls(0.5 * HOUR, 2 * HOUR, intent="x")
    bench.run(3 * HOUR)
    assert bench.last(early)["ended_at"] == pytest.approx(0.5 * HOUR + 100)
    assert bench.last(late)["ended_at"] == pytest.approx(2 * HOUR + 110)


# ---- whole runs, round the clock -------------------------------------------------------------------------------------


def state_of(model):
    world = model.world
    tables = (world.tallies, world.activity_time, world.operator_time, world.operators, model.careers.table.rows)
    return [table.tobytes() for table in (*tables, model.careers.table.proficiency, model.careers.table.level)]


def test_nothing_is_lost_over_nights_with_new_tables_round_the_clock():
    """Turnover is 900 % a year, so that every night somebody goes; on day 2 all are moved, on Mondays others come."""
    model = CallCentre(round_the_clock(), seed=4)
    changed = 0
    for day in range(9):
        for clock in (0.0, 1.0, 60.0, 7 * HOUR):
            before = len(model.world.line_mask)
            model.run_until(day * DAY + clock)
            check(model.world)
            changed += len(model.world.line_mask) != before
    assert changed >= 2
    events = set(model.careers.report().log.event)
    assert {"left", "joined", "moved", "selected"} <= events
    assert (model.world.operators["activity"] != Activity.OFF).sum() > 3
    model.close()


def test_steps_days_and_one_go_are_the_same_with_careers():
    one, days, steps = (CallCentre(round_the_clock(), seed=4) for _ in range(3))
    one.run_until(10 * DAY)
    days.run()
    while not steps.is_over:
        steps.step()
    assert state_of(one) == state_of(days) == state_of(steps)


def test_recording_changes_nothing():
    one, other = CallCentre(round_the_clock(), seed=4), CallCentre(round_the_clock(), seed=4, recording=True)
    for model in (one, other):
        model.run_until(4 * DAY)
    assert state_of(one) == state_of(other)


def test_chats_at_once_go_on_over_the_night():
    chats = {name: {"talk": {"law": "exponential", "mean": "9 min"}, "channel": "chat"} for name in "xyz"}
    calm = {"routing": {"stages": [{"level": 1}, {"level": 2, "after": "20 s"}]}, "priorities": {}, "recall": None}
    model = CallCentre(round_the_clock(intents=chats, chat={"at_once": 3, "slowdown": 0.1}, **calm), seed=4)
    for day in range(1, 9):
        model.run_until(day * DAY)
        model.run_until(day * DAY + 1.0)
        check(model.world)
        assert model.world.chatters["n"].any()
    model.close()


def test_plain_python_gives_the_same():
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_DISABLE_JIT": "1"}
    script = str(Path(__file__).with_name("career_run.py"))
    found = subprocess.run(
        [sys.executable, script], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=400, check=False
    )
    assert found.stdout.strip() == digest(run()), found.stderr
