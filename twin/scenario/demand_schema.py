"""Where contacts come from: the four kinds of demand that a scenario may state."""

from typing import Annotated, Literal

from pydantic import Field

from twin.scenario.days import Date, Weekday
from twin.scenario.laws import Strict
from twin.scenario.units import Clock, PositiveTime, Rate, Share


class Noise(Strict):
    """Arrival rates that vary: a gamma factor (mean 1) per day, correlated lognormal factors per interval."""

    day_cv: float = Field(0.0, ge=0)
    interval_cv: float = Field(0.0, ge=0)
    interval_correlation: float = Field(0.0, ge=0, lt=1)
    """Correlation of the logarithms of neighbouring half hours."""


class Rates(Strict):
    """Arrivals at given rates, Poisson within each period."""

    kind: Literal["rates"]
    period: PositiveTime = 3600.0
    """The lists of rates count periods of this length from opening."""
    rates: dict[str, Rate | list[Rate]]
    weekday_rates: dict[Weekday, dict[str, Rate | list[Rate]]] = {}
    """Rates of a weekday in place of those of `rates`, for the intents named there."""
    noise: Noise = Noise()
    weekday_factors: dict[Weekday, float] = {}
    shared_day_factor: bool = True
    """One day factor for all intents, or one each."""
    clusters: dict[str, Share] = {}
    """Share of each cluster, drawn for each contact; all belong to the first one unless given."""


class Area(Strict):
    """Contacts that have shorter hours than the centre: an internal service that closes before the customers' one."""

    title: str = ""
    intents: list[str] = Field(min_length=1)
    opens: Clock
    closes: Clock
    """On the days on which the centre is open."""


class Entry(Strict):
    """A supplier that enters the market: customers, and with them contacts, grow evenly to their number."""

    share: Share
    """Of the customers, on the first day of the run."""
    full_after: PositiveTime


class Volume(Strict):
    """So many contacts a day, split by intent, cluster, weekday and hour; Poisson within the hour. Scaled by the size.

    For centres of which a daily or yearly volume is known, but nothing of the customers' lives.
    """

    kind: Literal["volume"]
    a_day: float = Field(gt=0, le=1e8)
    """Contacts on a day whose factors are 1, before redials, recalls and chasing, at a size of 1."""
    mix: dict[str, Share]
    """Share of each intent; must sum to 1."""
    clusters: dict[str, Share] = {}
    """Share of each cluster, drawn for each contact; all belong to the first one unless given."""
    hour_shares: dict[str, float]
    """Share of the day's contacts by hour ("00" ... "23"), within the opening hours; must sum to 1."""
    weekday_factors: dict[Weekday, float] = {}
    areas: dict[str, Area] = {}
    """Intents with hours of their own: their contacts come within these, as many a day as without them."""
    customers: int | None = Field(None, ge=1, le=1_000_000_000)
    """Customers from whom they come, at a size of 1: what contacts per customer are counted by."""
    entry: Entry | None = None
    """All customers are there from the first day unless given."""
    noise: Noise = Noise()


class Trace(Strict):
    """Recorded arrivals replayed: one row a contact, or one row an interval with the number of contacts in it.

    A file of counts (`count_column`, and `spread`, the length of its intervals) has each count spread evenly at random.
    """

    kind: Literal["trace"]
    file: str
    date_column: str = "date"
    """Dates (1999-02-28), or numbers of the run's days, the first one 0."""
    at_column: str = "at_s"
    """Seconds after midnight: of the contact, or of the start of the interval."""
    intent_column: str | list[str] | None = None
    """What the contact is about; of several columns the values are joined by "/", as in "PS/high"."""
    cluster_column: str | None = None
    talk_column: str | None = None
    customer_column: str | None = None
    count_column: str | None = None
    spread: PositiveTime | None = None
    intents: dict[str, str] = {}
    """Value in the file -> intent of the scenario (the same name unless given)."""
    split: dict[str, dict[str, Share]] = {}
    """Value in the file that does not tell the intent -> share of each intent, drawn for each contact."""
    clusters: dict[str, str] = {}
    recorded: str | None = None
    """Table date, start_s, offered, abandoned, wait_sum_s (of all offered), answered_20s, to show beside the run's."""
    staffing: str | None = None
    """Table date, start_s, operators (mean present) that sets the head count of the group `staffing_group`."""
    staffing_group: str | list[str] | None = None
    """Of several groups, the table's column `group` tells whose operators a row counts."""
    talk_levels: str | None = None
    """Table date, talk: how long talk and wrap-up last on that day, over the usual (1 where a date has no row)."""
    staffing_factor: float = Field(1.0, gt=0)
    """Operators really there, over those in the table: presence that was estimated may be off. At most all work."""
    raw: Literal["anonymous-bank-1999"] | None = None
    """Reader for the original log, used for dates that the file does not hold (``--data FOLDER``)."""
    dates: list[Date] | None = None
    """Recorded dates to replay, one a day of the run, not necessarily in a row; from `run.start` on unless given."""

    @property
    def staffing_groups(self) -> list[str]:
        """Groups whose head count the staffing table sets."""
        if self.staffing_group is None:
            return []
        return [self.staffing_group] if isinstance(self.staffing_group, str) else self.staffing_group

    @property
    def intent_columns(self) -> list[str]:
        """Columns that tell the intent together."""
        if self.intent_column is None:
            return []
        return [self.intent_column] if isinstance(self.intent_column, str) else self.intent_column


class Shock(Strict):
    """Something that makes customers contact the centre more (or less) than usual for some days."""

    title: str = ""
    day: int = Field(ge=0)
    """First day, counted from the start of the run."""
    days: int = Field(1, ge=1)
    intents: list[str] = Field(min_length=1)
    """Intents, or groups of intents."""
    factor: float = Field(ge=0)
    """Multiplies their needs."""


class CustomerDemand(Strict):
    """Contacts that come from customers' lives."""

    kind: Literal["customers"]
    month_factors: list[float] = Field(min_length=12, max_length=12)
    weekday_factors: dict[Weekday, float]
    hour_shares: dict[str, float]
    """Share of the day's contacts by hour ("07" ... "22"); must sum to 1."""
    noise: Noise = Noise()
    shocks: list[Shock] = []
    """Outages, repricing, campaigns (domain reference 4.1)."""


Demand = Annotated[Rates | Volume | Trace | CustomerDemand, Field(discriminator="kind")]
