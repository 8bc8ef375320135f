"""The terminal: tables as wide as it is, or as a file bears; progress on stderr."""

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

PIPED_WIDTH = 140  # [characters] of tables that go to a file or another program


def wide_console(width: int = PIPED_WIDTH) -> Console:
    """Plain words as wide as the terminal, or `width` characters where there is none."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = width
    return console


def titled_table(
    title: str, *headers: str, n_names: int = 1, is_narrow: bool = False, width: int | None = None
) -> Table:
    """A table under a bold title: columns of names to the left, those of numbers behind them to the right."""
    table = Table(
        title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False,
        padding=(0, 1, 0, 0) if is_narrow else (0, 1), width=width,
    )  # fmt: skip
    for place, header in enumerate(headers):
        table.add_column(header, justify="left" if place < n_names else "right", no_wrap=True)
    return table


def as_argument(path: str | os.PathLike[str]) -> str:
    """A path in a command to be copied: in quotes where a shell would take it apart."""
    text = os.fspath(path)
    return f'"{text}"' if re.search(r"[\s&|;<>()'*?]", text) else text


def progress(unit: str = "runs") -> Progress:
    """A bar on stderr that leaves nothing behind; none where stderr is no terminal."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn(unit),
        TimeElapsedColumn(), TimeRemainingColumn(),
        console=Console(stderr=True, highlight=False), transient=True, disable=not sys.stderr.isatty(),
    )  # fmt: skip


@contextmanager
def counting(title: str, n: int | None = None, unit: str = "runs") -> Iterator[Callable[[int, int], None]]:
    """One such bar: gives the function that is told how many are done, of how many."""
    with progress(unit) as bars:
        bar = bars.add_task(title, total=n)
        yield lambda done, total: bars.update(bar, completed=done, total=total)
