"""A call-by-call log as the table of calls."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from calibration.history.cells import convert
from calibration.history.convert import Columns, clock, dates_of
from calibration.history.dates import clock_seconds, find_clock_form
from calibration.history.guess import outcome_rules
from calibration.history.mapping import Rule
from calibration.history.raw import RawTable
from calibration.history.rows import Problems
from calibration.history.tables import CALL_COLUMNS, DAY, as_table

LONGEST = 8 * 3600  # [s] of a wait or a talk, beyond which it cannot be
NOBODY = {"anonymous", "anonimo", "anonima", "privato", "private", "unknown", "sconosciuto", "sconosciuta",
          "restricted", "unavailable", "withheld", "nascosto", "non disponibile", "0", "riservato", "n/d"}  # fmt: skip
"""Numbers of callers who hide theirs: no customer, and not one customer."""


@dataclass(frozen=True)
class Read:
    """One file, read: the table (with hidden columns), the rows that remain unread, impossible ones."""

    table: pd.DataFrame
    """With `_line`, and for calls `_contact`, the log's own number of the call."""
    raw: RawTable
    impossible: Problems


def read_calls(columns: Columns) -> Read:
    """Calls of one file."""
    day, at_s = _asked(columns)
    names = {name: columns.text(name) for name in ("type", "queue", "priority", "customer", "operator")}
    names["customer"] = names["customer"].where(~names["customer"].str.casefold().isin(NOBODY), "")
    times = {name: columns.numbers(name) for name in ("vru_s", "wait_s", "service_s", "wrap_s")}
    _derive(columns, times, day, at_s)
    outcome = _outcomes(columns, times, names["operator"])
    is_answered = (outcome == "answered").to_numpy()
    if columns.has("wait_s") or columns.has("answered_at"):
        times["wait_s"] = np.where(is_answered & np.isnan(times["wait_s"]), 0.0, times["wait_s"])
    for name in ("service_s", "wrap_s"):
        times[name] = np.where(is_answered, times[name], np.nan)
    for name in ("wait_s", "service_s", "wrap_s"):
        values = times[name]
        columns.refuse_negative(name, values, " s")
    contact = columns.text("contact_id")
    full = {"date": dates_of(day), "at_s": at_s, "outcome": outcome.to_numpy(), **times}
    full |= {name: texts.to_numpy() for name, texts in names.items()}
    _remark_clock_changes(columns, full["date"])
    table = as_table(pd.DataFrame(full), CALL_COLUMNS).assign(_line=columns.raw.lines, _contact=contact.to_numpy())
    impossible = _impossible(columns, table)
    keeps, raw = columns.refused()
    return Read(table[keeps].reset_index(drop=True), raw, impossible)


def _remark_clock_changes(columns: Columns, dates: np.ndarray) -> None:
    """Name the recorded dates of 23 or 25 hours, where the mapping says the centre's time zone."""
    if columns.zone is None:
        return
    for date in pd.DatetimeIndex(dates).dropna().unique().sort_values():
        ends = pd.DatetimeIndex([date, date + pd.Timedelta(days=1)])
        start, end = ends.tz_localize(columns.zone, ambiguous=np.array([True, True]), nonexistent="shift_forward")
        hours = (end - start).total_seconds() / 3600
        if hours != 24:
            sentence = f"{date:%Y-%m-%d} has {hours:g} hours in {columns.zone.key}; at_s is what the clocks show"
            columns.remark("clock changes", sentence)


def _asked(columns: Columns) -> tuple[np.ndarray, np.ndarray]:
    """Day (since 1970) and second of asking for an operator."""
    said = columns.mapping
    if "at" in said.columns and "date" not in said.columns:
        stamps = columns.stamps("at")
        columns.refuse(stamps.is_blank, f"{said.columns['at']} is blank")
        columns.refuse(
            ~stamps.is_bad & ~stamps.is_blank & np.isnan(stamps.seconds), f"{said.columns['at']} has no time of day"
        )
        day, at_s = stamps.day, stamps.seconds
    else:
        if "date" not in said.columns:
            columns.refuse(np.ones(len(columns), bool), "the mapping names no column for the date (date, at)")
            return np.full(len(columns), np.nan), np.full(len(columns), np.nan)
        dates = columns.stamps("date")
        columns.refuse(dates.is_blank, f"{said.columns['date']} is blank")
        day, at_s = dates.day, time_of_day(columns, "at" if "at" in said.columns else "time", dates.seconds)
    if columns.has("at_s"):
        at_s = columns.numbers("at_s")
    columns.refuse(np.isnan(at_s), "has no time of day")
    columns.refuse((at_s < -3600) | (at_s >= 2 * DAY), "has a time of day outside of its date")
    if said.dates.day_starts:
        day = day + (at_s < clock(said.dates.day_starts))
    return day, at_s


def time_of_day(columns: Columns, target: str, otherwise: np.ndarray) -> np.ndarray:
    """Seconds after midnight of a column of clock times, in whatever form; `otherwise` if there is no such column."""
    heading = columns.mapping.columns.get(target)
    if heading is None:
        return otherwise
    cells = columns.raw.column(heading)
    form = find_clock_form(list(cells.unique()[:20_000]), heading)
    if form != "clock":
        words = {
            "hhmm": "830 is 08:30",
            "hour": "8 is 08:00",
            "seconds": "seconds after midnight",
            "day share": "0.5 is 12:00",
        }
        columns.remark("clock times", f"{heading}: {words[form]}", "likely")
    found = convert(cells, lambda text: clock_seconds(text, form))
    columns.refuse(found.is_bad, lambda row: f'{heading} is "{cells[row][:60]}", must be a time of day such as "23:45"')
    columns.refuse(found.is_blank, f"{heading} is blank")
    return found.values


def _instant(columns: Columns, target: str, day: np.ndarray) -> np.ndarray | None:
    """Seconds after midnight of `day` of another instant of the call; clock times without a date may pass midnight."""
    heading = columns.mapping.columns.get(target)
    if heading is None:
        return None
    cells = columns.raw.column(heading)
    form = find_clock_form(list(cells.unique()[:20_000]), heading)
    plain = convert(cells, lambda text: clock_seconds(text, form))
    if not plain.is_bad.any():
        return plain.values
    stamps = columns.stamps(target)
    return (stamps.day - day) * DAY + stamps.seconds


def _derive(columns: Columns, times: dict[str, np.ndarray], day: np.ndarray, at_s: np.ndarray) -> None:
    """Durations that the log holds as instants, or only as sums."""
    entered, answered, ended = (_instant(columns, name, day) for name in ("entered_at", "answered_at", "ended_at"))
    if entered is not None and not columns.has("vru_s"):
        times["vru_s"] = _between(entered, at_s)
    if answered is not None and not columns.has("wait_s"):
        times["wait_s"] = _between(at_s, answered)
    if ended is not None and not columns.has("wait_s"):
        times["wait_s"] = np.where(np.isnan(times["wait_s"]), _between(at_s, ended), times["wait_s"])
    if ended is not None and answered is not None and not columns.has("service_s"):
        times["service_s"] = _between(answered, ended)
    if columns.has("wait_abandoned_s"):
        times["wait_s"] = np.where(np.isnan(times["wait_s"]), columns.numbers("wait_abandoned_s"), times["wait_s"])
    hold, handle = columns.numbers("hold_s"), columns.numbers("handle_s")
    if columns.has("handle_s") and not columns.has("service_s"):
        times["service_s"] = handle - np.nan_to_num(times["wrap_s"]) - np.nan_to_num(hold)
    elif columns.has("handle_s") and not columns.has("wrap_s"):
        times["wrap_s"] = handle - times["service_s"] - np.nan_to_num(hold)
    times["service_s"] = times["service_s"] + np.nan_to_num(hold)


def _between(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Seconds between two instants of a call; an end before the start by over half a day passed midnight."""
    seconds = end - start
    return np.where(seconds < -DAY / 2, seconds + DAY, seconds)


def _outcomes(columns: Columns, times: dict[str, np.ndarray], operator: pd.Series) -> pd.Series:
    said = columns.mapping
    heading = said.columns.get("outcome")
    if heading is None and not said.rules.get("outcome"):
        has_answered = "answered_at" in said.columns
        served = times["service_s"] > 0
        is_answered = served | (operator != "").to_numpy() if not has_answered else served
        columns.remark(
            "outcome",
            "no column says it: calls with a talk or an operator are answered, the others abandoned",
            "likely",
        )
        return pd.Series(np.where(is_answered, "answered", "abandoned"), dtype=object)
    rules = said.rules.get("outcome") or [
        Rule.model_validate(rule) for rule in outcome_rules(columns.raw, str(heading))
    ]
    ruled = columns.text("outcome", rules)
    unknown = ~ruled.isin(("answered", "abandoned", "blocked", "left")).to_numpy()
    columns.refuse(
        unknown,
        lambda row: f'{heading or "outcome"} is "{ruled[row][:60]}", no rule of the mapping (rules.outcome) fits',
    )
    return ruled


def _impossible(columns: Columns, table: pd.DataFrame) -> Problems:
    """Rows that cannot be; the mapping may have them refused."""
    tests = [
        (table["wait_s"] > LONGEST, "waited for more than 8 hours"),
        (table["service_s"] > LONGEST, "talked for more than 8 hours"),
        (table["vru_s"] < 0, "the time in the IVR is negative"),
    ]
    return judged(columns, tests)


def judged(columns: Columns, tests: list[tuple[pd.Series, str]]) -> Problems:
    """Rows not refused already for which a test is true, with its sentence; refused if the mapping says so."""
    found: Problems = []
    for rows, sentence in tests:
        mask = rows.to_numpy(bool) & (columns.reasons == None)  # noqa: E711
        numbers = np.flatnonzero(mask)
        found += [
            (line, sentence, text)
            for line, text in zip(columns.raw.lines[numbers].tolist(), columns.raw.texts(numbers), strict=True)
        ]
        if columns.mapping.impossible == "refuse":
            columns.refuse(mask, sentence)
    return found
