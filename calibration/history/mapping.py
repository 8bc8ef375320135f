"""The mapping file: which column of an export is what, in which units, and which rows to leave out.

kind = "calls"
[columns]
date = "Data"
at = "Ora"
[[rules.outcome]]
value = "abandoned"
words = ["HANG"]
"""

import fnmatch
import json
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from calibration.history.expressions import parse
from calibration.history.tables import DAY, MONTH_KPIS, OUTCOMES
from twin.errors import InputError
from twin.scenario.files import parse_toml

Kind = Literal["calls", "intervals", "months"]
Unit = Literal["ms", "s", "min", "h", "day"]

STAMPS = ("at", "entered_at", "answered_at", "ended_at")
_CALL_NAMES = ("type", "queue", "priority", "customer", "operator", "outcome", "contact_id")
_CALL_TIMES = ("vru_s", "wait_s", "wait_abandoned_s", "service_s", "hold_s", "wrap_s", "handle_s")
_INTERVAL_NAMES = ("queue", "type")
COUNTS = ("offered", "answered", "abandoned", "blocked", "answered_in_time")
_INTERVAL_TIMES = ("wait_answered_s", "wait_abandoned_s", "service_s", "hold_s", "wrap_s", "handle_s", "staffed_s")
_MEAN_TIMES = ("asa_s", "mean_wait_abandoned_s", "mean_service_s", "mean_hold_s", "mean_wrap_s", "aht_s")
_SHARES = ("service_level", "abandonment_share", "answered_share")
TARGETS: dict[str, tuple[str, ...]] = {
    "calls": ("date", "time", *STAMPS, "at_s", *_CALL_NAMES, *_CALL_TIMES),
    "intervals": ("date", "time", "at", "end", "length_s", "within_s", "operators", *_INTERVAL_NAMES, *COUNTS,
                  *_INTERVAL_TIMES, *_MEAN_TIMES, *_SHARES),
    "months": ("month", "year", "unit", *MONTH_KPIS, "service_level", "abandonment_share", "asa_s", "aht_s"),
}  # fmt: skip
NAMES = {"calls": _CALL_NAMES, "intervals": _INTERVAL_NAMES, "months": ("unit",)}
TIMES = (*_CALL_TIMES, *_INTERVAL_TIMES, *_MEAN_TIMES, "within_s", "length_s", "at_s")
SHARES = (*_SHARES, "recall", "redial", "churn", "turnover", "absence", "fcr")


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class FileLayout(_Strict):
    """How the file is written; what is absent is found out."""

    encoding: str | None = None
    separator: str | None = Field(None, min_length=1, max_length=1)
    decimal: Literal[".", ","] | None = None
    heading_line: int | None = Field(None, ge=1, le=1000)
    sheet: str | None = None
    """Of a workbook; the first one unless given."""
    layout: Literal["long", "wide"] = "long"
    """`wide`: one row a day, the headings that are clock times are the intervals' starts."""
    wide_value: Literal["offered", "answered", "abandoned", "operators"] = "offered"
    """What the cells of a wide file hold."""


class Dates(_Strict):
    """How dates and clock times are written."""

    order: Literal["dmy", "mdy", "ymd"] | None = None
    written_in: str | None = None
    """Time zone of the file's clock times ("UTC"), where it is not the centre's."""
    zone: str | None = None
    """Time zone of the centre ("Europe/Rome"): for daylight saving, and to move times written in another one."""
    day_starts: str | None = Field(None, pattern=r"^\d{1,2}:\d{2}$")
    """Clock time before which a row belongs to the calendar day after its date: the operating day passes midnight."""

    @field_validator("written_in", "zone")
    @classmethod
    def _known(cls, name: str | None) -> str | None:
        if name is not None:
            try:
                ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                raise ValueError(f'is "{name}", must be a time zone such as "Europe/Rome"') from None
        return name


class Rule(_Strict):
    """A row fits if its cell is one of `words` and all of `known` hold something and all of `blank` nothing."""

    value: str = ""
    """What the target then is; of `leave_out`, not used."""
    column: str | None = None
    """Heading to look at; the target's own unless given."""
    words: list[str] = []
    """In any case of letters; empty: any."""
    known: list[str] = []
    blank: list[str] = []
    reason: str = ""
    """Why rows are left out."""


class Mapping(_Strict):
    """A mapping as its TOML file holds it."""

    title: str = ""
    source: str = ""
    kind: Kind
    files: list[str] = []
    """Patterns of the names of the files it is for ("calls-*.csv.gz"); all unless given."""
    file: FileLayout = FileLayout()
    dates: Dates = Dates()
    columns: dict[str, str] = {}
    """Heading of each target."""
    expressions: dict[str, str] = {}
    """Arithmetic over headings, for a target that no column holds."""
    fixed: dict[str, str | float] = {}
    """The same in every row: queue = "187", within_s = 20."""
    units: dict[str, Unit] = {}
    """Unit of plain numbers of a duration, by target; seconds unless given."""
    percent: list[str] = []
    """Targets of which plain numbers are percent (83 is 0.83)."""
    two_parts: Literal["min:s", "h:min"] = "min:s"
    """What "3:12" is in a column of durations."""
    rules: dict[str, list[Rule]] = {}
    """By target: the first rule that fits a row gives its value. A row's outcome must fit one."""
    leave_out: list[Rule] = []
    fill_down: list[str] = []
    """Targets whose blank cells mean the cell above: reports that print a date once for all its rows."""
    interval_s: int | None = Field(None, gt=0)
    """[s] length of the intervals; found out unless given."""
    duplicates: Literal["refuse", "add"] = "refuse"
    """Two rows for one interval, queue and type with different numbers: `add` where they are parts of it."""
    impossible: Literal["keep", "refuse"] = "keep"

    @model_validator(mode="after")
    def _consistent(self) -> "Mapping":
        allowed = TARGETS[self.kind]
        for section in ("columns", "expressions", "fixed", "units", "rules"):
            for key in getattr(self, section):
                if key not in allowed and not (self.kind == "months" and section in ("columns", "expressions")):
                    raise ValueError(
                        f"{section}.{key} is not known for {self.kind}, must be one of {', '.join(allowed)}"
                    )
        for key in self.fill_down:
            if key not in self.columns:
                raise ValueError(f"fill_down names {key}, must be one of columns: {', '.join(self.columns)}")
        for key, text in self.expressions.items():
            try:
                parse(text)
            except ValueError as error:
                raise ValueError(f"expressions.{key} {error}") from None
        for rule in self.rules.get("outcome", []):
            if rule.value not in OUTCOMES:
                raise ValueError(f'rules.outcome.value is "{rule.value}", must be one of {", ".join(OUTCOMES)}')
        if self.interval_s and DAY % self.interval_s:
            raise ValueError(f"interval_s is {self.interval_s}, must divide a day of {DAY} s")
        return self

    def headings(self) -> list[str]:
        """Every heading that it names."""
        ruled = [rule for rules in (*self.rules.values(), self.leave_out) for rule in rules]
        named = [*self.columns.values(), *(rule.column for rule in ruled if rule.column)]
        named += [name for rule in ruled for name in (*rule.known, *rule.blank)]
        named += [name for text in self.expressions.values() for name in parse(text).names]
        return list(dict.fromkeys(named))

    def is_for(self, name: str) -> bool:
        """Whether it is for a file of this name."""
        return not self.files or any(fnmatch.fnmatch(name, pattern) for pattern in self.files)


def shipped() -> list[str]:
    """Names of the mappings that come with the project."""
    folder = files("calibration.history").joinpath("mappings")
    return sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml"))


def load_mapping(name: str | Path) -> Mapping:
    """A mapping that is shipped (by name), or of a TOML file.

    Raises
    ------
    InputError
        If there is none, or it is wrong: file, key, given, allowed.
    """
    text = str(name)
    if text in shipped():
        label, content = (
            f"{text}.toml",
            files("calibration.history").joinpath(f"mappings/{text}.toml").read_text("utf-8"),
        )
    else:
        path = Path(name)
        if "\0" in text or not path.is_file():
            raise InputError(f"--mapping is {text!r}, must be a TOML file or one of {', '.join(shipped())}")
        if path.stat().st_size > 1_000_000:
            raise InputError(f"{path.name}: is above 1 MB, a mapping is a short TOML file")
        try:
            label, content = path.name, path.read_text("utf-8")
        except UnicodeDecodeError:
            raise InputError(f"{path.name}: is not UTF-8 text, a mapping is a TOML file") from None
    return check_mapping(parse_toml(content, label), label)


def check_mapping(raw: dict[str, Any], label: str) -> Mapping:
    """A mapping from its parsed TOML; an InputError holds a sentence for each mistake."""
    try:
        return Mapping.model_validate(raw)
    except ValidationError as error:
        raise InputError("\n".join(_sentence(label, item) for item in error.errors())) from None


def _sentence(label: str, error: Any) -> str:
    key = ".".join(str(part) for part in error["loc"])
    message = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        known = Mapping.model_fields if "." not in key else ()
        allowed = f", must be one of {', '.join(known)}" if known else ""
        return f"{label}: {key} is not known{allowed}"
    if error["type"] == "missing":
        return f"{label}: {key} is missing"
    if not key or error["type"] == "value_error":
        return f"{label}: {key + ' ' if key else ''}{message}"
    given = json.dumps(error["input"], default=str, ensure_ascii=False)[:80]
    return f"{label}: {key} is {given}, {message[:1].lower()}{message[1:]}"


def load_mappings(names: str | Path | Mapping | Sequence[str | Path | Mapping] | None) -> list[Mapping]:
    """Mappings given one by one, each ready or to be loaded."""
    if names is None:
        return []
    given: Iterable[str | Path | Mapping] = [names] if isinstance(names, str | Path | Mapping) else names
    return [one if isinstance(one, Mapping) else load_mapping(one) for one in given]


def as_toml(mapping: Mapping) -> str:
    """The mapping as a TOML file that `load_mapping` reads back to the same."""
    raw = mapping.model_dump(exclude_defaults=True)
    plain = {key: value for key, value in raw.items() if not isinstance(value, dict) and key != "leave_out"}
    lines = [f"{key} = {_value(value)}" for key, value in plain.items()]
    for key, value in raw.items():
        if key == "rules":
            for target, rules in value.items():
                lines += [line for rule in rules for line in ("", f"[[rules.{_key(target)}]]", *_pairs(rule))]
        elif key == "leave_out":
            lines += [line for rule in value for line in ("", "[[leave_out]]", *_pairs(rule))]
        elif isinstance(value, dict):
            lines += ["", f"[{key}]", *_pairs(value)]
    return "\n".join(lines) + "\n"


def _pairs(table: dict[str, Any]) -> list[str]:
    return [f"{_key(key)} = {_value(value)}" for key, value in table.items() if value is not None]


def _key(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() and key.isascii() else _value(key)


def _value(value: Any) -> str:
    """A TOML value; JSON's strings are TOML's but for DEL, which TOML wants escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
