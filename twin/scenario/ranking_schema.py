"""The energy regulator's ranking of sellers by their call centres, as a scenario states it."""

from typing import Annotated

from pydantic import AfterValidator, Field

from twin.scenario.laws import Strict
from twin.scenario.units import PositiveTime, Share, Time


def _rising(pair: list[float]) -> list[float]:
    if pair[1] < pair[0]:
        raise ValueError("must be [lowest, highest]")
    return pair


_TWO = Field(min_length=2, max_length=2)
Shares = Annotated[list[Share], _TWO, AfterValidator(_rising)]
Times = Annotated[list[Time], _TWO, AfterValidator(_rising)]
Hours = Annotated[list[Annotated[float, Field(ge=0, le=168)]], _TWO, AfterValidator(_rising)]
Points = Annotated[list[Annotated[float, Field(ge=0, le=100)]], _TWO, AfterValidator(_rising)]


class Others(Strict):
    """The other sellers: each has his indicators drawn evenly between lowest and highest, the same in all runs."""

    number: int = Field(ge=1, le=500)
    free_lines: Shares
    hours: Hours
    """Opening hours a week."""
    wait: Times
    served: Shares
    satisfaction: Points
    free_from_mobiles: Share
    """Share of sellers who may be called free of charge from mobiles, too."""
    call_back: Share
    """Share of sellers who offer call-backs."""
    announced: Share
    """Share of sellers who announce the wait or the place in the queue."""


class Ranking(Strict):
    """How the score of 0-100 is made up: access 35, service quality 35, satisfaction 30 (domain reference 4.8).

    Access: free lines 15, opening hours 15, free from mobiles 5. Service quality: mean wait 14, level of service 14,
    call-back offered 4, queue announced 3. Satisfaction: 0.3 a point of the satisfaction index. The kinds and 70/30 are
    X(E1), the split within is assumed.
    """

    free_from_mobiles: bool = False
    most_hours: float = Field(gt=0, le=168)
    """Opening hours a week that give full points."""
    wait_limit: PositiveTime
    """Mean wait (TMA) at which its points are gone."""
    served_limit: Share
    """Level of service (LS: calls answered of those that ask for an operator) at which its points are gone."""
    others: Others
