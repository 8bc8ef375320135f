"""Files in, one History out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from calibration.history.calls_in import Read, read_calls
from calibration.history.convert import Columns, check_headings, fill_down, leave_out, with_constants
from calibration.history.files import NoHistory, find_files, passed_over
from calibration.history.gaps import find_gaps
from calibration.history.guess import guess, guess_remarks, recognised
from calibration.history.intervals_in import fold_and_merge, long_mapping, read_intervals, unfold, without_corrected
from calibration.history.mapping import Mapping, load_mappings
from calibration.history.months_in import months_merged, read_months
from calibration.history.outliers import find_outliers
from calibration.history.raw import TEXTS_KEPT, Layout, RawTable, read_raw
from calibration.history.rows import shown, total_names
from calibration.history.tables import CALL_COLUMNS, PROBLEM_COLUMNS, History, Quality, Remark
from calibration.history.workbooks import sheet_names, sheets
from twin.errors import InputError

_READERS = {"calls": read_calls, "intervals": read_intervals, "months": read_months}
Refused = list[tuple[str, int, str, str]]


@dataclass(frozen=True)
class Reading:
    """A history, and the mapping of each file that was read."""

    history: History
    mappings: dict[str, Mapping]
    """By name of file."""


@dataclass
class _Account:
    """What became of the rows of all files."""

    rejected: Refused = field(default_factory=list)
    left_out: Refused = field(default_factory=list)
    impossible: Refused = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    n_read: int = 0

    def add(self, done: "_Done") -> None:
        file = done.raw.file
        self.rejected += [(file, *problem) for problem in done.read.raw.rejected]
        self.left_out += [(file, *problem) for problem in done.read.raw.left_out]
        self.impossible += [(file, *problem) for problem in done.read.impossible]
        self.remarks += [*done.raw.remarks, *done.columns.remarks]
        self.n_read += done.raw.n_read


def read_history(
    paths: str | Path | Sequence[str | Path],
    mapping: str | Path | Mapping | Sequence[str | Path | Mapping] | None = None,
) -> History:
    """Read logs and reports.

    Parameters
    ----------
    paths : path or list of paths
        Files (CSV, gzip CSV, Parquet, Excel), or a folder of them.
    mapping : name, path or Mapping, or a list of them, optional
        Shipped ones by name; each file takes the first one that is for its name. Guessed unless given.

    Raises
    ------
    InputError
        If a file cannot be read, a mapping is wrong, or nothing in the files is understood. One sentence each.
    """
    return read_files(paths, mapping).history


def read_files(
    paths: str | Path | Sequence[str | Path],
    mapping: str | Path | Mapping | Sequence[str | Path | Mapping] | None = None,
    later_counts: bool = False,
) -> Reading:
    """As `read_history`, with the mappings used.

    Parameters
    ----------
    later_counts : bool
        Of rows for the same interval the last one counts, as in a report that grows; else they contradict each other,
        and all but the first are refused.
    """
    given = load_mappings(mapping)
    found, is_folder = find_files(paths)
    account = _Account()
    done: dict[str, _Done] = {}
    used: dict[str, Mapping] = {}
    if over := passed_over(paths):
        names = ", ".join(path.name + "/" * path.is_dir() for path in over[:20]) + (" ..." if len(over) > 20 else "")
        sentence = f"folders, or files that end otherwise than history does ({len(over)}): {names}"
        account.remarks.append(Remark("", "not read", sentence, "likely"))
    for path, label in _labelled(found).items():
        fitting = [one for one in given if one.is_for(path.name)]
        if given and not fitting:
            account.remarks.append(Remark(label, "not read", "no mapping is for a file of this name", "given"))
            continue
        read = _read_one(path, label, fitting, is_skipping=is_folder)
        if isinstance(read, Remark):
            account.remarks.append(read)
            continue
        done[label] = read
        used[label] = read.mapping
        more, remarks = _other_sheets(path, read)
        done |= more
        account.remarks += remarks
    tables: dict[str, list[pd.DataFrame]] = {"calls": [], "intervals": [], "months": []}
    for label, read in _alike(done).items():
        account.add(read)
        tables[read.mapping.kind].append(read.read.table.assign(_file=label))
    if not used:
        names = ", ".join(remark.file for remark in account.remarks[:5])
        raise InputError(
            f"history: none of the files ({names}) is understood, name their columns in a mapping (--mapping)"
        )
    mapping_of = {label: read.mapping for label, read in done.items()}
    return Reading(_whole(tables, account, mapping_of, later_counts), used)


@dataclass(frozen=True)
class _Done:
    """One file, read."""

    raw: RawTable
    mapping: Mapping
    columns: Columns
    read: Read


def _labelled(paths: list[Path]) -> dict[Path, str]:
    """Each file's name; with the folder before it where two files have the same name."""
    names = [path.name for path in paths]
    labels = [
        path.name if names.count(path.name) == 1 else f"{path.resolve().parent.name}_{path.name}" for path in paths
    ]
    return {
        path: label if labels.count(label) == 1 else f"{place}_{label}"
        for place, (path, label) in enumerate(zip(paths, labels, strict=True), 1)
    }


def _read_one(path: Path, label: str, given: list[Mapping], is_skipping: bool) -> _Done | Remark:
    """One file by the first mapping whose columns it has, or by a guess."""
    layout = Layout()
    if given:
        said = given[0].file
        layout = Layout(said.encoding, said.separator, said.heading_line, said.sheet)
    wanted = {name for one in given for name in one.headings()}
    try:
        raw = read_raw(path, layout, lambda names: len(wanted & set(names)) if wanted else recognised(names))
    except NoHistory as error:
        if is_skipping:
            return Remark(label, "not read", str(error).removeprefix(f"{path.name}: "), "likely")
        raise
    raw = replace(raw, file=label, remarks=[replace(remark, file=label) for remark in raw.remarks])
    if given:
        chosen = next((one for one in given if set(one.headings()) <= set(raw.columns)), given[0])
        check_headings(raw, chosen)
    else:
        guessed = guess(raw)
        if guessed is None:
            headings = ", ".join(shown([name]) for name in raw.columns[:20])
            sentence = f"the headings do not tell what it is ({headings}), name its columns in a mapping (--mapping)"
            if is_skipping:
                return Remark(label, "not read", sentence, "guess")
            raise InputError(f"{label}: {sentence}")
        chosen = guessed
        raw.remarks.extend(guess_remarks(raw, chosen))
    if not raw.n_read:
        raw.remarks.append(Remark(label, "rows", "there is none below the heading", "likely"))
    raw = fill_down(leave_out(unfold(raw, chosen), chosen), chosen)
    return _converted(raw, chosen, chosen)


def _other_sheets(path: Path, first: _Done) -> tuple[dict[str, _Done], list[Remark]]:
    """Sheets of a workbook that hold the same headings as the one read, and which were not read; none if one is named.

    Each sheet's rows are named by a file such as "report.xlsx [March]".
    """
    if first.mapping.file.sheet or not first.raw.sheet:
        return {}, []
    done: dict[str, _Done] = {}
    others, bad = [], []
    wanted = set(first.mapping.headings())
    for name in sheet_names(path):
        if name == first.raw.sheet:
            continue
        try:
            raw = read_raw(path, Layout(sheet=name), partial(_n_within, wanted))
        except InputError as error:  # an empty sheet, mostly
            bad.append(f"{name}: {str(error).removeprefix(f'{path.name}: ')}")
            continue
        if wanted <= set(raw.columns):
            label = f"{first.raw.file} [{name}]"
            raw = replace(raw, file=label, remarks=[replace(remark, file=label) for remark in raw.remarks])
            raw = fill_down(leave_out(unfold(raw, first.mapping), first.mapping), first.mapping)
            done[label] = _converted(raw, first.mapping, first.mapping)
        else:
            others.append(name)
    remarks = []
    if done and first.mapping.kind == "intervals" and not first.columns.has("queue"):
        every = {first.raw.file: first, **done}
        times = pd.concat([one.read.table[["date", "start_s"]].drop_duplicates() for one in every.values()])
        if times.duplicated().any():
            sums = total_names([one.raw.sheet for one in every.values()])
            done = {label: _as_queue(one, one.raw.sheet in sums) for label, one in every.items()}
            remarks.append(Remark(first.raw.file, "sheets", "hold the same times: each is taken as a queue", "guess"))
    read = [first.raw.sheet, *(one.raw.sheet for one in done.values())]
    return done, remarks + [
        Remark(first.raw.file, "sheets", *said) for said in _sheets_said(path, list(dict.fromkeys(read)), others, bad)
    ]


def _sheets_said(
    path: Path, read: list[str], others: list[str], bad: list[str]
) -> Iterator[tuple[str, Literal["likely", "guess"]]]:
    """What was done with each sheet of a workbook; nothing where there is but one."""
    shown, hidden = sheets(path)
    if len(shown) + len(hidden) > 1:
        yield f"read: {', '.join(read)}", "likely"
    if others:
        yield f"not read, for its headings are others: {', '.join(others)}; name one in a mapping (file.sheet)", "guess"
    for sentence in bad:
        yield f"not read: {sentence}", "likely"
    if hidden and shown:
        named = ", ".join(hidden)
        yield f"not read, for it is hidden: {named}; show it, or name one in a mapping (file.sheet)", "guess"
    elif hidden:
        yield "all are hidden, and are read all the same", "guess"


def _n_within(wanted: set[str], names: Sequence[str]) -> int:
    return len(wanted & set(names))


def _as_queue(one: _Done, is_total: bool) -> _Done:
    """A sheet of intervals, all of the queue that it is named after; none if it is the sum of the others."""
    raw = one.raw
    if is_total:
        rows = np.ones(len(raw.lines), bool)
        raw = raw.without(rows, ["a total"] * len(rows), is_rejected=False)
    mapping = one.mapping.model_copy(update={"fixed": {**one.mapping.fixed, "queue": raw.sheet}})
    return _converted(raw, mapping, mapping)


def _converted(raw: RawTable, shown: Mapping, used: Mapping) -> _Done:
    """`shown` is what the user sees, `used` may hold what other files have told."""
    columns = Columns(*with_constants(raw, long_mapping(used)))
    return _Done(raw, shown, columns, _READERS[used.kind](columns))


def _alike(done: dict[str, _Done]) -> dict[str, _Done]:
    """Files that do not tell their decimal sign or order of dates are read as those of their kind that are sure."""
    result = {}
    for label, one in done.items():
        told = {key: _sure(key, one, list(done.values())) for key in ("decimal", "order")}
        told = {key: value for key, value in told.items() if value is not None}
        if not told:
            result[label] = one
            continue
        mapping = one.mapping
        if "decimal" in told:
            mapping = mapping.model_copy(update={"file": mapping.file.model_copy(update={"decimal": told["decimal"]})})
        if "order" in told:
            mapping = mapping.model_copy(update={"dates": mapping.dates.model_copy(update={"order": told["order"]})})
        again = _converted(one.raw, one.mapping, mapping)
        for key, value in told.items():
            again.columns.remark(key, f"{value}, as in the other files, which are sure of it", "likely")
        result[label] = again
    return result


def _sure(key: str, one: _Done, others: list[_Done]) -> str | None:
    """What sure files of the same kind and headings say, if this one is unsure and says otherwise."""
    value, sureness = one.columns.conventions.get(key, ("", "sure"))
    if sureness == "sure":
        return None
    found = {
        other.columns.conventions[key][0]
        for other in others
        if other.raw.columns == one.raw.columns and other.columns.conventions.get(key, ("", ""))[1] == "sure"
    }
    return found.pop() if len(found) == 1 and found != {value} else None


def _whole(
    tables: dict[str, list[pd.DataFrame]], account: _Account, used: dict[str, Mapping], later_counts: bool
) -> History:
    """The tables of all files together, sorted and without repetitions."""
    calls, intervals, months = (pd.concat(parts, ignore_index=True) if parts else None for parts in tables.values())
    if calls is not None:
        calls, refused = _calls_merged(calls)
        account.rejected += refused
    if intervals is not None:
        if later_counts:
            intervals, left_out = without_corrected(intervals, used)
            account.left_out += left_out
        intervals, refused = fold_and_merge(intervals, used)
        account.rejected += refused
        _remark_folds(intervals, account)
    if months is not None:
        months, refused = months_merged(months)
        account.rejected += refused
    calls, intervals, months = (_plain(table) for table in (calls, intervals, months))
    quality = Quality(
        n_read=account.n_read,
        n_kept=account.n_read - len(account.rejected) - len(account.left_out),
        rejected=_problems(account.rejected),
        left_out=_problems(account.left_out),
        impossible=_problems(account.impossible),
        gaps=find_gaps(calls, intervals, months),
        outliers=find_outliers(calls, intervals),
        remarks=tuple(account.remarks),
    )
    return History(calls, intervals, months, quality)


def _plain(table: pd.DataFrame | None) -> pd.DataFrame | None:
    """Without the columns that only the reader needs."""
    if table is None:
        return None
    return table.drop(columns=[name for name in table if str(name).startswith("_")])


def _calls_merged(calls: pd.DataFrame) -> tuple[pd.DataFrame, Refused]:
    """Sorted by date and instant; a call whose own number was read before is refused."""
    known = calls["_contact"] != ""
    keys = ["_contact", "date", "at_s", "queue"]
    again = (calls.duplicated(keys) & known).to_numpy()
    twice = _overlapping(calls) & ~known.to_numpy()
    refused: Refused = []
    for row in np.flatnonzero(again | twice):
        of = f"call {calls['_contact'].iloc[row]}" if again[row] else "a call of another file, as most of its date do"
        refused.append((str(calls["_file"].iloc[row]), int(calls["_line"].iloc[row]), f"repeats {of}", ""))
    again |= twice
    return calls[~again].sort_values(["date", "at_s"], kind="stable", ignore_index=True), refused


def _overlapping(calls: pd.DataFrame) -> np.ndarray:
    """Calls that an earlier file holds, too, alike in every column, if most of the date's calls of either file are."""
    if calls["_file"].nunique() < 2:
        return np.zeros(len(calls), bool)
    rows = calls[list(CALL_COLUMNS)].fillna(-1.0)
    rows["_number"] = rows.assign(_file=calls["_file"]).groupby([*rows, "_file"], sort=False).cumcount()
    is_shared = rows.duplicated(keep=False)
    share = is_shared.groupby([calls["_file"], calls["date"]]).transform("mean")
    most = share.groupby([rows[name] for name in rows], sort=False).transform("max")
    return (rows.duplicated() & (most > 0.5)).to_numpy()


def _remark_folds(intervals: pd.DataFrame, account: _Account) -> None:
    for date in intervals.loc[intervals["fold"] == 1, "date"].unique():
        sentence = (
            f"{pd.Timestamp(date):%Y-%m-%d} holds an hour twice: the clocks went back (fold 1 is the second time)"
        )
        account.remarks.append(Remark("", "clock changes", sentence, "likely"))


def _problems(found: Refused) -> pd.DataFrame:
    rows = [
        (file, line, reason, text if place < TEXTS_KEPT else "")
        for place, (file, line, reason, text) in enumerate(found)
    ]
    return pd.DataFrame(rows, columns=list(PROBLEM_COLUMNS)).astype(PROBLEM_COLUMNS)
