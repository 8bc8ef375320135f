"""Weekdays and dates as scenarios write them."""

import datetime
from typing import Annotated, Literal

from pydantic import Field

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Date = Annotated[datetime.date, Field(strict=False)]
