"""A file as a table of texts, each row with its line: nothing is understood yet, and nothing is lost."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from calibration.history.dialect import SEPARATORS, Recognise, find_dialect, heading_line, sample_lines
from calibration.history.files import SIZE_LIMIT, NoHistory, check_encoding, find_encoding, kind_of, open_text
from calibration.history.rows import Gathered, Problems, headings, shown
from calibration.history.tables import Remark
from calibration.history.workbooks import as_text, sheet_names, sheet_rows
from twin.errors import InputError

TEXTS_KEPT = 1000  # problems of a kind whose rows are kept as text
COLUMN_LIMIT = 5_000
_HEAD = 60  # [rows] of a sheet among which the heading is looked for
_TITLE = 1000  # [characters] kept of a line above the heading
_PAGE = 100  # [lines] a row that spans more has a quotation mark that nobody closed


@dataclass(frozen=True)
class RawTable:
    """Rows of a file as text, one Arrow column a heading; all whitespace around cells is gone."""

    file: str
    columns: list[str]
    """Headings; blank ones are named by their place ("column 3"), repeated ones numbered ("Calls (2)")."""
    table: pa.Table
    lines: np.ndarray
    """Line of each row, int64; of a workbook, the row of the sheet."""
    heading_line: int = 1
    n_read: int = 0
    """Rows below the heading, with those in `rejected` and `left_out`."""
    rejected: Problems = field(default_factory=list)
    left_out: Problems = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    sheet: str = ""
    """Of a workbook, its sheet."""
    above: tuple[str, ...] = ()
    """The lines above the heading; cells of a sheet parted by tabs."""

    def column(self, name: str) -> pd.Series:
        """Cells of a heading, as text."""
        return self.table.column(self.columns.index(name)).to_pandas()

    def text(self, row: int) -> str:
        """A row as it may be shown."""
        return shown([str(column[row]) for column in self.table.columns])

    def texts(self, rows: np.ndarray) -> list[str]:
        """Rows as they may be shown; "" beyond the first TEXTS_KEPT."""
        return [self.text(int(row)) if place < TEXTS_KEPT else "" for place, row in enumerate(rows)]

    def without(self, rows: np.ndarray, reasons: Sequence[str], is_rejected: bool) -> "RawTable":
        """The table without these rows (a mask), which are kept account of."""
        numbers = np.flatnonzero(rows)
        if not len(numbers):
            return self
        found = list(zip(self.lines[numbers].tolist(), reasons, self.texts(numbers), strict=True))
        rejected, left_out = (found, []) if is_rejected else ([], found)
        return replace(
            self,
            table=self.table.filter(pa.array(~rows)),
            lines=self.lines[~rows],
            rejected=self.rejected + rejected,
            left_out=self.left_out + left_out,
        )


@dataclass(frozen=True)
class Layout:
    """What a mapping says of the file itself; None is found out."""

    encoding: str | None = None
    separator: str | None = None
    heading_line: int | None = None
    sheet: str | None = None


def read_raw(path: Path, layout: Layout, recognise: Recognise) -> RawTable:
    """Read a file of any known kind.

    Raises
    ------
    InputError
        If it is empty, damaged, too large, or of no known kind.
    """
    kind = kind_of(path)
    if kind == "parquet":
        return _read_parquet(path)
    if kind == "excel":
        sheet = layout.sheet or _best_sheet(path, recognise)
        return replace(_from_rows(path, sheet_rows(path, sheet), layout.heading_line, recognise), sheet=sheet)
    return _read_text(path, layout, recognise)


def _read_text(path: Path, layout: Layout, recognise: Recognise) -> RawTable:
    if layout.encoding:
        check_encoding(path, layout.encoding)
        encoding, how, sureness = layout.encoding, "as the mapping says", "given"
    else:
        encoding, how = find_encoding(path)
        sureness = "likely" if encoding == "cp1252" else "sure"
    with open_text(path, encoding) as text:
        lines = sample_lines(text)
    dialect = find_dialect(lines, recognise, layout.separator, layout.heading_line)
    name = SEPARATORS.get(dialect.separator, repr(dialect.separator))
    remarks = [
        Remark(path.name, "encoding", f"{encoding}: {how}", sureness),  # type: ignore[arg-type]
        Remark(path.name, "separator", f"{name}: {dialect.how}", dialect.sureness),  # type: ignore[arg-type]
    ]
    try:
        raw = _cut_rows(path, encoding, dialect.separator, dialect.heading_line, csv.QUOTE_MINIMAL)
    except _Unclosed as error:
        try:
            raw = _cut_rows(path, encoding, dialect.separator, dialect.heading_line, csv.QUOTE_NONE)
        except _Unclosed as long:
            most = csv.field_size_limit()
            raise InputError(
                f"{path.name}: line {long.line} has a cell of more than {most:,} characters, must have none"
            ) from None
        sentence = f"line {error.line} opens a quotation mark that is not closed; all are taken as plain characters"
        remarks.append(Remark(path.name, "quotation marks", sentence, "likely"))
    raw.remarks.extend(remarks)
    if not any(line.strip(" \t;,|") for line in lines):
        raise NoHistory(f"{path.name}: its first {len(lines)} lines are blank, must hold a heading and rows")
    if dialect.heading_line > 1:
        sentence = f"the heading is line {dialect.heading_line}; the lines above it are titles"
        raw.remarks.append(Remark(path.name, "heading", sentence))
    return raw


class _Unclosed(Exception):
    def __init__(self, line: int):
        self.line = line


def _cut_rows(path: Path, encoding: str, separator: str, heading: int, quoting: Any) -> RawTable:
    with open_text(path, encoding) as text:
        above = tuple(text.readline()[:_TITLE].strip() for _ in range(heading - 1))
        reader = csv.reader(text, delimiter=separator, quoting=quoting)
        rows = _counted(reader, heading - 1)
        first = next(rows, None)
        if first is None:
            raise InputError(f"{path.name}: has no line {heading} for a heading, must hold a heading and rows")
        names = headings([cell.strip().strip('"') for cell in first[1]])
        _check_width(path, names)
        return _gather(path, names, first[0], rows, above)


def _counted(reader: Any, before: int) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line on which each begins."""
    line = 0
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise _Unclosed(line + 1 + before) from None
        if reader.line_num - line > _PAGE:
            raise _Unclosed(line + 1 + before)
        yield line + 1 + before, row
        line = reader.line_num


def _check_width(path: Path, names: Sequence[str]) -> None:
    if len(names) > COLUMN_LIMIT:
        raise InputError(f"{path.name}: has {len(names)} columns, must have at most {COLUMN_LIMIT}")


def _gather(
    path: Path, names: list[str], heading: int, rows: Iterator[tuple[int, list[str]]], above: tuple[str, ...] = ()
) -> RawTable:
    """Rows into Arrow columns; blank rows, repeated headings and rows of another width are set aside."""
    titles = [text for line in above if (text := line.strip(' ;,|\t"'))]
    gathered, n_read = Gathered(names, titles[-1] if titles else ""), 0
    for line, cells in rows:
        n_read += 1
        gathered.add(line, cells)
    table = gathered.table()
    return RawTable(
        path.name,
        list(table.column_names),
        table,
        np.array(gathered.lines, dtype="int64"),
        heading,
        n_read,
        gathered.rejected,
        gathered.left_out,
        above=above,
    )


def _read_parquet(path: Path) -> RawTable:
    try:
        with pq.ParquetFile(path) as file:
            size = sum(file.metadata.row_group(group).total_byte_size for group in range(file.num_row_groups))
            if size > SIZE_LIMIT:
                raise InputError(f"{path.name}: holds {size / 1e9:.1f} GB, must be below {SIZE_LIMIT / 1e9:g} GB")
            table = file.read()
            names = headings(table.column_names)
            columns = [pa.array([as_text(value) for value in column.to_pylist()], pa.string()) for column in table]
    except (pa.ArrowException, OSError, ValueError, OverflowError, UnicodeError) as error:
        first = str(error).splitlines()[0][:150] if str(error) else type(error).__name__
        raise InputError(f"{path.name}: is not a readable Parquet file ({first})") from None
    if len(names) != len(columns):
        raise InputError(f"{path.name}: has columns without a name, each must have one")
    kept = pa.Table.from_arrays(columns, names=names)
    lines = np.arange(1, table.num_rows + 1, dtype="int64")
    remark = Remark(path.name, "lines", "a Parquet file has no lines: its rows are counted, the first one is 1")
    return RawTable(path.name, names, kept, lines, 0, table.num_rows, remarks=[remark])


def _best_sheet(path: Path, recognise: Recognise) -> str:
    """The first of the sheets of which most headings are known: a cover or notes may come before the data."""
    names = sheet_names(path)
    if len(names) == 1:
        return names[0]
    known = []
    for name in names:
        start = [cells for _, (_, cells) in zip(range(_HEAD), sheet_rows(path, name), strict=False)]
        known.append(max(map(recognise, start), default=0))
    return names[known.index(max(known))]


def _from_rows(
    path: Path, rows: Iterator[tuple[int, list[str]]], heading: int | None, recognise: Recognise
) -> RawTable:
    """Rows of a sheet; the heading is looked for among the first ones."""
    start = [row for _, row in zip(range(_HEAD), rows, strict=False)]
    if not any(any(cells) for _, cells in start):
        raise InputError(f"{path.name}: the sheet is empty, must hold a heading and rows")
    line = heading or heading_line([cells for _, cells in start], recognise)
    if line > len(start):
        raise InputError(f"{path.name}: has no line {line} for a heading")
    names = headings(start[line - 1][1])
    _check_width(path, names)

    def remaining() -> Iterator[tuple[int, list[str]]]:
        yield from start[line:]
        yield from rows

    above = tuple("\t".join(cells)[:_TITLE].strip() for _, cells in start[: line - 1])
    raw = _gather(path, names, line, remaining(), above)
    if line > 1:
        raw.remarks.append(Remark(path.name, "heading", f"the heading is row {line}; the rows above it are titles"))
    return raw
