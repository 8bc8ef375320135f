"""The ensemble: days that may be today's, each with its level, its share of operators present, and its luck."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from calibration.track.actions import Action, with_presence
from calibration.track.known import KnownDay
from calibration.track.level import Level, whole_day
from calibration.track.mix import Mix
from calibration.track.plan import DayPlan
from calibration.track.today import Today
from twin.kpi.staff import on_duty
from twin.model import CallCentre
from twin.processes import run_tasks
from twin.simulation import run_of


@dataclass(frozen=True)
class Member:
    """One day that may be today's."""

    number: int
    level: float
    presence: float
    """Capacity over planned; where operators are reported, over the reported: talks may be long, people in meetings."""
    contacts: np.ndarray
    """int (intervals, intents): as seen so far, drawn for the rest."""
    ahead: Mapping[str, float] = field(default_factory=dict)
    """Group -> operators of the rest of the day over planned ones times `presence`, 1 unless given: who was missing so
    far may be missing on."""
    mix: np.ndarray | None = None
    """Factors of the streams of the day (`Mix`) beside the level."""


@dataclass(frozen=True)
class Trial:
    """A member's day with an action in it."""

    plan: DayPlan
    member: Member
    action: Action
    today: Today
    seed: int

    def __str__(self) -> str:
        return f"{self.action.title}, member {self.member.number}"


def first_members(
    plan: DayPlan,
    today: Today,
    level: Level,
    presence_sd: float,
    n: int,
    seed: int,
    carried: float = 0.0,
    ahead_sd: float = 0.0,
    mix: Mix | None = None,
) -> list[Member]:
    """Draw the ensemble: levels by what came so far, presence lognormal around the plan.

    Parameters
    ----------
    carried : float
        Share of the logarithm of reported over planned operators that goes on for the rest of the day.
    ahead_sd : float
        Of the logarithm of what is left, where operators are reported; all groups together.
    mix : Mix, optional
        Where the report tells intents apart.
    """
    members = []
    missing = reported_over_planned(plan, today)
    for number in range(n):
        rng = np.random.default_rng([seed, number])
        factor = level.draw(rng)
        presence = float(np.exp(presence_sd * rng.standard_normal()))
        factors, by_intent = None, None
        if mix is not None:
            factors = mix.draw(factor, np.random.default_rng([seed, number, 3]))
            by_intent = mix.by_intent(factors, len(plan.intents))
        contacts = whole_day(plan, today.seen, today.is_seen, factor, rng, by_intent, today.untold)
        ahead = {}
        if missing:
            luck = ahead_sd * rng.standard_normal()
            ahead = {name: float(np.exp(carried * np.log(of) + luck)) for name, of in missing.items()}
        members.append(Member(number, factor, presence, contacts, ahead, factors))
    return members


def reported_over_planned(plan: DayPlan, today: Today) -> dict[str, float]:
    """Group -> operators so far over those planned; without groups of which nothing is reported."""
    found = {}
    for name, reported in today.operators.items():
        heads = plan.heads[name]
        known = today.is_seen & np.isfinite(reported) & (heads > 0)
        if known.any() and reported[known].sum() > 0:
            found[name] = float(reported[known].sum() / heads[known].sum())
    return found


def with_presences(members: Sequence[Member], presences: Iterable[float]) -> list[Member]:
    return [replace(member, presence=float(p)) for member, p in zip(members, presences, strict=True)]


def run_trials(trials: Sequence[Trial], workers: int, on_done: Callable[[], None] | None = None) -> np.ndarray:
    """All of them; float64 (trials, intervals, MEASURES)."""
    found = run_tasks(run_trial, trials, workers, lambda *_: on_done and on_done())
    return np.stack(found)


def run_trial(trial: Trial) -> np.ndarray:
    """One day; counts and sums by interval, float64 (intervals, MEASURES)."""
    plan, member, today = trial.plan, trial.member, trial.today
    groups = list(plan.scenario.groups)
    rng = np.random.default_rng([trial.seed, member.number, 1])
    luck = dict(zip(groups, rng.random(len(groups)), strict=True))
    action = with_presence(trial.action, member.presence, luck)
    model = CallCentre(action.scenario, trial.seed, member.number)
    try:
        model.demand = KnownDay(model, plan.to_place(member.contacts, rng), plan.length, plan.pool)
        if plan.pool is not None:
            model.channels = None  # those of the pool have chosen theirs
        for name, heads in plan.heads.items():
            model.roster.head_counts[name] = {0: _steps(plan, today, name, heads, member, action, luck[name])}
        model.run_until(today.now * plan.length)
        action.begin(model)
        model.run()
        return _measured(model, plan)
    finally:
        model.close()


def _steps(
    plan: DayPlan, today: Today, group: str, heads: np.ndarray, member: Member, action: Action, luck: float
) -> list[tuple[float, int]]:
    """Operators of a group from each interval on: those reported where the report tells, else the plan's."""
    there = heads.astype(float)
    there[today.now :] *= member.ahead.get(group, 1.0)
    reported = today.operators.get(group)
    if reported is not None:
        there = np.where(today.is_seen & np.isfinite(reported), reported, there)
    present = np.floor(there * member.presence + luck)
    present[today.now :] += np.where(heads[today.now :] > 0, (action.added or {}).get(group, 0), 0)
    most = action.scenario.groups[group].count
    return [(i * plan.length, int(min(n, most))) for i, n in enumerate(present)]


def _measured(model: CallCentre, plan: DayPlan) -> np.ndarray:
    counts = run_of(model).counts(["interval"])
    columns = (
        counts["offered"], counts["handled"], counts["abandoned"], counts["wait_handled"] + counts["wait_lost"],
        counts["in_20s"], on_duty(counts) / plan.length, counts["wait_handled"], counts["in_target"],
    )  # fmt: skip
    return np.column_stack([np.broadcast_to(np.asarray(column, float), len(counts)) for column in columns])[: plan.n]
