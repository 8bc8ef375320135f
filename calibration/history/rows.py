"""Rows of a file as they come: those that hold cells, and what is set aside by its line."""

from collections.abc import Sequence

import pyarrow as pa

from calibration.history.dates import dates_within
from calibration.history.workbooks import encodable

Problems = list[tuple[int, str, str]]
"""(line, reason, text of the row)."""
CHUNK = 50_000  # [rows] turned into Arrow columns at a time
TEXT_LENGTH = 200  # [characters] of a row shown with its problem
BLOCK = "title of the block"
"""Heading of the column that holds the titles of a file's blocks of rows, each under its own heading."""


def shown(cells: Sequence[str]) -> str:
    """A row of cells cut to TEXT_LENGTH, without control characters."""
    text = " | ".join(cells)[: TEXT_LENGTH * 2]
    return "".join(char if char.isprintable() else " " for char in text)[:TEXT_LENGTH]


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


_TOTAL_WORDS = ("total", "grand total", "totale", "totali", "somma", "sum", "subtotal", "sub total", "summary", "media",
                "average", "avg", "mean", "parziale", "riepilogo", "all", "tutti", "tutte", "overall", "complessivo",
                "totale generale", "totals", "average total", "totale complessivo")  # fmt: skip
_MEANS = ("somma", "sum", "summary", "media", "average", "avg", "mean")  # names of queues, too


def is_total(cells: Sequence[str]) -> bool:
    """Whether a row sums up others: its first cell that is not blank says so."""
    first = next((cell for cell in cells if cell), "").strip(" :*").casefold()
    return first in _TOTAL_WORDS or first.startswith(("totale ", "total ", "grand total", "somma "))


def total_names(names: Sequence[str]) -> set[str]:
    """Names of a column that stand for the sum of others, "Totale" or "Sales Total"; none if there is no other."""
    known = {name.casefold() for name in names}
    found = {name for name in names if _is_sum_of(name.casefold().strip(" :*"), known)}
    return found if found < {name for name in names if name} else set()


def _is_sum_of(name: str, known: set[str]) -> bool:
    if name in _TOTAL_WORDS:
        return name not in _MEANS
    first, _, rest = name.partition(" ")
    start, _, last = name.rpartition(" ")
    return (first in ("totale", "total") and rest in known) or (last in ("totale", "total") and start in known)


class Gathered:
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


def _arrow(rows: list[list[str]], kinds: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(kinds)
    return pa.Table.from_arrays([_texts(column) for column in columns], schema=kinds)


def _texts(cells: Sequence[str]) -> pa.Array:
    try:
        return pa.array(cells, pa.string())
    except (UnicodeEncodeError, pa.ArrowException):
        return pa.array([encodable(cell) for cell in cells], pa.string())
