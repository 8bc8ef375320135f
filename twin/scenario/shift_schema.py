"""Working hours: shifts by shares of starts or by weekly patterns, their breaks, and the rules that they keep."""

from pydantic import Field

from twin.scenario.days import Weekday
from twin.scenario.laws import Strict
from twin.scenario.units import Clock, PositiveTime, Share, Time


class Breaks(Strict):
    every: PositiveTime
    length: PositiveTime


class Pattern(Strict):
    """One week as some of the people of a shift work it, every week alike."""

    start: Clock | None = None
    """Start of work on each of `days`."""
    days: list[Weekday] = []
    starts: dict[Weekday, Clock] = {}
    """Starts that differ by weekday, in place of `start` and `days`."""
    heads: float = Field(gt=0)
    """How many work it, relative to the other patterns: people, where they sum to the people of the shift."""
    length: PositiveTime | None = None
    """Consecutive hours of these people, in place of the shift's."""
    breaks: list[Time] | None = None
    """When breaks are due, counted from the start, in place of the shift's `breaks.every`."""
    queue: str | None = None
    """Only for operators whose first skill serves this queue; who serves another one works the other patterns."""

    @property
    def week(self) -> dict[Weekday, float]:
        """Clock time of the start on each day of work."""
        return dict(self.starts) if self.starts else dict.fromkeys(self.days, self.start or 0.0)


class ShiftRules(Strict):
    """What the hours of a shift must keep: checked when the scenario is loaded; `twin roster` looks within them."""

    longest: PositiveTime | None = None
    """Consecutive hours of a day, at most."""
    most_days: int | None = Field(None, ge=1, le=7)
    """Days of work a week, at most."""
    rest: Time | None = None
    """From the end of a shift to the next start, at least."""
    starts_every: PositiveTime | None = None
    """Starts lie on this grid, counted from opening."""
    break_within: PositiveTime | None = None
    """Longest time at work without a break."""


class Shift(Strict):
    """Working hours of a group: consecutive hours some days a week, by shares of starts or by patterns of a week."""

    length: PositiveTime
    starts: dict[str, Share] = {}
    """Share of the group that starts at each clock time; must sum to 1."""
    breaks: Breaks | None = None
    days_a_week: int = Field(7, ge=1, le=7)
    day_weights: dict[Weekday, float] = {}
    """How many are wanted on each weekday, relative; even unless given."""
    patterns: list[Pattern] = []
    """Weeks that people work, in place of `starts`, `days_a_week` and `day_weights`."""
    rules: ShiftRules = ShiftRules()

    def breaks_after(self, pattern: Pattern | None = None) -> list[float]:
        """When breaks are due, counted from the start: one after each `breaks.every` of the shift."""
        if pattern is not None and pattern.breaks is not None:
            return list(pattern.breaks)
        length = (pattern.length if pattern is not None else None) or self.length
        every = self.breaks.every if self.breaks is not None else length
        return [i * every for i in range(1, int((length - 1e-9) // every) + 1)]
