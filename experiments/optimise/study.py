"""What to optimise: a scenario, who may be hired for which shifts, the targets, the budget. One short TOML file."""

from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from experiments.sweep.study import read_study
from twin.errors import InputError
from twin.scenario.units import parse_share, parse_time, parse_wage

DAY = 86400.0  # [s]
STUDIES = files("experiments.optimise") / "studies"
Part = Annotated[float, BeforeValidator(parse_share), Field(gt=0, lt=1)]


def _within(value: Any) -> Any:
    if value == "target":
        return value
    if isinstance(value, str) and parse_time(value) == 20.0:
        return "20 s"
    raise ValueError("must be '20 s' or 'target' (the target wait of the scenario's queues)")


def _every(value: Any) -> Any:
    if value == "day":
        return DAY
    length = parse_time(value)
    if not length > 0:
        raise ValueError("must be above 0 s, or 'day'")
    return length


def _wage(value: str) -> str:
    if not parse_wage(value) > 0:
        raise ValueError("must be above 0")
    return value


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Staffed(_Table):
    """A group whose people are to be found: one of the scenario's, or a new one like it with skills of its own."""

    shifts: list[str] = []
    """Shifts that its people may work, in any mixture; the group's own unless given."""
    least: int = Field(0, ge=0)
    most: int = Field(100, ge=1, le=100_000)
    like: str | None = None
    """Group of the scenario that a new one copies, but for skills and wage."""
    skills: dict[str, int | str] | None = None
    """Of a new group: skill -> level, as the scenario writes them."""
    wage: Annotated[str, AfterValidator(_wage)] | None = None
    """In place of the wage of the group's site ("24 EUR/h")."""

    @model_validator(mode="after")
    def _fits(self) -> "Staffed":
        if self.least > self.most:
            raise ValueError(f"has least {self.least}, must not exceed most, {self.most}")
        if (self.skills is None) != (self.like is None):
            raise ValueError("must have both like and skills (a new group), or neither")
        return self


class Target(_Table):
    """What each queue is to reach in every day, or in every interval of it."""

    measure: Literal["answered_within", "abandonment"]
    within: Annotated[str, BeforeValidator(_within)] = "20 s"
    """Of `answered_within`: the share answered within this, of all contacts offered."""
    at_least: Part | None = None
    """Bound of `answered_within`."""
    at_most: Part | None = None
    """Bound of `abandonment`: the share of the contacts offered that give up."""
    every: Annotated[float, BeforeValidator(_every)] = DAY
    """"day", or the length of an interval of the day ("30 min") [s]; contacts count where they arrived."""
    queues: list[str] = []
    """Each for itself; all unless given."""
    together: bool = False
    """The queues are counted as one."""
    probability: Part | None = None
    """Of a day on which it is reached; without it the target is for the ratio of all contacts, in the long run."""

    @model_validator(mode="after")
    def _one_bound(self) -> "Target":
        is_answered = self.measure == "answered_within"
        if (self.at_least is None) == is_answered or (self.at_most is None) != is_answered:
            wanted = "at_least, not at_most" if is_answered else "at_most, not at_least"
            raise ValueError(f"with the measure {self.measure} must have {wanted}")
        return self

    @property
    def level(self) -> float:
        return self.at_least if self.at_least is not None else self.at_most or 0.0

    @property
    def sign(self) -> int:
        """1 if more is better."""
        return 1 if self.measure == "answered_within" else -1

    def __str__(self) -> str:
        answered = "answered in target" if self.within == "target" else "answered within 20 s"
        bound, what = ("at least", answered) if self.sign > 0 else ("at most", "abandoned")
        value = f"{bound} {100 * self.level:g} % {what}"
        place = "every day" if self.every == DAY else f"every {self.every / 60:g} min"
        whom = "all queues together" if self.together else "each queue"
        luck = f", with probability {100 * self.probability:g} %" if self.probability else " in the long run"
        return f"{value} in {place}, {whom}{luck}"


class Search(_Table):
    """How hard to look."""

    days: int = Field(200, ge=10)
    """That every plan of the search meets (weeks, if the cycle is a week)."""
    days_a_run: int | None = Field(None, ge=1)
    """Counted days of one simulation; 50, of a week 28."""
    rounds: int = Field(20, ge=1)
    """Programs solved for each safety margin, at most."""
    margins: list[Annotated[float, Field(ge=0, allow_inf_nan=False)]] = Field([0.5, 1.5, 3.0], min_length=1)
    """Standard errors by which the search wants the targets exceeded: one ladder of plans, the safest last."""
    move_breaks: bool = True
    """Breaks may be up to half an hour off their usual time; each place is a column of the program."""
    days_off: Literal["any", "together"] = "any"
    """Of a week: any days, or days that follow each other; fewer columns."""
    slopes: Literal["simulated", "formula"] = "simulated"
    """simulated: by runs with extra people; formula: by Erlang A at the simulated service, for hundreds of people."""


class Test(_Table):
    """The statement that a plan holds its targets, made with days that the search has not seen."""

    days: int = Field(3200, ge=50)
    """At most, of each candidate (weeks, if the cycle is a week)."""
    candidates: int = Field(8, ge=1, le=50)
    confidence: Part = 0.95
    indifference: float = Field(1.0, gt=0)
    """Difference of cost that does not matter [EUR a cycle], where `lost_contact` makes cost a matter of chance."""


class Study(_Table):
    """What a study file says."""

    title: str = ""
    scenario: str
    """Name in the library, or path of a TOML file, from the study's folder."""
    set: dict[str, Any] = {}
    """Values over the scenario."""
    cycle: Literal["day", "week"] = "day"
    """day: all days have one roster; week: people work some days of the week, each weekday has its own targets."""
    groups: dict[str, Staffed] = {}
    """Groups to staff; all that work by shifts, with their own, unless given."""
    targets: list[Target] = Field(min_length=1)
    lost_contact: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    """Cost of a contact that gives up [EUR], added to the wages where candidates are compared."""
    seed: int = Field(1, ge=0)
    budget: int = Field(200_000, ge=1000)
    """Simulated days for search and test together; the greedy baseline has as many."""
    search: Search = Search()
    test: Test = Test()

    @model_validator(mode="after")
    def _whole_weeks(self) -> "Study":
        if self.cycle == "week" and self.search.days_a_run is not None and self.search.days_a_run < 7:
            raise ValueError(f"has search.days_a_run {self.search.days_a_run}, must be a week, 7, or more")
        return self

    @classmethod
    def read(cls, path: str | Path) -> tuple["Study", Path]:
        """A study and its file; a bare name is one that comes with the program.

        Raises
        ------
        InputError
            One sentence: the file, the key, what is given, what is allowed.
        """
        file = Path(path)
        shipped = Path(str(STUDIES / f"{path}.toml"))
        if not file.suffix and not file.exists() and shipped.is_file():
            file = shipped
        if not file.exists():
            shipped_too = ", ".join(shipped_studies())
            raise InputError(f"{path}: is not there, must be the TOML file of a study, or one of {shipped_too}")
        return read_study(file, cls), file


def shipped_studies() -> list[str]:
    """Names of the studies that come with the program."""
    return sorted(Path(str(file)).stem for file in STUDIES.iterdir() if str(file).endswith(".toml"))
