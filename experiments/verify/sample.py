"""From a case to numbers: its scenario is run, and each day becomes a row of counts and sums."""

from typing import Any

import numpy as np
import pandas as pd

from experiments.verify.case import Case
from twin.kernel.codes import Activity, Phase
from twin.model import CallCentre
from twin.scenario.load import load_scenario
from twin.scenario.schema import Scenario
from twin.simulation import Run, run_of, simulate

DAY = 86400.0
BOOKED = ("entered", "self_served", "blocked", "offered", "handled", "abandoned", "messages", "cut", "unreached")


def scenario_of(case: Case) -> Scenario:
    scenario = load_scenario(case.scenario, dict(case.overrides))
    return scenario.model_copy(update=dict.fromkeys(case.without)) if case.without else scenario


def draw(case: Case, seed: int, chunk: int) -> pd.DataFrame:
    """One chunk of a case: a row per replication. Each chunk has its own luck."""
    days = (case.sample or by_day)(case, seed, chunk)
    return days.groupby(np.arange(len(days)) // case.batch).sum()


def by_day(case: Case, seed: int, chunk: int) -> pd.DataFrame:
    """The scenario run by tallies alone, see `columns_of`."""
    return columns_of(simulate(scenario_of(case), case.days, seed, chunk))


def columns_of(run: Run) -> pd.DataFrame:
    """Counts and sums by day, some by queue (`handled_first`), operators' time in opening hours (`open_talk`)."""
    table = run.counts(["day"])
    table["squared"] = table.entered**2
    opening = run.scenario.opening
    per_day, length = run.calendar.intervals_a_day, run.calendar.interval_time
    time = run.activity_time.reshape(-1, per_day, *run.activity_time.shape[1:])
    is_open = slice(round(opening.opens / length), round(opening.closes / length))
    for activity in (Activity.TALK, Activity.IDLE):
        table[f"open_{activity.name.lower()}"] = time[:, is_open, :, activity].sum(axis=(1, 2))
    tallies = run.tallies.reshape(-1, per_day, run.tallies.shape[1])
    for queue in run.scenario.queues:
        cells = [row for row, cell in enumerate(run.names.cells) if cell.queue == queue]
        for field in ("handled", "wait_handled", "wait_lost", "talk"):
            table[f"{field}_{queue}"] = tallies[field][:, :, cells].sum(axis=(1, 2))
    return table


def multi_skill(case: Case, seed: int, chunk: int) -> pd.DataFrame:
    """V7: besides, good calls by type and period, and group 0's busy and staffed time up to the day's last event."""
    model = CallCentre(scenario_of(case), seed, chunk, case.days, recording=True)
    last = np.zeros(model.calendar.n_days)
    while not model.is_over:
        model.run_day()
        last[model.day] = model.records.pop()["ended_at"].max() - model.day * DAY
    run = run_of(model)
    model.close()
    table = columns_of(run)
    calendar, opening = run.calendar, run.scenario.opening
    opens, closes = (round(at / calendar.interval_time) for at in (opening.opens, opening.closes))
    tallies = run.tallies.reshape(calendar.days, calendar.intervals_a_day, -1)
    for row, cell in enumerate(run.names.cells):
        for period in range(closes - opens):
            table[f"good_{cell.queue}_{period}"] = tallies["in_20s"][:, opens + period, row]
    time = run.activity_time.reshape(calendar.days, calendar.intervals_a_day, *run.activity_time.shape[1:])[:, :, 0]
    table["busy_g0"] = time[:, :, Activity.TALK].sum(axis=1)
    table["staffed_g0"] = time[:, :closes, [Activity.TALK, Activity.IDLE]].sum(axis=(1, 2)) + _evening(
        run.scenario.groups["g0"].head_count or [0], last - opening.closes, time[:, closes:, Activity.TALK].sum(axis=1)
    )
    return table


def _evening(head_count: list[int], length: np.ndarray, busy: np.ndarray) -> np.ndarray:
    """Staffed time after closing, by day [operator-seconds].

    The published group is a counter that keeps its last head count until the day's last contact has gone; ours go home
    one by one, so those who have gone are counted, too.
    """
    return np.maximum(head_count[-1] * np.maximum(length, 0.0), busy)


def by_looks(case: Case, seed: int, chunk: int) -> pd.DataFrame:
    """For Little's law: how many wait and talk, looked at after each interval, beside what contacts went through."""
    model = CallCentre(scenario_of(case), seed, chunk, case.days)
    calendar = model.calendar
    queues = list(model.scenario.queues)
    seen: list[list[Any]] = []
    while not model.is_over:
        model.step()
        seen.append([*model.world.queues.n_waiting, model.count_operators("talk")])
    looks = np.array(seen, float)[calendar.warm_up * calendar.intervals_a_day :]
    table = columns_of(run_of(model))
    model.close()
    means = looks.reshape(calendar.days, calendar.intervals_a_day, -1).mean(axis=1)
    for column, name in enumerate([*[f"waiting_{queue}" for queue in queues], "talking"]):
        table[name] = means[:, column]
    return table


def conserved(scenario: Scenario, seed: int, days: int) -> dict[str, float]:
    """Largest number of contacts missing (or too many) in any queue after any interval.

    offered = handled + abandoned + messages + cut + unreached + waiting or talking;
    entered = self-served + blocked + offered + in the IVR.
    """
    model = CallCentre(scenario, seed, days=days)
    queues = list(model.scenario.queues)
    queue_of = np.array([queues.index(cell.queue) for cell in model.names.cells])
    worst = {"offered": 0.0, "entered": 0.0}
    while not model.is_over:
        model.step()
        tallies = np.asarray(model.world.tallies)
        count = {name: np.bincount(queue_of, tallies[name].sum(axis=0), len(queues)) for name in BOOKED}
        rows = model.inside()
        queue = queue_of[model.world.types.cell[model.world.contacts.type[rows]]]
        is_ivr = model.world.contacts.phase[rows] == Phase.IVR
        asking, in_ivr = (np.bincount(queue[who], minlength=len(queues)) for who in (~is_ivr, is_ivr))
        gone = count["handled"] + count["abandoned"] + count["messages"] + count["cut"] + count["unreached"]
        known = count["self_served"] + count["blocked"] + count["offered"]
        worst["offered"] = max(worst["offered"], float(np.abs(count["offered"] - gone - asking).max()))
        worst["entered"] = max(worst["entered"], float(np.abs(count["entered"] - known - in_ivr).max()))
    model.close()
    return worst
