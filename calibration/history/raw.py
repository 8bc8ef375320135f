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

from calibration.history.dates import dates_within
from calibration.history.dialect import SEPARATORS, Recognise, find_dialect, heading_line, sample_lines
from calibration.history.files import SIZE_LIMIT, NoHistory, check_encoding, find_encoding, kind_of, open_text
from calibration.history.tables import Remark
from calibration.history.workbooks import as_text, encodable, sheet_names, sheet_rows
from twin.errors import InputError

Problems = list[tuple[int, str, str]]
"""(line, reason, text of the row)."""
CHUNK = 50_000  # [rows] turned into Arrow columns at a time
TEXTS_KEPT = 1000  # problems of a kind whose rows are kept as text
TEXT_LENGTH = 200  # [characters] of a row shown with its problem
COLUMN_LIMIT = 5_000
_HEAD = 60  # [rows] of a sheet among which the heading is looked for
BLOCK = "title of the block"
"""Heading of the column that holds the titles of a file's blocks of rows, each under its own heading."""
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


def shown(cells: Sequence[str]) -> str:
    """A row of cells cut to TEXT_LENGTH, without control characters."""
    text = " | ".join(cells)[: TEXT_LENGTH * 2]
    return "".join(char if char.isprintable() else " " for char in text)[:TEXT_LENGTH]


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


def headings(cells: Sequence[str]) -> list[str]:
    """Headings without blanks and repetitions; blank ones at the end are dropped."""
    kept = [" ".join(str(cell).replace("\ufeff", "").split()) for cell in cells]
    while kept and not kept[-1]:
        kept.pop()
    names: dict[str, None] = {}
    numbers: dict[str, int] = {}
    for place, cell in enumerate(kept, 1):
        name, number = cell or f"column {place}", numbers.get(cell, 2)
        while name in names:
            name, number = f"{cell} ({number})", number + 1
        numbers[cell] = number
        names[name] = None
    return list(names)


class _Gathered:
    """Rows of a file as they come: those that hold cells, and blank ones, repeated headings, rows of another width."""

    def __init__(self, names: list[str], title: str):
        self.names, self.title = names, title
        self.kinds = pa.schema([(name, pa.string()) for name in names])
        self.rejected: Problems = []
        self.left_out: Problems = []
        self.lines: list[int] = []
        self.titles: list[str] = []
        self.chunk: list[list[str]] = []
        self.tables: list[pa.Table] = []
        self.before: tuple[int, list[str]] = (0, [])

    def add(self, line: int, cells: list[str]) -> None:
        """Take a row."""
        width = len(self.names)
        row = [cell.strip() for cell in cells]
        if not any(row):
            self.left_out.append((line, "blank line", ""))
            return
        if len(row) > width and not any(row[width:]):
            row = row[:width]
        if row[0] == self.names[0] and headings(row) == self.names:
            self.left_out.append((line, "the heading again", shown(row)))
            self.begin_block()
        elif len(row) != width:
            reason = f"has {len(row)} cells, the heading has {width}"
            out = is_total(row)
            (self.left_out if out else self.rejected).append((line, "a total" if out else reason, shown(row)))
        else:
            self.chunk.append(row)
            self.lines.append(line)
            self.titles.append(self.title)
        self.before = (line, row)
        if len(self.chunk) >= CHUNK:
            self.flush()

    def begin_block(self) -> None:
        """The heading stands there again: a row before it with a single cell is the title of the rows that follow."""
        line, row = self.before
        if not row or not row[0] or any(row[1:]):
            return
        if self.chunk and self.lines[-1] == line:
            for rows in (self.chunk, self.lines, self.titles):
                rows.pop()
        elif self.rejected and self.rejected[-1][0] == line:
            self.rejected.pop()
        else:
            return
        self.left_out.append((line, "a title", shown(row)))
        self.title = row[0]

    def flush(self) -> None:
        """Turn the rows gathered into Arrow columns."""
        self.tables.append(_arrow(self.chunk, self.kinds))
        self.chunk = []

    def table(self) -> pa.Table:
        """All rows; with a column of titles where blocks of rows have different ones."""
        self.flush()
        table = pa.concat_tables(self.tables)
        if len(set(self.titles)) > 1 and BLOCK not in self.names:
            names = {text: _block_name(text) for text in set(self.titles)}
            table = table.append_column(BLOCK, _texts([names[text] for text in self.titles]))
        return table


def _block_name(title: str) -> str:
    """The date within a title, or what it says: "Coda: Guasti" is Guasti."""
    dates = dates_within(title)
    return dates[0] if len(dates) == 1 else title.partition(":")[2].strip() or title


def _gather(
    path: Path, names: list[str], heading: int, rows: Iterator[tuple[int, list[str]]], above: tuple[str, ...] = ()
) -> RawTable:
    """Rows into Arrow columns; blank rows, repeated headings and rows of another width are set aside."""
    titles = [text for line in above if (text := line.strip(" ;,|\t\""))]
    gathered, n_read = _Gathered(names, titles[-1] if titles else ""), 0
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


def _arrow(rows: list[list[str]], kinds: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(kinds)
    return pa.Table.from_arrays([_texts(column) for column in columns], schema=kinds)


def _texts(cells: Sequence[str]) -> pa.Array:
    try:
        return pa.array(cells, pa.string())
    except (UnicodeEncodeError, pa.ArrowException):
        return pa.array([encodable(cell) for cell in cells], pa.string())


_TOTAL_WORDS = ("total", "grand total", "totale", "totali", "somma", "sum", "subtotal", "sub total", "summary", "media",
                "average", "avg", "mean", "parziale", "riepilogo", "all", "tutti", "tutte", "overall", "complessivo",
                "totale generale", "totals", "average total", "totale complessivo")  # fmt: skip
_MEANS = ("somma", "sum", "summary", "media", "average", "avg", "mean")  # names of queues, too


def is_total(cells: Sequence[str]) -> bool:
    """Whether a row sums up others: its first cell that is not blank says so."""
    first = next((cell for cell in cells if cell), "").strip(" :*").casefold()
    return first in _TOTAL_WORDS or first.startswith(("totale ", "total ", "grand total", "somma "))


def total_names(names: Sequence[str]) -> set[str]:
    """Those of a column's names that stand for the sum of others: "Totale", "Sales Total"; none if there is no other."""
    known = {name.casefold() for name in names}
    found = {name for name in names if _is_sum_of(name.casefold().strip(" :*"), known)}
    return found if found < {name for name in names if name} else set()


def _is_sum_of(name: str, known: set[str]) -> bool:
    if name in _TOTAL_WORDS:
        return name not in _MEANS
    first, _, rest = name.partition(" ")
    start, _, last = name.rpartition(" ")
    return (first in ("totale", "total") and rest in known) or (last in ("totale", "total") and start in known)


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
