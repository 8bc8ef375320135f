"""A mapping guessed from the headings and the first rows of a file."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from calibration.history.cells import duration, is_blank
from calibration.history.dates import (
    Order,
    clock_range,
    dates_within,
    parse_date,
    parse_month,
    parse_stamp,
    parse_time,
    stamp_range,
)
from calibration.history.headings import OUTCOME_WORDS, WEAK, Meaning, meaning, plain
from calibration.history.mapping import TIMES, Mapping, check_mapping
from calibration.history.raw import RawTable
from calibration.history.rows import BLOCK
from calibration.history.tables import Remark

KINDS = ("calls", "intervals", "months")
_SAMPLE = 500  # [rows] looked at
_WIDE_LEAST = 4  # headings that are clock times
_ORDERS: tuple[Order, ...] = ("dmy", "mdy")
_YES, _NO = {"1", "y", "yes", "true", "si", "sì", "s", "x"}, {"0", "n", "no", "false"}
_PERCENT_TARGETS = (
    "service_level",
    "abandonment_share",
    "answered_share",
    "recall",
    "redial",
    "churn",
    "turnover",
    "absence",
    "fcr",
)


def recognised(names: Sequence[str]) -> int:
    """How many headings mean something, in the kind of file in which most do."""
    clocks = sum(is_clock(name) for name in names)
    texts = [str(name) for name in names]
    return max(clocks, *(len({found.target for name in texts if (found := meaning(name, kind))}) for kind in KINDS))


def is_clock(text: str) -> bool:
    """Whether a heading is a clock time or a range of them, as in a wide file."""
    if re.fullmatch(r"\s*\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\s*", str(text)):
        return parse_time(str(text)) is not None
    return ":" in str(text) and clock_range(str(text)) is not None


def guess(raw: RawTable) -> Mapping | None:
    """The mapping that most headings ask for; None if they do not tell enough."""
    if sum(map(is_clock, raw.columns)) >= _WIDE_LEAST:
        return _wide(raw)
    titles = _titles(raw)
    found = {kind: _columns(raw, kind) for kind in KINDS}
    if "date" in titles and "time" in found["intervals"] and not {"date", "at"} & found["intervals"].keys():
        found = {"intervals": found["intervals"]}
    scores = {kind: _score(kind, columns, titles) for kind, columns in found.items()}
    kind = max(scores, key=lambda name: scores[name])
    if scores[kind] <= 0:
        return None
    content = _content(raw, kind, found[kind])
    known = {*found[kind], *(["date"] if "at" in found[kind] else [])}
    told = {name: text for name, text in titles.items() if name not in known}
    if kind == "intervals" and told:
        content["fixed"] = {**content.get("fixed", {}), **told}
    return check_mapping(content, raw.file)


def _titles(raw: RawTable) -> dict[str, str]:
    """Date and queue that the lines above the heading name: "Date: 3/13/2024", "Split/Skill: Sales"."""
    dates = {text for line in raw.above for text in dates_within(line)}
    found = {"date": dates.pop()} if len(dates) == 1 else {}
    for line in raw.above:
        cells = [cell.strip(' "') for cell in re.split(r"[;:\t,|]", line)]
        said = meaning(cells[0], "intervals")
        names = [cell for cell in cells[1:] if cell]
        if said is not None and said.target == "queue" and len(names) == 1 and "queue" not in found:
            found["queue"] = names[0]
    return found


def _wide(raw: RawTable) -> Mapping:
    """One row a day: the first heading that is no clock time holds the date."""
    date = next((name for name in raw.columns if not is_clock(name)), raw.columns[0])
    content: dict[str, Any] = {"kind": "intervals", "file": {"layout": "wide"}, "columns": {"date": date}}
    return check_mapping(content, raw.file)


def _columns(raw: RawTable, kind: str) -> dict[str, tuple[str, Any]]:
    """Heading and meaning of each target; one found twice goes to the fuller column, the surer word, then the first."""
    found: dict[str, tuple[str, Any]] = {}
    for name in raw.columns:
        said = meaning(name, kind)
        if said is None or name in repeated(raw.columns):
            continue
        target = _by_content(raw, kind, name, said.target)
        if target and (target not in found or _gives_way(raw, found[target][0], name)):
            found[target] = (name, said)
    if kind == "intervals" and BLOCK in raw.columns:
        is_day = _mostly(_sample(raw, BLOCK), dates_within) and not {"date", "at"} & found.keys()
        found.setdefault("date" if is_day else "queue", (BLOCK, Meaning("")))
    if kind != "months" and "at" in found and "date" in found:
        found.pop("date") if _has_times(raw, found["at"][0]) else found.pop("at")
    return found


def repeated(names: Sequence[str]) -> dict[str, str]:
    """Headings that stand there again, numbered by the reader ("Calls (2)"): the first of each."""
    found = {name: name.rpartition(" (")[0] for name in names if re.search(r" \(\d+\)$", name)}
    return {name: first for name, first in found.items() if first in names}


def _gives_way(raw: RawTable, name: str, other: str) -> bool:
    """Whether a heading of the same meaning is the better one."""
    full, others = _filled(raw, name), _filled(raw, other)
    return others > 2 * full or (plain(name) in WEAK and plain(other) not in WEAK and others > 0 and 2 * others >= full)


_SUMS_AND_MEANS = (("wait_answered_s", "asa_s"), ("wait_abandoned_s", "mean_wait_abandoned_s"),
                   ("service_s", "mean_service_s"), ("hold_s", "mean_hold_s"), ("wrap_s", "mean_wrap_s"),
                   ("handle_s", "aht_s"))  # fmt: skip
_MEANS = {mean for _, mean in _SUMS_AND_MEANS}
_DURATIONS = {total for total, _ in _SUMS_AND_MEANS} | _MEANS


def _median(raw: RawTable, name: str) -> float:
    """Of the times in a column that are above zero [s]; 0 if there is none."""
    found = [duration(text, "," if "," in text else ".") or 0.0 for text in _sample(raw, name)]
    return float(np.median([value for value in found if value > 0] or [0.0]))


def _sample(raw: RawTable, name: str) -> list[str]:
    texts = raw.table.column(raw.columns.index(name))[:_SAMPLE].to_pylist()
    return [text for text in texts if not is_blank(text)]


def _filled(raw: RawTable, name: str) -> int:
    return len(_sample(raw, name))


def _mostly(texts: list[str], test: Any) -> bool:
    return bool(texts) and sum(bool(test(text)) for text in texts) >= 0.5 * len(texts)


def _is_month(text: str) -> bool:
    """Whether a cell names a month: without a day, or by its first day."""
    if parse_month(text, "dmy") is None:
        return False
    return parse_date(text, "dmy") is None or re.search(r"(?<!\d)0?1(?!\d)", text) is not None


def _stamp(text: str) -> bool:
    return any(parse_stamp(text, order) or stamp_range(text, order) for order in _ORDERS)


def _has_times(raw: RawTable, name: str) -> bool:
    texts = _sample(raw, name)
    stamps = [parse_stamp(text, "dmy") or parse_stamp(text, "mdy") for text in texts]
    if any(stamp is not None and stamp.seconds for stamp in stamps):  # all at midnight: dates of a typed file
        return True
    return any(stamp_range(text, order) for text in texts for order in _ORDERS)


def _by_content(raw: RawTable, kind: str, name: str, target: str) -> str | None:
    """The target, or its neighbour where the cells are dates in a column called "time", or a month called "date"."""
    texts = _sample(raw, name)
    if kind == "months":
        has_year = any((said := meaning(other, kind)) is not None and said.target == "year" for other in raw.columns)
        of_year = "/2000" if has_year else ""
        is_month = target != "month" or not texts or _mostly(texts, lambda text: _is_month(text + of_year))
        return target if is_month else None
    if target in ("date", "time", "at"):
        if _mostly(texts, lambda text: parse_date(text, "dmy") or parse_date(text, "mdy") or _stamp(text)):
            return "at" if _has_times(raw, name) else "date"
        clocks = _mostly(texts, lambda text: parse_time(text) or clock_range(text) or text.replace(".", "").isdigit())
        return ("time" if target in ("at", "time") and clocks else None) if texts else target
    return target


def _score(kind: str, columns: dict[str, Any], titles: dict[str, str]) -> float:
    """How many columns are known; 0 where those are missing without which nothing can be read."""
    has_day = "at" in columns or "date" in columns or (kind == "intervals" and "date" in titles)
    if kind == "calls":
        marks = {"outcome", "customer", "operator", "wait_s", "service_s", "answered_at", "ended_at", "contact_id"}
        has_time = "at" in columns or "at_s" in columns or "time" in columns
        return len(columns) if has_day and has_time and marks & columns.keys() else 0.0
    if kind == "intervals":
        counts = columns.keys() & {"offered", "answered", "abandoned", "answered_in_time", "aht_s", "operators"}
        return len(columns) + 0.5 if has_day and counts else 0.0
    kpis = columns.keys() - {"month", "year", "unit"}
    return len(columns) + 0.75 if "month" in columns and kpis else 0.0


def _content(raw: RawTable, kind: str, found: dict[str, tuple[str, Any]]) -> dict[str, Any]:
    columns = {target: name for target, (name, _) in found.items()}
    if kind == "calls" and "handle_s" in columns and "service_s" in columns and "wrap_s" in columns:
        columns.pop("handle_s")
    for total, mean in _SUMS_AND_MEANS:
        if total in columns and mean in columns and _median(raw, columns[total]) < _median(raw, columns[mean]):
            columns.pop(total)  # a count of such calls, or a mean, too
    content: dict[str, Any] = {"kind": kind, "columns": columns}
    units = {target: said.unit for target, (_, said) in found.items() if said.unit and said.unit != "s"}
    if "length_s" in columns:
        units["length_s"] = "min" if _mostly(_sample(raw, columns["length_s"]), lambda text: text in _MINUTES) else "s"
    units |= {target: "ms" for target in in_milliseconds(raw, found) if target not in units}
    if units := {target: unit for target, unit in units.items() if target in TIMES and target in columns}:
        content["units"] = units
    within = [said.within_s for target, (_, said) in found.items() if said.within_s and target in columns]
    if within and "within_s" not in columns:
        content["fixed"] = {"within_s": within[0]}
    percent = [
        target for target, (name, said) in found.items() if target in _PERCENT_TARGETS and _is_percent(raw, name, said)
    ]
    if percent:
        content["percent"] = percent
    once = ["date", "month", "year", *(["queue", "type", "unit"] if kind != "calls" else [])]
    if filled := [target for target in once if target in columns and _is_printed_once(raw, columns[target])]:
        content["fill_down"] = filled
    if kind == "calls" and "outcome" in columns and (rules := outcome_rules(raw, columns["outcome"])):
        content["rules"] = {"outcome": rules}
    return content


LONGEST_MEAN = 10_800.0
"""[s] mean talk, wait or handle time of a call above which plain numbers must be milliseconds (assumed)."""
_GENESYS = {"interval start", "interval end", "interval complete", "queue id", "queue name", "media type", "offer",
            "answer", "abandon", "avg handle", "avg talk", "avg acw", "avg hold", "avg wait", "asa"}  # fmt: skip
_GENESYS_LEAST = 6  # of these headings


def in_milliseconds(raw: RawTable, found: dict[str, tuple[str, Any]]) -> list[str]:
    """Durations of a view that Genesys Cloud exported without formatting them: its headings, means of hours.

    All durations of such a file are in milliseconds, unless their headings say otherwise.
    """
    if len(_GENESYS & {plain(name) for name in raw.columns}) < _GENESYS_LEAST:
        return []
    times = {target: name for target, (name, said) in found.items() if target in _DURATIONS and not said.unit}
    is_long = any(_median(raw, name) > LONGEST_MEAN for target, name in times.items() if target in _MEANS)
    return [target for target, name in times.items() if is_long and _mostly(_sample(raw, name), _is_number)]


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\d+(?:[.,]\d+)?", text) is not None


def _is_printed_once(raw: RawTable, name: str) -> bool:
    """Whether a column of dates or names holds one now and then, from the first row on: merged cells, a pivot table."""
    cells = raw.table.column(raw.columns.index(name))[:_SAMPLE].to_pylist()
    return len(cells) > 3 and cells[0] != "" and cells.count("") >= 0.4 * len(cells)


MOST_LEAVING = 0.15
"""Share of customers or operators who leave in a usual month, beyond which plain numbers must be percent (assumed)."""
_MINUTES = ("5", "10", "15", "20", "30", "60")


def _is_percent(raw: RawTable, name: str, said: Any) -> bool:
    """Whether plain numbers of a share are percent: the heading says so, or some are above 1."""
    texts = _sample(raw, name)
    if any("%" in text for text in texts):
        return False
    values = [float(text.replace(",", ".")) for text in texts if re.fullmatch(r"\d+(?:[.,]\d+)?", text)]
    if not values:
        return False
    is_rare = said.target in ("churn", "turnover") and sorted(values)[len(values) // 2] > MOST_LEAVING
    return is_rare or max(values) > 1.5 or (said.is_percent and max(values) > 1)


def outcome_rules(raw: RawTable, name: str) -> list[dict[str, Any]]:
    """Rules for the words that the column holds; a yes or no column by its heading."""
    index = raw.columns.index(name)
    texts = {str(text).strip().casefold() for text in raw.table.column(index).unique().to_pylist()}
    words = {text for text in texts if not is_blank(text)}
    if words and words <= _YES | _NO:
        is_lost = meaning(name, "calls") is not None and plain(name) in (
            "abandoned",
            "abandon",
            "abbandonata",
            "abbandonato",
        )
        yes, no = ("abandoned", "answered") if is_lost else ("answered", "abandoned")
        return [{"value": yes, "words": sorted(words & _YES)}, {"value": no, "words": sorted(words & _NO)}]
    rules = []
    for value, known in OUTCOME_WORDS.items():
        fits = sorted(word for word in words if word in known or _begins(word, known))
        words -= set(fits)
        if fits:
            rules.append({"value": value, "words": fits})
    return rules


def _begins(word: str, known: list[str]) -> bool:
    return any(word.startswith(f"{name} ") for name in known if len(name) > 3)


def guess_remarks(raw: RawTable, mapping: Mapping) -> list[Remark]:
    """What was guessed, and which headings were not used."""
    used = set(mapping.headings())
    kind = {"calls": "a call", "intervals": "an interval", "months": "a month"}[mapping.kind]
    pairs = ", ".join(f"{target} = {name!r}" for target, name in mapping.columns.items())
    remarks = [Remark(raw.file, "columns", f"each row is {kind}: {pairs}", "likely")]
    rest = [name for name in raw.columns if name not in used and not (mapping.file.layout == "wide" and is_clock(name))]
    if named := {target: text for target, text in mapping.fixed.items() if target in ("date", "queue")}:
        pairs = ", ".join(f"{target} = {text!r}" for target, text in named.items())
        remarks.append(Remark(raw.file, "title", f"the lines above the heading say for all rows: {pairs}", "guess"))
    if rest:
        remarks.append(Remark(raw.file, "columns", f"not used: {', '.join(rest[:30])}", "likely"))
    if again := [first for first in dict.fromkeys(repeated(raw.columns).values()) if first in used]:
        sentence = f"{', '.join(again)} stand there more than once: the first is read, a mapping can name the others"
        remarks.append(Remark(raw.file, "columns", sentence, "guess"))
    if mapping.percent:
        names = ", ".join(mapping.columns[target] for target in mapping.percent)
        remarks.append(Remark(raw.file, "percent", f"plain numbers are taken as percent in: {names}", "likely"))
    if thousandths := [mapping.columns[target] for target, unit in mapping.units.items() if unit == "ms"]:
        says = all((said := meaning(name, mapping.kind)) is not None and said.unit == "ms" for name in thousandths)
        how = "as their headings say" if says else "as in a view of Genesys Cloud, of which the means would be hours"
        sentence = f"plain numbers are milliseconds, {how}: {', '.join(thousandths)}"
        remarks.append(Remark(raw.file, "units", sentence, "likely" if says else "guess"))
    if mapping.fill_down:
        names = " and ".join(mapping.columns[target] for target in mapping.fill_down)
        sentence = f"blank cells of {names} are taken to mean the cell above"
        remarks.append(Remark(raw.file, "blank cells", sentence, "likely"))
    if mapping.file.layout == "wide":
        sentence = "one row a day, counts are taken as offered (file.wide_value)"
        remarks.append(Remark(raw.file, "layout", "the headings are clock times: " + sentence, "likely"))
    return remarks
