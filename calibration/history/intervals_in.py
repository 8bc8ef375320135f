"""An interval report as the table of intervals."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa

from calibration.history.calls_in import Read, judged, time_of_day
from calibration.history.cells import is_blank
from calibration.history.convert import Columns, carried, clock, dates_of
from calibration.history.dates import clock_range, parse_time, stamp_range, whole_length
from calibration.history.guess import is_clock
from calibration.history.mapping import COUNTS, Mapping
from calibration.history.raw import RawTable
from calibration.history.rows import Problems, shown
from calibration.history.tables import DAY, INTERVAL_COLUMNS, as_table

LENGTHS = (300, 600, 900, 1200, 1800, 3600, 7200, 14400, 86400)  # [s] of intervals that reports have
CORRECTED = "said again by "
"""How the reason begins for which a row that was corrected is left out."""
_LATE, _EARLY = 20 * 3600, 6 * 3600  # [s] an operating day that passes midnight ends between these


def unfold(raw: RawTable, mapping: Mapping) -> RawTable:
    """A wide file, one row a day, as a long one: a row a cell; blank cells are set aside."""
    if mapping.file.layout != "wide":
        return raw
    clocks = [name for name in raw.columns if is_clock(name)]
    kept = [name for name in raw.columns if name not in clocks]
    n, width = len(raw.lines), len(clocks)
    cells = np.array([raw.column(name).to_numpy(object) for name in clocks], dtype=object).reshape(width, n).T.ravel()
    long = {name: np.repeat(raw.column(name).to_numpy(object), width) for name in kept}
    long |= {"start": np.tile(np.array(clocks, dtype=object), n), "value": cells}
    table = pa.Table.from_arrays([pa.array(list(values), pa.string()) for values in long.values()], names=list(long))
    n_read = n * width + len(raw.rejected) + len(raw.left_out)
    lines = np.repeat(raw.lines, width)
    flat = replace(raw, columns=list(long), table=table, lines=lines, n_read=n_read)
    blank = np.array([is_blank(cell) for cell in cells], dtype=bool)
    return flat.without(blank, ["a blank cell"] * int(blank.sum()), is_rejected=False)


def long_mapping(mapping: Mapping) -> Mapping:
    """The mapping of a wide file as one of its unfolded rows."""
    if mapping.file.layout != "wide":
        return mapping
    columns = {**mapping.columns, "time": "start", mapping.file.wide_value: "value"}
    layout = mapping.file.model_copy(update={"layout": "long"})
    return mapping.model_copy(update={"columns": columns, "file": layout})


def read_intervals(columns: Columns) -> Read:
    """Intervals of one file."""
    day, start_s, length = _times(columns)
    table = pd.DataFrame({name: columns.numbers(name) for name in (*COUNTS, "within_s", "operators")})
    _fill_counts(columns, table)
    _fill_times(columns, table)
    for name in COUNTS:
        values = table[name].to_numpy()
        columns.refuse_negative(name, values)
    known = table.drop(columns="within_s").notna().any(axis=1).to_numpy()
    columns.refuse(~known, "holds no number")
    columns.refuse(np.isnan(day) | np.isnan(start_s), "has no date or no start")
    lengths = np.full(len(columns), _length(columns, day, start_s)) if length is None else length
    columns.refuse(~np.isin(lengths, LENGTHS), "the interval's length is not one of 5 minutes to a day")
    if columns.has("staffed_s"):
        table["operators"] = table["operators"].fillna(pd.Series(columns.numbers("staffed_s") / lengths))
    impossible = _impossible(columns, table)
    day, start_s = carried(day, start_s)
    safe = {name: np.nan_to_num(values) for name, values in (("start_s", start_s), ("length_s", lengths))}
    table = table.assign(date=dates_of(day), **safe, queue=columns.text("queue"), type=columns.text("type"))
    table = as_table(table, INTERVAL_COLUMNS).assign(_line=columns.raw.lines)
    keeps, raw = columns.refused()
    return Read(table[keeps].reset_index(drop=True), raw, impossible)


def _times(columns: Columns) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Day (since 1970), start [s after midnight] and length [s], None where nothing says it."""
    said = columns.mapping
    length: np.ndarray | None = None
    if "at" in said.columns and "date" not in said.columns:
        length = _cut_ranges(columns, said.columns["at"])
        stamps = columns.stamps("at")
        columns.refuse(stamps.is_blank, f"{said.columns['at']} is blank")
        day, start_s = stamps.day, np.where(np.isnan(stamps.seconds), 0.0, stamps.seconds)
    elif "date" in said.columns:
        dates = columns.stamps("date")
        columns.refuse(dates.is_blank, f"{said.columns['date']} is blank")
        day = dates.day
        start_s, length = _starts(columns, dates.seconds)
    else:
        columns.refuse(np.ones(len(columns), bool), "the mapping names no column for the date (date, at)")
        unknown = np.full(len(columns), np.nan)
        return unknown, unknown, None
    if said.interval_s:
        length = np.full(len(columns), float(said.interval_s))
    elif columns.has("length_s"):
        length = columns.numbers("length_s")
    starts = said.dates.day_starts
    if starts is None and (found := _passes_midnight(columns, day, start_s)):
        starts = found
        sentence = f"times before {found} come after the evening in each date's rows, so they belong to the next day"
        columns.remark("midnight", sentence, "likely")
    return day + (start_s < clock(starts)) if starts else day, start_s, length


def _cut_ranges(columns: Columns, heading: str) -> np.ndarray | None:
    """Lengths [s] of intervals written as two instants in a cell, which keeps the first; None if there is no such cell.

    A cell that holds one instant has the length of most others.
    """
    cells, order = columns.raw.column(heading), columns.order("at", quiet=True)
    ranges = {text: found for text in cells.unique() if (found := stamp_range(text, order))}
    if not ranges:
        return None
    firsts = pa.array([ranges[text][0] if text in ranges else text for text in cells], pa.string())
    place = columns.raw.columns.index(heading)
    columns.raw = replace(columns.raw, table=columns.raw.table.set_column(place, heading, firsts))
    lengths = np.array([ranges[text][1] if text in ranges else np.nan for text in cells])
    values, counts = np.unique(lengths[~np.isnan(lengths)], return_counts=True)
    return np.where(np.isnan(lengths), values[np.argmax(counts)], lengths)


def _starts(columns: Columns, otherwise: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Starts of the intervals, and their lengths where the cells are ranges (08:00-08:30)."""
    heading = columns.mapping.columns.get("time") or columns.mapping.columns.get("at")
    if heading is None and not np.nan_to_num(otherwise).any():
        columns.remark("interval", "a day: no column holds a time", "likely")
        return np.zeros(len(columns)), np.full(len(columns), float(DAY))
    if heading is None:
        return otherwise, None
    cells = columns.raw.column(heading)
    ranges = {text: found for text in cells.unique() if (found := clock_range(text)) is not None}
    if not ranges:
        return time_of_day(columns, "time" if "time" in columns.mapping.columns else "at", otherwise), None
    is_bad = ~cells.isin(ranges).to_numpy()
    columns.refuse(is_bad, lambda row: f'{heading} is "{cells[row][:60]}", must be a range such as "08:00-08:30"')
    pairs = np.array([ranges.get(text, (np.nan, np.nan)) for text in cells], dtype=float).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1] - pairs[:, 0]


def _passes_midnight(columns: Columns, day: np.ndarray, start_s: np.ndarray) -> str | None:
    """The clock time at which an operating day starts, if in file order each date's rows go on after midnight."""
    known = ~np.isnan(day) & ~np.isnan(start_s)
    names = columns.text("queue").str.cat(columns.text("type"), sep="\0")
    table = pd.DataFrame({"day": day, "name": names, "start": start_s})[known]
    early, falls = 0.0, 0
    for _, starts in table.groupby(["day", "name"], sort=False)["start"]:
        values = starts.to_numpy()
        drops = np.flatnonzero(np.diff(values) < 0)
        has_early = bool((values < _EARLY).any())
        if not len(drops):
            if has_early:
                return None  # a date whose early hours come first: dates are calendar days
            continue
        after = values[drops[0] + 1 :]
        if len(drops) > 1 or values[drops[0]] < _LATE or after.max() >= min(_EARLY, values[: drops[0] + 1].min()):
            return None
        early, falls = max(early, float(after.max())), falls + 1
    if not falls:
        return None
    hour = int(early // 3600) + 1
    return f"{hour:02d}:00"


def _length(columns: Columns, day: np.ndarray, start_s: np.ndarray) -> float:
    """Length of the intervals: the step by which most starts follow one another within a day."""
    ends = columns.mapping.columns.get("end")
    starts = np.unique(start_s[~np.isnan(start_s)])
    if ends is not None and (step := _from_ends(columns, ends, start_s)):
        return step
    common = float(np.gcd.reduce(np.append(starts, DAY).astype("int64")))
    steps, counts = np.unique(np.diff(starts), return_counts=True)
    usual = float(steps[np.argmax(counts)]) if len(steps) else 0.0
    if common in LENGTHS and len(starts) > 1:
        is_sure = common == usual and counts.max() >= 3
        columns.remark("interval", f"{common / 60:g} minutes: all starts fall on it", "sure" if is_sure else "likely")
        return common
    if usual in LENGTHS:
        columns.remark("interval", f"{usual / 60:g} minutes: most starts follow one another by it", "guess")
        return usual
    columns.remark(
        "interval", "taken as 30 minutes, for the starts do not tell; name interval_s in the mapping", "guess"
    )
    return 1800.0


def _from_ends(columns: Columns, heading: str, start_s: np.ndarray) -> float | None:
    cells = columns.raw.column(heading)
    texts = [(text.split() or [""])[-1].split("T")[-1] for text in cells]
    found = [None if is_blank(text) else parse_time(text) for text in texts]
    ends = np.array([np.nan if one is None else one[0] for one in found])
    steps = (ends - start_s) % DAY
    steps = steps[~np.isnan(steps)]
    if not len(steps):
        return None
    values, counts = np.unique(steps, return_counts=True)
    usual = whole_length(float(values[np.argmax(counts)])) or float(DAY)
    columns.remark("interval", f"{usual / 60:g} minutes: from start to {heading}", "sure")
    return usual


def _fill_counts(columns: Columns, table: pd.DataFrame) -> None:
    """Counts that the report holds only as shares, or as differences."""
    offered = table["offered"]
    for name, share in (("answered", "answered_share"), ("abandoned", "abandonment_share")):
        if columns.has(share) and not columns.has(name):
            table[name] = (offered * columns.numbers(share)).round()
            columns.remark(name, f"{share} x offered, rounded", "likely")
    if not columns.has("offered") and columns.has("answered") and columns.has("abandoned"):
        table["offered"] = table["answered"] + table["abandoned"]
        columns.remark("offered", "answered + abandoned, for no column says it", "likely")
    if table["answered"].isna().all() and table["abandoned"].notna().any() and table["offered"].notna().any():
        table["answered"] = (table["offered"] - table["abandoned"]).where(table["abandoned"] <= table["offered"])
        columns.remark("answered", "offered - abandoned, for no column says it", "likely")
    if table["abandoned"].isna().all() and table["answered"].notna().any() and columns.has("offered"):
        table["abandoned"] = (table["offered"] - table["answered"]).where(table["answered"] <= table["offered"])
        columns.remark("abandoned", "offered - answered, for no column says it", "likely")
    if columns.has("service_level") and not columns.has("answered_in_time"):
        table["answered_in_time"] = columns.numbers("service_level") * table["offered"]
        columns.remark("answered_in_time", "service level x offered; name another denominator in expressions", "likely")


def _fill_times(columns: Columns, table: pd.DataFrame) -> None:
    """Sums of times, from means where the report holds these; talk with hold; handle time from its parts."""
    sums = (
        ("wait_answered_s", "asa_s", "answered"),
        ("wait_abandoned_s", "mean_wait_abandoned_s", "abandoned"),
        ("service_s", "mean_service_s", "answered"),
        ("hold_s", "mean_hold_s", "answered"),
        ("wrap_s", "mean_wrap_s", "answered"),
        ("handle_s", "aht_s", "answered"),
    )
    for name, mean, count in sums:
        table[name] = columns.numbers(name)
        if columns.has(mean) and not columns.has(name):
            values = columns.numbers(mean)
            columns.refuse_negative(mean, values, " s")
            if columns.mapping.units.get(mean) is None and np.nanmedian(np.append(values, 0.0)) > 10_800:
                columns.remark(
                    name, f'{mean} is above 3 hours; if it is milliseconds, say units.{mean} = "ms"', "guess"
                )
            table[name] = np.where(table[count] == 0, 0.0, values * table[count])
    table["service_s"] = table["service_s"] + table.pop("hold_s").fillna(0.0)
    if table["handle_s"].isna().all():
        table["handle_s"] = table["service_s"] + table["wrap_s"]
    for name, *_ in sums:
        if name in table:
            values = table[name].to_numpy()
            columns.refuse_negative(name, values, " s")


def _impossible(columns: Columns, table: pd.DataFrame) -> Problems:
    """Rows that cannot be."""
    half = 0.5  # counts made of rounded shares may be off by it
    tests = [
        (table["answered"] > table["offered"] + half, "answered > offered"),
        (table["abandoned"] > table["offered"] + half, "abandoned > offered"),
        (table["answered"] + table["abandoned"] > table["offered"] + half, "answered + abandoned > offered"),
        (table["answered_in_time"] > table["offered"] + half, "answered in time > offered"),
        (
            (table["answered_in_time"] > table["answered"] + half) & columns.has("answered_in_time"),
            "answered in time > answered",
        ),
        ((table["answered"] > 0) & (table["operators"] == 0), "answered, but no operator on duty"),
        ((table["answered"] > 0) & (table["handle_s"] == 0), "answered, but no handle time"),
        ((table["answered"] == 0) & (table["handle_s"] > 0), "handle time, but nothing answered"),
        (
            table["handle_s"] / table["answered"].where(table["answered"] > 0) > 8 * 3600,
            "a mean handle time above 8 hours",
        ),
    ]
    seen: set[int] = set()
    found = []
    for problem in judged(columns, tests):
        if problem[0] not in seen:  # the first sentence tells enough
            seen.add(problem[0])
            found.append(problem)
    return found


def fold_and_merge(
    table: pd.DataFrame, mapping_of: dict[str, Mapping]
) -> tuple[pd.DataFrame, list[tuple[str, int, str, str]]]:
    """Each interval, queue and type once: repeated hours of autumn marked, parts added, repetitions refused.

    Parameters
    ----------
    table : DataFrame
        INTERVAL_COLUMNS with `_file` and `_line`.

    Returns
    -------
    table, refused
        The table sorted by its keys, and (file, line, reason, text) of the rows refused.
    """
    keys = ["date", "start_s", "length_s", "queue", "type"]
    table, refused = _without_sums(table)
    number = table.groupby([*keys, "_file"], sort=False).cumcount().to_numpy()  # files may overlap
    twice = (number == 1) & autumn_hour(table)
    table = table.assign(fold=np.where(twice, 1, 0))
    number = table.groupby([*keys, "fold"], sort=False).cumcount().to_numpy()
    if not number.any():
        return table.sort_values([*keys, "fold"], kind="stable", ignore_index=True), refused
    adds = table["_file"].map(lambda name: mapping_of[name].duplicates == "add").to_numpy(bool)
    again = (number > 0) & ~adds
    firsts = table[number == 0].set_index([*keys, "fold"])
    numbers = [name for name, kind in INTERVAL_COLUMNS.items() if kind == "float64"]
    for row in np.flatnonzero(again):
        one = table.iloc[row]
        first = firsts.loc[tuple(one[key] for key in (*keys, "fold"))]
        is_same = np.array_equal(one[numbers].to_numpy(float), first[numbers].to_numpy(float), equal_nan=True)
        where = f"line {first['_line']}" + (f" of {first['_file']}" if first["_file"] != one["_file"] else "")
        reason = (
            f"repeats {where}"
            if is_same
            else (
                f"the same interval, queue and type as {where} with other numbers: name the column that "
                'tells them apart, or say duplicates = "add"'
            )
        )
        refused.append((str(one["_file"]), int(one["_line"]), reason, shown([str(one[key]) for key in keys])))
    table = table[~again]
    if adds.any():
        sums = {name: (lambda values: values.sum(min_count=1)) for name in numbers if name != "within_s"}
        table = table.groupby([*keys, "fold"], sort=False, as_index=False).agg(
            {**sums, "within_s": "first", "_file": "first", "_line": "first"}
        )
    return table.sort_values([*keys, "fold"], kind="stable", ignore_index=True), refused


def _without_sums(table: pd.DataFrame) -> tuple[pd.DataFrame, list[tuple[str, int, str, str]]]:
    """Without rows that cover the time of shorter intervals of their queue and type: hours beside half hours."""
    names = ["date", "queue", "type"]
    shortest = table.groupby(names, sort=False)["length_s"].transform("min")
    long = table[table["length_s"] > shortest]
    if long.empty:
        return table, []
    fine = dict(list(table[table["length_s"] == shortest].groupby(names, sort=False)))
    refused, places = [], []
    for place, row in long.iterrows():
        parts = fine[tuple(row[names])]
        inside = parts[parts["start_s"].between(row["start_s"], row["start_s"] + row["length_s"] - 1)]
        if len(inside):
            first = inside.iloc[0]
            where = f"line {first['_line']}" + (f" of {first['_file']}" if first["_file"] != row["_file"] else "")
            reason = f"covers the time of {where}, whose interval is shorter"
            refused.append((str(row["_file"]), int(row["_line"]), reason, shown([str(row[key]) for key in names])))
            places.append(place)
    return table.drop(index=places).reset_index(drop=True), refused


def without_corrected(
    table: pd.DataFrame, mapping_of: dict[str, Mapping]
) -> tuple[pd.DataFrame, list[tuple[str, int, str, str]]]:
    """Of rows for the same interval, queue and type the last one: a report that is added to corrects itself.

    Rows whose mapping adds parts, and those of the hour that the clocks of autumn pass twice, are left as they are.

    Parameters
    ----------
    table : DataFrame
        INTERVAL_COLUMNS with `_file` and `_line`, in the order of reading.

    Returns
    -------
    table, left_out
        The rows that count, and (file, line, reason, text) of the others.
    """
    keys = ["date", "start_s", "length_s", "queue", "type"]
    adds = table["_file"].map(lambda name: mapping_of[name].duplicates == "add").to_numpy(bool)
    is_old = table.duplicated(keys, keep="last").to_numpy() & ~adds & ~autumn_hour(table)
    left_out = []
    if is_old.any():
        lasts = table[~is_old & ~adds].drop_duplicates(keys, keep="last").set_index(keys)
        for row in np.flatnonzero(is_old):
            one = table.iloc[row]
            last = lasts.loc[tuple(one[key] for key in keys)]
            where = f"line {last['_line']}" + (f" of {last['_file']}" if last["_file"] != one["_file"] else "")
            text = shown([str(one[key]) for key in keys])
            left_out.append((str(one["_file"]), int(one["_line"]), f"{CORRECTED}{where}", text))
    return table[~is_old].reset_index(drop=True), left_out


def autumn_hour(table: pd.DataFrame) -> np.ndarray:
    """Rows in the hours that the clocks of Europe and America pass twice: 1 to 3 on a Sunday in October or November."""
    date = table["date"].dt
    is_sunday = (date.weekday == 6) & (((date.month == 10) & (date.day > 24)) | ((date.month == 11) & (date.day < 8)))
    return (is_sunday & table["start_s"].between(3600, 3 * 3600 - 1)).to_numpy()
