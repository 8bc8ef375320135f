"""Columns of texts become columns of numbers as a mapping says; every cell that cannot be read names its row."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa

from calibration.history.cells import NO_FRACTION, Converted, convert, duration, find_decimal, is_blank, number, share
from calibration.history.dates import Order, Stamps, convert_stamps, find_order
from calibration.history.expressions import parse
from calibration.history.mapping import COUNTS, NAMES, SHARES, STAMPS, TIMES, Mapping, Rule
from calibration.history.raw import RawTable
from calibration.history.rows import is_total, total_names
from calibration.history.tables import DAY, Remark, Sureness
from twin.errors import InputError

UNIQUE_LIMIT = 20_000  # [texts] of a column looked at to find out how it is written
_DATE_TARGETS = ("date", "time", "month", "year", "end", *STAMPS)


def check_headings(raw: RawTable, mapping: Mapping) -> None:
    """Refuse a mapping that names headings which the file does not have."""
    if missing := [name for name in mapping.headings() if name not in raw.columns]:
        has = ", ".join(raw.columns[:40])
        raise InputError(f'{raw.file}: the mapping names a column "{missing[0]}", must be one of: {has}')


def fits(raw: RawTable, rule: Rule, own: str | None) -> np.ndarray:
    """Rows that fit a rule; `own` is the heading of its target."""
    fitting = np.ones(len(raw.lines), bool)
    heading = rule.column or own
    if rule.words and heading is not None:
        words = {word.casefold() for word in rule.words}
        fitting &= raw.column(heading).str.casefold().isin(words).to_numpy()
    for names, wants_blank in ((rule.known, False), (rule.blank, True)):
        for name in names:
            cells = raw.column(name)
            texts = {text for text in cells.unique() if is_blank(text)}
            fitting &= cells.isin(texts).to_numpy() == wants_blank
    return fitting


def leave_out(raw: RawTable, mapping: Mapping) -> RawTable:
    """The rows that the mapping wants, without totals."""
    for rule in mapping.leave_out:
        rows = fits(raw, rule, None)
        reason = rule.reason or f"left out by the mapping ({rule.column or 'rule'}: {', '.join(rule.words) or 'blank'})"
        raw = raw.without(rows, [reason] * int(rows.sum()), is_rejected=False)
    totals = _totals(raw, mapping)
    return raw.without(totals, ["a total"] * int(totals.sum()), is_rejected=False)


def _totals(raw: RawTable, mapping: Mapping) -> np.ndarray:
    """Rows of which a cell says total, and rows at the end without a date that sum up those above."""
    key = next((mapping.columns[name] for name in ("date", "at", "month") if name in mapping.columns), None)
    keys = {mapping.columns[name] for name in ("date", "at", "month", "time") if name in mapping.columns}
    sums = np.zeros(len(raw.lines), bool)
    names = {mapping.columns[name] for name in ("queue", "type", "unit") if name in mapping.columns}
    for name in names if mapping.kind != "calls" else ():
        sums |= raw.column(name).isin(total_names(raw.column(name).unique().tolist())).to_numpy()
    for name in keys:
        cells = raw.column(name)
        words = {text for text in cells.unique() if text and (is_total([text]) or _ends_in_total(text))}
        sums |= cells.isin(words).to_numpy()
    heads = raw.table.columns[0].to_pandas() if raw.columns else pd.Series(dtype=object)
    undated = np.ones(len(raw.lines), bool) if key is None else (raw.column(key) == "").to_numpy()
    for place, name in enumerate(raw.columns[:3]):
        cells = raw.column(name)
        words = {text for text in cells.unique() if text and (is_total([text]) or _ends_in_total(text))}
        is_first = (heads == "").to_numpy() if place else np.ones(len(cells), bool)
        sums |= cells.isin(words).to_numpy() & is_first & (undated if name in names else True)
    is_filled = "date" in mapping.fill_down or "at" in mapping.fill_down or "month" in mapping.fill_down
    if key is not None and len(raw.lines) > 1 and not is_filled:
        sums[-1] |= is_blank(raw.column(key).iloc[-1])
    return sums


def _ends_in_total(text: str) -> bool:
    """ "05/03/2024 Totale", as a pivot table writes it."""
    return " " in text.strip() and is_total([text.split()[-1]]) and any(char.isdigit() for char in text)


def fill_down(raw: RawTable, mapping: Mapping) -> RawTable:
    """Blank cells of the mapping's `fill_down` columns with the cell above."""
    table = raw.table
    for target in mapping.fill_down:
        place = raw.columns.index(mapping.columns[target])
        cells = raw.column(mapping.columns[target])
        filled = cells.where(cells != "").ffill().fillna("")
        table = table.set_column(place, raw.columns[place], pa.array(filled.tolist(), pa.string()))
    return replace(raw, table=table)


def with_constants(raw: RawTable, mapping: Mapping) -> tuple[RawTable, Mapping]:
    """Dates and clock times that the mapping fixes, as columns of the table."""
    known = {name: mapping.fixed[name] for name in _DATE_TARGETS if name in mapping.fixed}
    fixed = {name: text if isinstance(text, str) else f"{text:g}" for name, text in known.items()}
    for target, text in fixed.items():
        name = f"fixed {target}"
        cells = pa.array([text] * len(raw.lines), pa.string())
        raw = replace(raw, columns=[*raw.columns, name], table=raw.table.append_column(name, cells))
        mapping = mapping.model_copy(update={"columns": {**mapping.columns, target: name}})
    return raw, mapping


@dataclass
class Columns:
    """The columns of one file, converted on demand."""

    raw: RawTable
    mapping: Mapping
    remarks: list[Remark] = field(default_factory=list)
    conventions: dict[str, tuple[str, Sureness]] = field(default_factory=dict)
    """Decimal sign and order of dates as found in this file, and how sure."""
    decimals: dict[str, str] = field(default_factory=dict)
    """Decimal sign of the headings that have another one than the file."""
    reasons: np.ndarray = field(init=False)
    """Why each row is refused, object; None where it is not."""

    def __post_init__(self) -> None:
        self.reasons = np.full(len(self.raw.lines), None, dtype=object)
        self.decimal = self._decimal()
        zone, written_in = self.mapping.dates.zone, self.mapping.dates.written_in
        self.zone = ZoneInfo(zone) if zone else None
        self.written_in = ZoneInfo(written_in) if written_in else None

    def __len__(self) -> int:
        return len(self.raw.lines)

    def has(self, target: str) -> bool:
        """Whether the file or the mapping says anything of it."""
        said = self.mapping
        return target in said.columns or target in said.expressions or target in said.fixed

    def remark(self, topic: str, text: str, sureness: Sureness = "sure") -> None:
        self.remarks.append(Remark(self.raw.file, topic, text, sureness))

    def refuse(self, rows: np.ndarray, reason: str | Callable[[int], str]) -> None:
        """Refuse rows (a mask); a row keeps the first reason."""
        for row in np.flatnonzero(rows & (self.reasons == None)).tolist():  # noqa: E711
            self.reasons[row] = reason if isinstance(reason, str) else reason(row)

    def refuse_negative(self, name: str, values: np.ndarray, unit: str = "") -> None:
        """Refuse rows in which a count or a time is below zero."""
        heading = self.mapping.columns.get(name, name)
        self.refuse(values < 0, lambda row: f"{heading} is {values[row]:g}{unit}, must not be negative")

    def _decimal(self) -> str:
        given = self.mapping.file.decimal
        if given:
            self.remark("decimal", f'"{given}", as the mapping says', "given")
            return given
        names = [name for target, name in self.mapping.columns.items() if self._is_number(target)]
        names += [name for text in self.mapping.expressions.values() for name in parse(text).names]
        texts = {name: self._unique(name) for name in names}
        counts = [text for target in COUNTS if (name := self.mapping.columns.get(target)) for text in texts[name]]
        separator = next((";" for remark in self.raw.remarks if remark.text.startswith("semicolon")), "")
        every = [text for column in texts.values() for text in column]
        decimal, how, sureness = find_decimal(every, separator, counts)
        if how != NO_FRACTION:
            self.conventions["decimal"] = (decimal, sureness)
        if sureness == "guess":
            self._decimals(decimal, texts)
            if self.decimals:
                how, sureness = f"other than in {', '.join(self.decimals)}, whose own numbers tell", "likely"
        self.remark("decimal", f'"{decimal}": {how}', sureness)
        return decimal

    def _decimals(self, decimal: str, texts: dict[str, list[str]]) -> None:
        """Columns that are sure of another decimal sign than most: text beside numbers in a workbook."""
        told = {name: find_decimal(column) for name, column in texts.items()}
        sure = {
            name: found for name, (found, how, sureness) in told.items() if sureness == "sure" and how != NO_FRACTION
        }
        if len(set(sure.values())) > 1:
            self.decimals = {name: found for name, found in sure.items() if found != decimal}

    def _is_number(self, target: str) -> bool:
        return target not in NAMES[self.mapping.kind] and target not in _DATE_TARGETS

    def _unique(self, heading: str) -> list[str]:
        """Different texts of a column, the first ones."""
        return list(self.raw.column(heading).iloc[: 10 * UNIQUE_LIMIT].unique()[:UNIQUE_LIMIT])

    def text(self, target: str, rules: Sequence[Rule] | None = None) -> pd.Series:
        """A column of names, "" where blank, as the rules (the mapping's unless given) want them."""
        heading = self.mapping.columns.get(target)
        if heading is not None:
            cells = self.raw.column(heading)
            blanks = {text for text in cells.unique() if is_blank(text)}
            names = cells.where(~cells.isin(blanks), "")
        else:
            names = pd.Series(str(self.mapping.fixed.get(target, "")), index=range(len(self)), dtype=object)
        open_rows = np.ones(len(self), bool)
        names = names.copy()
        for rule in self.mapping.rules.get(target, []) if rules is None else rules:
            rows = fits(self.raw, rule, self.mapping.columns.get(target)) & open_rows
            names[rows] = rule.value
            open_rows &= ~rows
        return names

    def numbers(self, target: str) -> np.ndarray:
        """A column of counts, shares or durations, NaN where blank; cells that are none refuse their row."""
        said = self.mapping
        if target in said.expressions:
            return self._computed(target)
        if target not in said.columns:
            return np.full(len(self), self._fixed(target))
        heading = said.columns[target]
        decimal = self.decimals.get(heading, self.decimal)
        found = convert(self.raw.column(heading), self._one(target, decimal))
        self._refuse_bad(found.is_bad, heading, self._wanted(target, decimal))
        return np.where(found.is_bad, np.nan, self._as_share(target, found))

    def _fixed(self, target: str) -> float:
        value = self.mapping.fixed.get(target, float("nan"))
        if isinstance(value, str):
            raise InputError(f'{self.raw.file}: the mapping\'s fixed.{target} is "{value}", must be a number')
        return float(value)

    def _one(self, target: str, decimal: str) -> Callable[[str], float | None]:
        if target in TIMES or target.endswith("_s"):
            unit, two_parts = self.mapping.units.get(target, "s"), self.mapping.two_parts
            return lambda text: duration(text, decimal, unit, two_parts)
        if target in SHARES:
            return lambda text: share(text, decimal)
        return lambda text: number(text.rstrip("% "), decimal)

    def _wanted(self, target: str, decimal: str) -> str:
        example = "1,5" if decimal == "," else "1.5"
        if target in TIMES or target.endswith("_s"):
            return f'a time such as "00:03:12", "3m12s" or "{example}"'
        return f'a number such as "{example}"'

    def _as_share(self, target: str, found: Converted) -> np.ndarray:
        """Shares of which plain numbers are percent; cells with a percent sign are shares already."""
        if target not in self.mapping.percent:
            return found.values
        signed = self.raw.column(self.mapping.columns[target]).str.endswith("%").to_numpy()
        return np.where(signed, found.values, found.values / 100)

    def _refuse_bad(self, is_bad: np.ndarray, heading: str, wanted: str) -> None:
        if is_bad.any():
            cells = self.raw.column(heading)
            self.refuse(is_bad, lambda row: f'{heading} is "{cells[row][:60]}", must be {wanted}')

    def _computed(self, target: str) -> np.ndarray:
        expression = parse(self.mapping.expressions[target])
        values = {}
        for name in expression.names:
            decimal = self.decimals.get(name, self.decimal)
            found = convert(self.raw.column(name).str.rstrip("% "), partial(duration, decimal=decimal))
            self._refuse_bad(found.is_bad, name, self._wanted("", decimal))
            values[name] = found.values
        return np.broadcast_to(expression(values), len(self)).copy()

    def order(self, target: str, quiet: bool = False) -> Order:
        """Order of day and month in a column, said or found out; `quiet` without a remark."""
        if self.mapping.dates.order:
            return self.mapping.dates.order
        heading = self.mapping.columns[target]
        order, how, sureness = find_order(self._unique(heading))
        if quiet:
            return order
        words = {"dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day"}[order]
        if order != "ymd":
            self.conventions["order"] = (order, sureness)
        self.remark("dates", f"{heading}: {words}; {how}", sureness)
        return order

    def stamps(self, target: str) -> Stamps:
        """A column of dates, or dates and times, on the centre's clocks."""
        heading, order = self.mapping.columns[target], self.order(target)
        found = convert_stamps(self.raw.column(heading), order, self.written_in, self.zone)
        example = {"dmy": "31/12/2012", "mdy": "12/31/2012", "ymd": "2012-12-31"}[order]
        self._refuse_bad(found.is_bad, heading, f'a date such as "{example}"')
        if found.has_zone:
            kept = "are kept as they stand; the mapping's dates.zone would have them moved to the centre's clocks"
            done = f"are moved to {self.zone.key}" if self.zone else kept
            self.remark("time zone", f"{heading} says its zone; its times {done}", "sure" if self.zone else "guess")
        return found

    def refused(self) -> tuple[np.ndarray, RawTable]:
        """Rows that remain (a mask), and the raw table that accounts for the others."""
        rows = np.array([reason is not None for reason in self.reasons], dtype=bool)
        return ~rows, self.raw.without(
            rows, [reason for reason in self.reasons if reason is not None], is_rejected=True
        )


def dates_of(days: np.ndarray) -> np.ndarray:
    """Midnights of days since 1970, NaT where NaN."""
    whole = np.where(np.isnan(days), 0, days).astype("int64")
    dates = whole.astype("datetime64[D]").astype("datetime64[ns]")
    dates[np.isnan(days)] = np.datetime64("NaT")
    return dates


def carried(days: np.ndarray, seconds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Days and seconds with 24:00 moved to the next day."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        over = np.where(seconds >= DAY, np.floor(seconds / DAY), 0.0)
    return days + over, seconds - over * DAY


def clock(text: str) -> float:
    """Seconds of "06:00"."""
    hours, minutes = text.split(":")
    return int(hours) * 3600.0 + int(minutes) * 60
