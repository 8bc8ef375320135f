"""How a verification is shown: a table for each case, and one line that sums up."""

import math
import sys
import time

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from experiments.verify.case import Case, Row
from experiments.verify.run import CASES, Verification

WIDE = 120
"""[characters] from which definitions are shown, too."""
QUIET_TIME = 2.0
"""[s] that pass without a word about progress."""


class Told:
    """Progress on stderr, for those who wait longer than `QUIET_TIME`."""

    def __init__(self, doing: str = "verifying") -> None:
        self._started = time.monotonic()
        self._is_shown = False
        columns = (TextColumn(doing), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=Console(file=sys.stderr), transient=True)
        self._task = self._progress.add_task(doing, total=None)

    def __enter__(self) -> "Told":
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_shown:
            self._progress.stop()

    def __call__(self, done: int, of: int) -> None:
        """A piece of work is finished."""
        if not self._is_shown and self._progress.console.is_terminal and time.monotonic() - self._started > QUIET_TIME:
            self._progress.start()
            self._is_shown = True
        self._progress.update(self._task, completed=done, total=of)


def show(result: Verification, console: Console) -> None:
    """Tables by case, then how many measures are met."""
    for name in result.cases:
        console.print(_case_table(name, result, console.width >= WIDE))
    console.print(summary(result), style="bold green" if result.is_met else "bold red")


def summary(result: Verification) -> str:
    return (
        f"{result.n_met} of {len(result.rows)} measures within 3 standard errors "
        f"(exact values: to the last printed digit), seed {result.seed}"
    )


def _case_table(name: str, result: Verification, with_definitions: bool) -> Table:
    case = CASES[name]
    rows = [row for row in result.rows if row.case == name]
    is_sampled = isinstance(case, Case)
    title = f"{name} - {case.title}"
    if is_sampled:
        title += f" ({result.replications[name]} replications)"
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("measure", min_width=20)
    with_definitions = with_definitions and is_sampled
    if with_definitions:
        table.add_column("definition", style="dim", ratio=1)
    table.add_column("source")
    for column in ("published", "s.e.", "ours", "s.e.", "z") if is_sampled else ("exact", "ours"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    before = ""
    for row in rows:
        is_new, before = row.measure != before, row.measure
        cells = [row.measure if is_new else ""]
        cells += [row.definition if is_new else ""] if with_definitions else []
        cells += [row.source, *(_sampled(row) if is_sampled else _exact(row))]
        table.add_row(*map(Text, cells), _verdict(row))  # Text: brackets mean nothing in it
    return table


def _verdict(row: Row) -> Text:
    return Text("met", style="green") if row.is_met else Text("NOT MET", style="bold red")


def _sampled(row: Row) -> list[str]:
    assert row.se_ours is not None
    digits = _digits(row.se_ours)
    z = "" if row.z is None else f"{row.z:+.2f}"
    se_published = f"{row.se_published:.{digits}f}" if row.se_published else "0"
    return [f"{row.published:.{digits}f}", se_published, f"{row.ours:.{digits}f}", f"{row.se_ours:.{digits}f}", z]


def _exact(row: Row) -> list[str]:
    if not row.published:
        return ["0", f"{row.ours:.3g}"]
    digits = _digits(row.tolerance or 1.0) - 1
    return [f"{row.published:.{digits}f}", f"{row.ours:.{digits}f}"]


def _digits(error: float) -> int:
    """Decimals that show two digits of an error."""
    return max(1 - math.floor(math.log10(error)), 0) if error > 0 and math.isfinite(error) else 6
