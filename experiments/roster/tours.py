"""The weeks that somebody may work under the rules: starts, days of work, places of the breaks."""

from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from experiments.roster.week import DAY, SLOT, SLOTS, overlap
from twin.errors import InputError
from twin.scenario.days import WEEKDAYS
from twin.scenario.schema import Scenario

EVERY = 1800.0  # [s] between starts where the shift states no rule: domain reference, section 7
MOVES = 1800.0  # [s] by which a break may be earlier or later than usual
MOST_MOVED = 3  # breaks of a day


@dataclass(frozen=True)
class Tour:
    """The same start on some days of the week; a month's notice is needed to change it, so it stays."""

    start: float
    days: tuple[int, ...]


@dataclass(frozen=True)
class Work:
    """What a shift allows."""

    length: float
    tours: list[Tour]
    placements: list[tuple[float, ...]]
    """Instants of the breaks after the start, all allowed ways; one empty way without breaks."""
    pause: float

    @classmethod
    def of(cls, scenario: Scenario, name: str) -> "Work":
        """The starts and days that the rules allow; what they leave open is as the shift has it now."""
        shift = scenario.shifts[name]
        rules, opening = shift.rules, scenario.opening
        most = rules.most_days or max((len(p.week) for p in shift.patterns), default=shift.days_a_week)
        n_days = min(most, len(opening.days))
        last = DAY - 1 if opening.opens == 0 and opening.closes == DAY else opening.closes - shift.length
        starts = np.arange(opening.opens, last + 1e-6, rules.starts_every or EVERY)
        days = sorted(WEEKDAYS.index(day) for day in opening.days)
        weeks = [week for week in combinations(days, n_days) if _rests(week, shift.length, rules.rest or 0.0)]
        if not len(starts) or not weeks:
            raise InputError(f"shifts.{name}: no start and days of {shift.length / 3600:g} h keep its rules")
        tours = [Tour(float(start), week) for start in starts for week in weeks]
        pause = shift.breaks.length if shift.breaks is not None else 0.0
        usual = shift.breaks_after()
        return cls(shift.length, tours, _placements(shift.length, usual, pause, rules.break_within), pause)

    def presence(self, tour: Tour, placement: tuple[float, ...]) -> np.ndarray:
        """Share of each quarter hour of the week at work."""
        found = np.zeros(SLOTS)
        for day in tour.days:
            begin = day * DAY + tour.start
            found += overlap(begin, begin + self.length)
            for after in placement:
                found -= overlap(begin + after, begin + after + self.pause)
        return found

    def mean_presence(self, tour: Tour) -> np.ndarray:
        """The same with breaks anywhere they may be: their places are chosen later."""
        return np.mean([self.presence(tour, placement) for placement in self.placements], axis=0)


def _rests(days: tuple[int, ...], length: float, rest: float) -> bool:
    """Whether the rest between the end of each shift and the next start is long enough, Sunday to Monday included."""
    following = [*days[1:], days[0] + 7]
    return all((b - a) * DAY - length >= rest - 1e-6 for a, b in zip(days, following, strict=True))


def _placements(length: float, usual: list[float], pause: float, limit: float | None) -> list[tuple[float, ...]]:
    """Ways to place the breaks: on the quarter hours within `MOVES` of their usual times, nobody longer at work.

    The longest stretch of work is that of the rule, or that which the usual breaks leave. Of many breaks none moves:
    there is always another one soon.
    """
    if not usual or len(usual) > MOST_MOVED:
        return [tuple(usual)]
    ends = [0.0, *(after + pause for after in usual)]
    longest = limit or max(b - a for a, b in zip(ends, [*usual, length], strict=True))
    around = [[after + i * SLOT for i in range(-int(MOVES / SLOT), int(MOVES / SLOT) + 1)] for after in usual]
    found = [way for way in product(*around) if _is_fair(way, pause, length, longest)]
    return found or [tuple(usual)]


def _is_fair(way: tuple[float, ...], pause: float, length: float, longest: float) -> bool:
    ends = [0.0, *(after + pause for after in way)]
    stretches = [b - a for a, b in zip(ends, [*way, length], strict=True)]
    return max(stretches) <= longest + 1e-6 and min(stretches) >= SLOT - 1e-6
