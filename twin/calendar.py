"""Days of a run: numbers, dates, weekdays. Day 0 is the first simulated one; counted days begin after the warm-up."""

import datetime
from dataclasses import dataclass

from twin.scenario.days import WEEKDAYS
from twin.scenario.schema import Scenario

DAY = 86400.0  # [s]
YEAR = 365.25  # [days]


@dataclass(frozen=True)
class Calendar:
    """Dates of the run's days."""

    first: datetime.date
    """Date of day 0, the first of the warm-up."""
    warm_up: int
    days: int
    """Counted days."""
    interval_time: float
    dates: tuple[datetime.date, ...] | None = None
    """Dates given one by one (a trace of chosen days)."""

    @classmethod
    def of(cls, scenario: Scenario, days: int | None = None) -> "Calendar":
        run = scenario.run
        dates = getattr(scenario.demand, "dates", None)
        n = days or (len(dates) if dates else run.days)
        first = run.start - datetime.timedelta(days=run.warm_up)
        return cls(first, run.warm_up, n, run.interval, tuple(dates[:n]) if dates else None)

    @property
    def n_days(self) -> int:
        """Simulated days, warm-up included."""
        return self.warm_up + self.days

    @property
    def intervals_a_day(self) -> int:
        return round(DAY / self.interval_time)

    @property
    def n_intervals(self) -> int:
        return self.n_days * self.intervals_a_day

    @property
    def first_weekday(self) -> int:
        return self.date(0).weekday()

    def date(self, day: int) -> datetime.date:
        if self.dates is not None:
            return self.dates[day - self.warm_up]
        return self.first + datetime.timedelta(days=day)

    def weekday(self, day: int) -> int:
        """Monday = 0. The kernel counts weekdays on from day 0; chosen dates need not follow each other."""
        return self.date(day).weekday()

    def weekday_name(self, day: int) -> str:
        return WEEKDAYS[self.weekday(day)]
