"""Courses at a date: which operators learn which skill, from when on, in how many hours off the telephone."""

from typing import Literal

from pydantic import Field

from twin.scenario.laws import Strict
from twin.scenario.units import Money, Share


class Course(Strict):
    """A skill taught to some operators, at the end of their shifts, from a day on.

    Each of them spends `hours` off the telephone, `hours_a_day` on each day on which they come. On the next morning
    they hold the skill. How far from practised they are then is what a skill alike, or any other, leaves to learn, but
    nobody is slower with the course than without; it fades like exp(-t / `abilities.learning_time`). Who leaves before
    the end takes the hours along.
    """

    skill: str
    group: str | None = None
    """Whose operators; those of all groups with shifts unless given."""
    team: int | None = Field(None, ge=0)
    """Whose operators: a team by its number (see `team_size`)."""
    operators: list[int] = []
    """Whose operators: these, by number."""
    count: int | None = Field(None, ge=1)
    """How many of them; all who do not hold the skill unless given."""
    who: Literal["fewest_skills", "idlest", "alike"] = "fewest_skills"
    """Who goes first: those of fewest skills; those with most idle time so far, of the time on the telephone; those who
    hold a skill alike. Who was in no course yet goes before who was, ties go by number."""
    on: int = Field(0, ge=0)
    """Counted day, the first one 0, on which it begins."""
    hours: float = Field(24.0, gt=0)
    """For each operator (domain reference 4.5: module 24 h, A: 12 to 40)."""
    hours_a_day: float = Field(2.0, gt=0)
    """At the end of each shift until all are spent (A)."""
    level: Literal["primary", "secondary"] = "secondary"
    """At which the skill is held afterwards."""
    proficiency: Share = 0.60
    """After the course (domain reference 4.5: certified 0.60, A)."""
    retained_alike: Share = 0.60
    """Experience that helps from the start if a skill alike is held (A)."""
    retained_other: Share = 0.30
    """The same where none is (A)."""
    cost_an_hour: Money | None = None
    """Of an operator in training; `money.trained_hour` unless given."""

    @property
    def held_level(self) -> int:
        """The level as a number, 1 = primary."""
        return 1 if self.level == "primary" else 2
