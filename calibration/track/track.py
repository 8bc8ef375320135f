"""One look at the day: the ensemble is drawn, learns from the hours so far, runs on with and without each action."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from calibration.track.actions import Action, actions_for
from calibration.track.drift import COLUMNS, Surprise, scores, surprises
from calibration.track.forecast import Effect, bands, effects, rest_of_day
from calibration.track.level import Level
from calibration.track.members import Member, Trial, first_members, run_trials, with_presences
from calibration.track.mix import CONCENTRATION, Mix
from calibration.track.plan import DayPlan
from calibration.track.today import Today
from calibration.track.update import updated_presence

FAR, FURTHER = 1.5, 3
"""Standard deviations of the members' presence by which the waits may move it before it is looked at anew from there,
with members that lie as far apart as half the way; and how often, at most."""


@dataclass(frozen=True)
class Settings:
    """How a day is tracked."""

    members: int = 60
    presence_sd: float = 0.05
    """Of the logarithm of operators present over planned, before the day's waits are seen (assumed)."""
    lend: int = 5
    """Operators of the action that lends some."""
    seed: int = 1
    workers: int = 1
    carried: float = 0.45
    """How far operators missing so far are missing on: share of the logarithm of reported over planned (measured on a
    bank's April and May: `calibration.track.proof`)."""
    ahead_sd: float = 0.13
    """Of the logarithm of operators of the rest of the day, where those so far are reported (measured likewise)."""
    by_intent: bool = True
    """Levels of the intents apart, where the report tells them apart (`calibration.track.mix`)."""
    concentration: float = CONCENTRATION
    """How much the mix of a day is like the plan's [contacts]."""
    with_actions: bool = True
    """Also run what the control room can do."""
    kinds: tuple[str, ...] | None = None
    """Of actions to run (`actions.Kind`); all that the centre can take unless given."""


@dataclass(frozen=True)
class Stream:
    """Contacts that the report tells apart, over those of an ordinary such day."""

    intents: tuple[str, ...]
    low: float
    """5 % over the members."""
    median: float
    high: float


@dataclass(frozen=True)
class Tracked:
    """What is known and expected at one instant of a day."""

    today: Today
    level: Level
    presence: tuple[float, float, float]
    """5 %, median and 95 % over the members; 1 is the plan."""
    streams: list[Stream]
    """Levels of the intents that the report tells apart; none where it does not."""
    bands: pd.DataFrame
    rest: pd.DataFrame
    effects: list[Effect]
    refused: dict[str, str]
    """Actions that this centre cannot take, with the reason."""
    scores: dict[str, float]
    surprises: list[Surprise]
    days: np.ndarray
    """The members' days without an action (members, intervals, MEASURES)."""


def track(
    plan: DayPlan,
    today: Today,
    settings: Settings = Settings(),
    before: pd.DataFrame | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Tracked:
    """Everything about the day, as of `today.now`.

    Parameters
    ----------
    before : DataFrame, optional
        Scores of earlier days (`drift.read_scores`).
    on_progress : callable(done, total), optional
    """
    prior = Level.before(plan.noise)
    seen, expected = today.told(today.seen), today.told(plan.expected)
    known = np.flatnonzero(today.is_seen)
    level = prior.after(seen[known], expected[known], plan.noise, plan.length, known)
    now = today.now * plan.length
    actions, refused = actions_for(plan.scenario, now, settings.lend)
    if not settings.with_actions:
        actions, refused = actions[:1], {}
    if settings.kinds is not None:
        actions = [action for action in actions if action.kind == "none" or action.kind in settings.kinds]
    mix = Mix.of(plan, today.seen, today.is_seen, today.streams, settings.concentration) if settings.by_intent else None
    members = first_members(
        plan, today, level, settings.presence_sd, settings.members, settings.seed, settings.carried, settings.ahead_sd,
        mix,
    )  # fmt: skip
    is_learning = bool(today.is_seen.any())
    run = _Runner(plan, today, settings, len(members) * (len(actions) + is_learning), on_progress)
    first = run(actions[:1], members)[0] if is_learning else None
    if first is not None:
        members = _with_waits(members, first, today, run, actions[0])
    days = run(actions, members)
    found = {} if first is None else scores(prior, expected, plan.noise, first, today)
    low, middle, high = np.quantile([member.presence for member in members], [0.05, 0.5, 0.95])
    known_before = pd.DataFrame(columns=list(COLUMNS)) if before is None else before
    return Tracked(
        today=today,
        level=level,
        presence=(float(low), float(middle), float(high)),
        streams=_streams(plan, mix, members),
        bands=bands(days[0], today),
        rest=rest_of_day(days[0], today),
        effects=effects(actions, days, today),
        refused=refused,
        scores=found,
        surprises=surprises(found, known_before, today.date),
        days=days[0],
    )


def _streams(plan: DayPlan, mix: Mix | None, members: Sequence[Member]) -> list[Stream]:
    if mix is None:
        return []
    levels = np.array([member.level * member.mix for member in members if member.mix is not None])
    found = []
    for stream, of in zip(mix.streams, levels.T, strict=True):
        low, middle, high = np.quantile(of, [0.05, 0.5, 0.95])
        found.append(Stream(tuple(plan.intents[i] for i in stream), float(low), float(middle), float(high)))
    return found


def _with_waits(
    members: list[Member], simulated: np.ndarray, today: Today, run: "_Runner", none: Action
) -> list[Member]:
    """Members with the presence that the waits tell; further runs where it lies too far off for one regression."""
    drawn = np.log([member.presence for member in members])
    middle, spread = float(np.median(drawn)), float(drawn.std())
    after = updated_presence(members, simulated, today)
    for _ in range(FURTHER):
        shift = float(np.median(np.log(after))) - middle
        if spread <= 0 or abs(shift) <= FAR * spread:
            break
        middle, widened = middle + shift, max(spread, abs(shift) / 2)
        members = with_presences(members, np.exp(middle + (drawn - np.median(drawn)) * widened / drawn.std()))
        spread = widened
        run.total += len(members)
        after = updated_presence(members, run([none], members)[0], today)
    return with_presences(members, after)


class _Runner:
    """Runs members' days and counts them."""

    def __init__(
        self,
        plan: DayPlan,
        today: Today,
        settings: Settings,
        total: int,
        on_progress: Callable[[int, int], None] | None,
    ):
        self.plan, self.today, self.settings = plan, today, settings
        self.done, self.total, self.on_progress = 0, total, on_progress

    def __call__(self, actions: Sequence[Action], members: Sequence[Member]) -> np.ndarray:
        """float64 (actions, members, intervals, MEASURES)"""
        trials = [
            Trial(self.plan, member, action, self.today, self.settings.seed) for action in actions for member in members
        ]
        found = run_trials(trials, self.settings.workers, self._one_more)
        return found.reshape(len(actions), len(members), *found.shape[1:])

    def _one_more(self) -> None:
        self.done += 1
        if self.on_progress:
            self.on_progress(self.done, self.total)
