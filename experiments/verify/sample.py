"""From a case to numbers: its scenario is run, and each day becomes a row of counts and sums."""

import json
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.verify.case import Case
from twin.kernel.codes import Activity, Phase

if TYPE_CHECKING:  # slow to import, and the process that only judges the samples does without
    from twin.scenario.schema import Scenario
    from twin.simulation import Run

DAY = 86400.0
LOST = ("abandoned", "messages", "cut", "dropped", "unreached", "nuisance")
BOOKED = ("entered", "self_served", "blocked", "offered", "handled", *LOST)


def scenario_of(case: Case) -> "Scenario":
    return _scenario(case.scenario, json.dumps(case.overrides), case.without)


@cache
def _scenario(name: str, overrides: str, without: tuple[str, ...]) -> "Scenario":
    """As JSON, because an override may be a table, which no cache could take."""
    from twin.scenario.load import load_scenario

    scenario = load_scenario(name, json.loads(overrides))
    return scenario.model_copy(update=dict.fromkeys(without)) if without else scenario


def draw(case: Case, seed: int, chunk: int) -> pd.DataFrame:
    """One chunk of a case: a row per replication. Each chunk has its own luck."""
    days = (case.sample or by_day)(case, seed, chunk)
    return days.groupby(np.arange(len(days)) // case.batch).sum()


def by_day(case: Case, seed: int, chunk: int) -> pd.DataFrame:
    """The scenario run by tallies alone, see `columns_of`."""
    from twin.simulation import simulate

    return columns_of(simulate(scenario_of(case), case.days, seed, chunk))


def columns_of(run: "Run") -> pd.DataFrame:
    """Counts and sums by day, some by queue (`handled_first`), operators' time in opening hours (`open_talk`)."""
    days, names = run.calendar.days, list(run.tallies.names)
    sums = np.stack([run.tallies[name] for name in names], axis=-1).reshape(days, -1, len(names)).sum(axis=1)
    table = pd.DataFrame(sums, columns=names)
    table["clock_time"] = DAY
    table["squared"] = table.entered**2
    opening = run.scenario.opening
    per_day, length = run.calendar.intervals_a_day, run.calendar.interval_time
    time = run.activity_time.reshape(-1, per_day, run.activity_time.shape[1])
    for activity in (Activity.TALK, Activity.WRAP, Activity.IDLE):
        table[f"staff_{activity.name.lower()}"] = time[..., activity].sum(axis=1)
    is_open = slice(round(opening.opens / length), round(opening.closes / length))
    for activity in (Activity.TALK, Activity.IDLE):
        table[f"open_{activity.name.lower()}"] = time[:, is_open, activity].sum(axis=1)
    shape = days, per_day, run.tallies.shape[1]
    for queue in run.scenario.queues:
        cells = [row for row, cell in enumerate(run.names.cells) if cell.queue == queue]
        for field in ("handled", "wait_handled", "wait_lost", "talk"):
            table[f"{field}_{queue}"] = run.tallies[field].reshape(shape)[:, :, cells].sum(axis=(1, 2))
    return table


def multi_skill(case: Case, seed: int, chunk: int) -> pd.DataFrame:
    """V7: besides, good calls by type and period, and group 0's busy and staffed time up to the day's last event."""
    from twin.model import CallCentre
    from twin.simulation import run_of

    model = CallCentre(scenario_of(case), seed, chunk, case.days, recording=True)
    calendar, opening = model.calendar, model.scenario.opening
    opens, closes = (round(at / calendar.interval_time) for at in (opening.opens, opening.closes))
    last = np.zeros(calendar.n_days)
    at_closing = np.zeros(model.world.group_time[:, 0].shape)
    while not model.is_over:
        model.run_until(model.now + opening.closes)
        at_closing[model.day] = model.world.group_time[model.day, 0]
        model.run_day()
        last[model.day] = model.records.pop()["ended_at"].max() - model.day * DAY
    run = run_of(model)
    model.close()
    table = columns_of(run)
    good = run.tallies["in_20s"].reshape(calendar.days, calendar.intervals_a_day, -1)
    for row, cell in enumerate(run.names.cells):
        for period in range(closes - opens):
            table[f"good_{cell.queue}_{period}"] = good[:, opens + period, row]
    by_day, at_closing = run.group_time[:, 0], at_closing[calendar.warm_up :]
    table["busy_g0"] = by_day[:, Activity.TALK]
    table["staffed_g0"] = at_closing[:, [Activity.TALK, Activity.IDLE]].sum(axis=1) + _evening(
        run.scenario.groups["g0"].head_count or [0],
        last - opening.closes,
        by_day[:, Activity.TALK] - at_closing[:, Activity.TALK],
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
    from twin.model import CallCentre
    from twin.simulation import run_of

    model = CallCentre(scenario_of(case), seed, chunk, case.days)
    calendar = model.calendar
    queues = list(model.scenario.queues)
    waiting, activity = (np.asarray(of) for of in (model.world.queues.n_waiting, model.world.operators.activity))
    seen = np.empty((calendar.n_intervals, len(queues) + 1))
    for interval in range(calendar.n_intervals):
        model.run_until((interval + 1) * calendar.interval_time)
        seen[interval, :-1] = waiting
        seen[interval, -1] = np.count_nonzero(activity == Activity.TALK)
    looks = seen[calendar.warm_up * calendar.intervals_a_day :]
    table = columns_of(run_of(model))
    model.close()
    means = looks.reshape(calendar.days, calendar.intervals_a_day, -1).mean(axis=1)
    for column, name in enumerate([*[f"waiting_{queue}" for queue in queues], "talking"]):
        table[name] = means[:, column]
    return table


def conserved(scenario: "Scenario", seed: int, days: int) -> dict[str, float]:
    """Largest number of contacts missing (or too many) in any queue after any interval.

    offered = handled + abandoned + messages + cut + dropped + unreached + nuisance + waiting or talking;
    entered = self-served + blocked + offered + in the IVR.
    """
    from twin.model import CallCentre

    model = CallCentre(scenario, seed, days=days)
    queues = list(model.scenario.queues)
    queue_of = np.array([queues.index(cell.queue) for cell in model.names.cells])
    worst = {"offered": 0.0, "entered": 0.0}
    interval = 0
    while not model.is_over:
        model.step()
        interval += 1
        booked = model.world.tallies[: interval + 1]
        count = {name: np.bincount(queue_of, booked[name].sum(axis=0), len(queues)) for name in BOOKED}
        rows = model.inside()
        queue = queue_of[model.world.types.cell[model.world.contacts.type[rows]]]
        is_ivr = model.world.contacts.phase[rows] == Phase.IVR
        asking, in_ivr = (np.bincount(queue[who], minlength=len(queues)) for who in (~is_ivr, is_ivr))
        gone = count["handled"] + sum(count[name] for name in LOST)
        known = count["self_served"] + count["blocked"] + count["offered"]
        worst["offered"] = max(worst["offered"], float(np.abs(count["offered"] - gone - asking).max()))
        worst["entered"] = max(worst["entered"], float(np.abs(count["entered"] - known - in_ivr).max()))
    model.close()
    return worst
