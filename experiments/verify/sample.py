"""From a case to numbers: its scenario is run, and each day becomes a row of counts and sums."""

from typing import Any

import numpy as np
import pandas as pd

from experiments.verify.case import Case
from twin.kernel.codes import Activity
from twin.kernel.tables import TALLY
from twin.model import CallCentre
from twin.scenario.load import load_scenario
from twin.scenario.schema import Scenario
from twin.simulation import Run, run_of, simulate


def scenario_of(case: Case) -> Scenario:
    scenario = load_scenario(case.scenario, dict(case.overrides))
    return scenario.model_copy(update=dict.fromkeys(case.without)) if case.without else scenario


def draw(case: Case, seed: int, chunk: int) -> pd.DataFrame:
    """One chunk of a case: a row per replication. Each chunk has its own luck."""
    days = (case.sample or by_day)(case, seed, chunk)
    return days.groupby(np.arange(len(days)) // case.batch).sum()


def by_day(case: Case, seed: int, chunk: int) -> pd.DataFrame:
    """All counts, and `first_handled_...` by queue; operators' time in all and in opening hours (`open_...`) [s]."""
    return columns_of(simulate(scenario_of(case), case.days, seed, chunk))


def columns_of(run: Run) -> pd.DataFrame:
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
    """V7: besides, good calls by type and period, and group 0's busy and staffed time up to the day's last event.

    There a group is a counter that keeps its 9 operators in the evening until everybody has gone; here they go home
    one by one. Those at home are added to the staffed time, from closing to the end of the last contact.
    """
    scenario = scenario_of(case)
    model = CallCentre(scenario, seed, chunk, case.days, recording=True)
    last = np.zeros(model.calendar.n_days)
    while not model.is_over:
        model.run_day()
        last[model.day] = model.records.pop()["ended_at"].max() - model.day * 86400.0
    run = run_of(model)
    model.close()
    table = columns_of(run)
    per_day = run.calendar.intervals_a_day
    first, opens, closes = run.calendar.interval_time, scenario.opening.opens, scenario.opening.closes
    tallies = run.tallies.reshape(-1, per_day, run.tallies.shape[1])
    for row, cell in enumerate(run.names.cells):
        for period in range(round((closes - opens) / first)):
            table[f"good_{cell.queue}_{period}"] = tallies["in_20s"][:, round(opens / first) + period, row]
    time = run.activity_time.reshape(-1, per_day, *run.activity_time.shape[1:])[:, :, 0]
    close = round(closes / first)
    evening = 9.0 * np.maximum(last - closes, 0.0)
    table["busy_g0"] = time[:, :, Activity.TALK].sum(axis=1)
    day_time = time[:, :close, [Activity.TALK, Activity.IDLE]].sum(axis=(1, 2))
    table["staffed_g0"] = day_time + np.maximum(evening, time[:, close:, Activity.TALK].sum(axis=1))
    return table


def by_minute(case: Case, seed: int, chunk: int) -> pd.DataFrame:
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
    """Largest number of contacts missing (or too many) in any queue after any interval, and of operator-seconds.

    offered = handled + abandoned + messages + cut + waiting or talking;
    entered = self-served + blocked + offered + in the IVR.
    """
    model = CallCentre(scenario, seed, days=days)
    cells, queues = model.names.cells, list(scenario.queues)
    of_cell = np.array([queues.index(cell.queue) for cell in cells])
    worst = {"offered": 0.0, "entered": 0.0}
    while not model.is_over:
        model.step()
        flat = np.asarray(model.world.tallies).view(np.float64).reshape(*model.world.tallies.shape, -1).sum(axis=0)
        sums = pd.DataFrame(flat, columns=list(TALLY.names)).groupby(of_cell).sum()
        phase, queue = _inside(model, of_cell)
        n_asking = np.bincount(queue[phase != "ivr"], minlength=len(queues))[sums.index]
        n_ivr = np.bincount(queue[phase == "ivr"], minlength=len(queues))[sums.index]
        gone = sums.handled + sums.abandoned + sums.messages + sums.cut
        worst["offered"] = max(worst["offered"], float((sums.offered - gone - n_asking).abs().max()))
        known = sums.self_served + sums.blocked + sums.offered
        worst["entered"] = max(worst["entered"], float((sums.entered - known - n_ivr).abs().max()))
    model.close()
    return worst


def _inside(model: CallCentre, queue_of_cell: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Phase ("ivr" or "asked") and queue of each contact inside."""
    from twin.kernel.codes import Phase

    rows = model.inside()
    contacts = model.world.contacts
    cells = model.world.types.cell[contacts.type[rows]]
    return np.where(contacts.phase[rows] == Phase.IVR, "ivr", "asked"), queue_of_cell[cells]
