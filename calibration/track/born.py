"""Days of a scenario that states no rates: recorded ones like today of a trace, or days lived by its customers.

They tell how many contacts such a day brings, and who comes. A tracked day has the day's own number of contacts, drawn
from those of the like days: more or fewer of them are the level, a factor on the contacts born. The centre begins the
day empty, so what earlier days send again is among the contacts placed, and what comes again on the day itself is not.
"""

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from calibration.estimate.arrivals import fit_arrivals
from calibration.track.known import KnownDay
from twin.calendar import DAY, Calendar
from twin.errors import InputError
from twin.kernel.tables import ARRIVAL
from twin.model import CallCentre
from twin.scenario.days import WEEKDAYS
from twin.scenario.demand_schema import CustomerDemand, Noise, Rates, Trace
from twin.scenario.schema import Scenario
from twin.simulation import run_of
from twin.trace import Steps, TraceDemand, TraceTables
from twin.world.names import Names

LIVED = 4
"""Days that are lived, or run once more from an empty centre, to see what comes of contacts."""
ROUNDS = 3
"""In which the contacts to be placed are found: the more there are, the more of them come again."""
SEED, LIVED_FROM = 1, 700_000  # [replication]
MOST_POOLED = 20_000
"""Contacts kept of the like days, to draw from."""
LEAST_OFFERED = 200.0
"""Contacts of an interval, over all like days, below which it takes the day's ratio of placed over offered."""
DAY_CV = 0.1
"""How much days differ where a trace holds too few to tell (assumed)."""
LEAST_DAYS = 8
HOUR = 3600.0


@dataclass(frozen=True)
class Born:
    """What a day like the one to be tracked brings."""

    scenario: Scenario
    """Of that one day, its demand written as rates."""
    expected: np.ndarray
    """float64 (intervals, intents): contacts offered."""
    placed: np.ndarray
    """float64 (intervals, intents): contacts placed over contacts offered. Below 1: some come again the same day; above
    it: some are served before they ask for an operator."""
    pool: np.ndarray
    """ARRIVAL rows: who comes."""
    heads: dict[str, np.ndarray]
    """Group -> operators by interval, of groups whose presence the trace tells."""


@dataclass(frozen=True)
class LikeDay:
    """One day: its contacts as they were born, and what was offered to operators where it was lived."""

    rows: np.ndarray
    offered: np.ndarray | None = None
    heads: dict[str, np.ndarray] = field(default_factory=dict)


def one_day(scenario: Scenario, date: datetime.date, length: float) -> Scenario:
    """The scenario run for this date alone, from an empty centre in the morning, counted by intervals of `length`.

    Nobody tracks the night, when only the menu answers (`self_service`).
    """
    run = scenario.run.model_copy(update={"days": 1, "warm_up": 0, "start": date, "interval": length})
    return scenario.model_copy(update={"run": run, "self_service": None})


_last: list[tuple[Scenario, datetime.date, float, Born]] = []
"""The day worked out last: a day is looked at again and again while it goes on."""


def born_day(scenario: Scenario, date: datetime.date, length: float) -> Born:
    """What such a day of a scenario of demand `trace` or `customers` brings.

    Raises
    ------
    InputError
        If the trace holds no other day, or customers are written to from day to day.
    """
    if _last and _last[0][0] is scenario and _last[0][1:3] == (date, length):
        return _last[0][3]
    if scenario.proactive is not None:
        raise InputError(
            f"{scenario.name}: proactive is given, must be left out to track a day: whom the centre writes to follows "
            "from the days before, which a tracked day has not"
        )
    if isinstance(scenario.demand, Trace):
        days, noise = _recorded(scenario, scenario.demand, date, length)
        own = scenario
    else:
        assert isinstance(scenario.demand, CustomerDemand)
        days, own = _lived(scenario, date, length)
        noise = scenario.demand.noise
    born = _born(one_day(own, date, length), days, noise, length)
    _last[:] = [(scenario, date, length, born)]
    return born


def _born(own: Scenario, days: Sequence[LikeDay], noise: Noise, length: float) -> Born:
    names, n = Names.of(own), round(DAY / length)
    counts = np.array([_counts(day.rows, n, length, len(names.intents)) for day in days])
    is_open = WEEKDAYS[own.run.start.weekday()] in own.opening.days
    counts *= is_open
    heads = {name: np.mean([day.heads[name] for day in days], axis=0) for name in days[0].heads}
    own = _with_rates(own, counts.mean(axis=0), noise, length)
    own = own.model_copy(update={"groups": _with_heads(own, heads, length)})
    rows = np.concatenate([np.asarray(day.rows) for day in days])
    pool = rows[:: max(math.ceil(len(rows) / MOST_POOLED), 1)].copy()
    pool["customer"] = -1
    placed, born = np.ones(counts.shape[1:]), counts.mean(axis=0)
    if days[0].offered is None:
        placed = _over(born, offered_of(own, born, pool, length))
        expected = born / placed
    else:  # the mix is the same all day
        lived = np.mean([day.offered for day in days if day.offered is not None], axis=0)
        expected = np.outer(lived.sum(axis=1), lived.sum(axis=0)) / max(lived.sum(), 1.0) * is_open
        for _ in range(ROUNDS):
            placed = placed * _over(expected, offered_of(own, expected * placed, pool, length))
    return Born(own, expected, placed, pool, heads)


def _counts(rows: np.ndarray, n: int, length: float, n_intents: int) -> np.ndarray:
    """Contacts (intervals, intents)."""
    found = np.zeros((n, n_intents))
    np.add.at(found, (np.minimum(rows["at"] // length, n - 1).astype(int), rows["intent"].astype(int)), 1.0)
    return found


def _over(wanted: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Contacts over contacts (intervals, intents): by the interval, and by the intent over the day."""

    def over(above: np.ndarray, below: np.ndarray, otherwise: float) -> np.ndarray:
        enough = LIVED * np.minimum(above, below) >= LEAST_OFFERED
        return np.where(enough, above / np.maximum(below, 1e-9), otherwise)

    whole = float(wanted.sum() / found.sum()) if found.sum() > 0 else 1.0
    by_interval = over(wanted.sum(axis=1), found.sum(axis=1), whole)
    by_intent = over(wanted.sum(axis=0), found.sum(axis=0), whole)
    return np.outer(by_interval, by_intent / whole)


def _with_rates(own: Scenario, counts: np.ndarray, noise: Noise, length: float) -> Scenario:
    """The same scenario whose contacts come at the rates of these counts, by the hour."""
    opens, closes = own.opening.opens, own.opening.closes
    n = max(math.ceil((closes - opens) / HOUR - 1e-9), 1)
    edges = np.minimum(opens + HOUR * np.arange(n + 1), closes)
    at, cumulated = length * np.arange(len(counts) + 1), np.vstack([np.zeros(counts.shape[1]), counts.cumsum(axis=0)])
    rates: dict[str, Any] = {}
    for column, name in enumerate(own.intents):
        contacts = np.diff(np.interp(edges, at, cumulated[:, column]))
        rates[name] = (contacts / np.diff(edges)).tolist()
    demand = Rates.model_construct(kind="rates", period=HOUR, rates=rates, noise=noise)
    return own.model_copy(update={"demand": demand})


def _with_heads(own: Scenario, heads: Mapping[str, np.ndarray], length: float) -> dict[str, Any]:
    """Groups of which the trace tells presence state it as a head count by the hour."""
    groups = dict(own.groups)
    edges = own.opening.opens + HOUR * np.arange(len(next(iter(own.demand.rates.values()))) + 1)  # type: ignore[union-attr,arg-type]
    for name, there in heads.items():
        cumulated = np.concatenate([[0.0], np.cumsum(there * length)])
        by_hour = np.diff(np.interp(edges, length * np.arange(len(there) + 1), cumulated)) / HOUR
        groups[name] = groups[name].model_copy(update={"head_count": [round(one) for one in by_hour]})
    return groups


# ---- days lived -------------------------------------------------------------------------------------------------


def _lived(scenario: Scenario, date: datetime.date, length: float) -> tuple[list[LikeDay], Scenario]:
    """Ordinary such days after the scenario's own warm-up, without noise and shocks; the scenario as it was run."""
    demand = scenario.demand.model_copy(update={"noise": Noise(), "shocks": []})
    run = scenario.run.model_copy(update={"days": 1, "start": date, "interval": length})
    own = scenario.model_copy(update={"demand": demand, "run": run})
    found = []
    for number in range(LIVED):
        model = CallCentre(own, SEED, LIVED_FROM + number)
        try:
            kept = _Kept(model.demand)
            model.demand = kept
            model.run()
            rows = kept.rows.copy()
            rows["at"] -= (model.calendar.n_days - 1) * DAY
            found.append(LikeDay(rows, _offered(model)))
            made = model.scenario
        finally:
            model.close()
    return found, made


class _Kept:
    """A demand that remembers the contacts of the day; for everything else it is the demand itself."""

    def __init__(self, demand: Any):
        self.demand = demand
        self.rows = np.zeros(0, ARRIVAL)

    def arrivals(self, day: int) -> np.ndarray:
        self.rows = self.demand.arrivals(day)  # whatever is done to the rows later that day, is seen
        return self.rows

    def __getattr__(self, name: str) -> Any:
        return getattr(self.demand, name)


def offered_of(own: Scenario, placed: np.ndarray, pool: np.ndarray, length: float) -> np.ndarray:
    """Contacts offered, mean (intervals, intents), on days of so many placed that begin with an empty centre."""
    found = []
    for number in range(LIVED):
        luck = np.random.default_rng([SEED, number]).random(placed.shape)
        model = CallCentre(own, SEED, LIVED_FROM + number)
        try:
            model.demand = KnownDay(model, np.floor(placed + luck).astype(np.int64), length, pool)
            model.channels = None  # those of the pool have chosen theirs
            model.run()
            found.append(_offered(model))
        finally:
            model.close()
    return np.mean(found, axis=0)


def _offered(model: CallCentre) -> np.ndarray:
    counts = run_of(model).counts(["interval", "intent"])["offered"].unstack(fill_value=0)
    return counts.reindex(columns=model.names.intents, fill_value=0.0).sort_index().to_numpy(float)


# ---- days recorded ----------------------------------------------------------------------------------------------


def _recorded(scenario: Scenario, trace: Trace, date: datetime.date, length: float) -> tuple[list[LikeDay], Noise]:
    """Recorded days of the same weekday, those before the date where there are any; all others where there are none."""
    tables = TraceTables.read(trace)
    known = sorted(tables.days(trace), key=str)
    dated = {day: day if isinstance(day, datetime.date) else Calendar.of(scenario).date(day) for day in known}
    others = {day: on for day, on in dated.items() if on != date}
    if not others:
        raise InputError(
            f"{scenario.name}: the trace holds no day but {date:%Y-%m-%d}, must hold others: what a tracked day "
            "will bring is told by days like it"
        )
    alike = [day for day, on in others.items() if on.weekday() == date.weekday()]
    before = [day for day in alike if dated[day] < date]
    chosen = set(before or alike or others)
    demand = _days_of(scenario, trace, list(others), tables)
    days, totals = [], []
    for place, day in enumerate(others):
        rows = demand.arrivals(place).copy()
        rows["at"] -= place * DAY
        totals.append(_counts(rows, round(DAY / length), length, len(scenario.intents)).sum(axis=1))
        if day in chosen:
            heads = {name: _mean_heads(of[place], length) for name, of in demand.head_counts.items()}
            days.append(LikeDay(rows, heads=heads))
    return days, recorded_noise(np.array(totals), list(others.values()), length)


def _days_of(scenario: Scenario, trace: Trace, days: list[Any], tables: TraceTables) -> TraceDemand:
    """The trace of these days, one after the other."""
    by_date = {} if isinstance(days[0], int) else {"dates": days}
    n = max(days) + 1 if isinstance(days[0], int) else len(days)
    run = scenario.run.model_copy(update={"days": n, "warm_up": 0})
    own = scenario.model_copy(update={"run": run, "demand": trace.model_copy(update={"dates": None} | by_date)})
    return TraceDemand(own, Names.of(own), Calendar.of(own), SEED, tables)


def _mean_heads(steps: Steps, length: float) -> np.ndarray:
    """Mean operators by interval of a head count in steps."""
    ends = [at for at, _ in steps[1:]] + [DAY]
    edges = np.array([steps[0][0], *ends])
    cumulated = np.concatenate([[0.0], np.cumsum([n for _, n in steps] * np.diff(edges))])
    return np.diff(np.interp(np.arange(round(DAY / length) + 1) * length, edges, cumulated)) / length


def recorded_noise(totals: np.ndarray, dates: Sequence[datetime.date], length: float) -> Noise:
    """How much days and intervals differ beyond chance, from contacts (days, intervals); assumed where days are few."""
    if len(totals) < LEAST_DAYS:
        return Noise(day_cv=DAY_CV)
    n = totals.shape[1]
    table = pd.DataFrame({
        "date": np.repeat(pd.DatetimeIndex(list(dates)), n), "start_s": np.tile(np.arange(n) * int(length), len(dates)),
        "length_s": int(length), "type": "", "offered": totals.ravel(),
    })  # fmt: skip
    try:
        found = fit_arrivals(table, unusual=[]).noise
    except InputError:  # fewer than eight open days
        return Noise(day_cv=DAY_CV)
    return Noise(
        day_cv=max(found.day_cv.value, 0.0),
        interval_cv=max(found.interval_cv.value, 0.0),
        interval_correlation=min(max(found.interval_correlation.value, 0.0), 0.99),
    )
