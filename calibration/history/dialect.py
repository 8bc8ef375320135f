"""How a text file is laid out: the separator, and the line of the heading."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
SAMPLE_LINES = 60
_EXCEL_HINT = re.compile(r"^\ufeff?sep=(.)\s*$", re.IGNORECASE)

Recognise = Callable[[Sequence[str]], int]
"""How many of these headings mean something to us."""


@dataclass(frozen=True)
class Dialect:
    """Layout of a text file."""

    separator: str
    heading_line: int
    """The first line is 1."""
    how: str
    sureness: str


def sample_lines(text: IO[str]) -> list[str]:
    """The first lines, each cut to a sane length, without their ends."""
    return [line[:100_000].rstrip("\r\n") for line in islice(text, SAMPLE_LINES)]


def find_dialect(lines: Sequence[str], recognise: Recognise, separator: str | None, heading: int | None) -> Dialect:
    """Separator and heading line that make most headings known, then most rows alike.

    Parameters
    ----------
    separator, heading
        As the mapping gives them; None to find them.
    """
    if lines and (hint := _EXCEL_HINT.match(lines[0])):
        separator = separator or hint[1]
    candidates = [separator] if separator else list(SEPARATORS)
    scored: list[tuple[int, float, int, str, int]] = []
    for candidate in candidates:
        rows = [cut(line, candidate) for line in lines]
        line = heading or heading_line(rows, recognise)
        names = rows[line - 1] if line <= len(rows) else []
        scored.append((recognise(names), _alike(rows[line:], len(names)), -len(scored), candidate, line))
    known, alike, _, chosen, line = max(scored)
    if separator:
        return Dialect(chosen, line, "as the file or the mapping says", "given")
    others = [score for score in scored if score[3] != chosen and score[:2] == (known, alike) and alike > 0]
    how = f"{known} headings known, {alike:.0%} of the sampled rows have as many cells as the heading"
    return Dialect(chosen, line, how, "guess" if others else "sure" if known > 1 and alike > 0.9 else "likely")


def cut(line: str, separator: str) -> list[str]:
    """Cells of one line."""
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return line.split(separator)


def heading_line(rows: Sequence[Sequence[str]], recognise: Recognise) -> int:
    """The first of the lines with most known headings; of none, the first with as many cells as most lines have."""
    known = [recognise(row) for row in rows]
    if known and max(known) > 0:
        return known.index(max(known)) + 1
    widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
    usual = max(widths, key=lambda width: (widths[width], width), default=1)
    return next((number for number, row in enumerate(rows, 1) if len(row) == usual), 1)


def _alike(rows: Sequence[Sequence[str]], width: int) -> float:
    """Share of the rows (blank ones aside) with as many cells as the heading, if these are more than one."""
    widths = [len(row) for row in rows if any(cell.strip() for cell in row)]
    return widths.count(width) / len(widths) if widths and width > 1 else 0.0
