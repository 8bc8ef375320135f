"""How a check is shown: a table of the figures, and one line that sums up; the same as JSON."""

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments.check.figure import FIGURES, Figure
from experiments.check.run import AS_EXPECTED, ELSEWHERE, MET, NOT_AS_EXPECTED, NOT_MET, Row, where
from twin.scenario.files import library_names

STYLES = {MET: "green", NOT_MET: "bold red", ELSEWHERE: "dim", AS_EXPECTED: "green", NOT_AS_EXPECTED: "yellow"}


def show(rows: Sequence[Row], title: str, console: Console) -> None:
    """The figures of the scenario first, then where the others belong."""
    table = _table("id", "figure", "wanted", "found", "verdict", title=title)
    for row in sorted(rows, key=lambda row: row.verdict == ELSEWHERE):
        verdict = f"{row.verdict}: {row.reason}" if row.reason else row.verdict
        table.add_row(
            row.figure.id, row.figure.figure, wanted(row.figure), found(row), Text(verdict, STYLES[row.verdict])
        )
    console.print(table)
    console.print(summary(rows), style="bold red" if any(row.is_failure for row in rows) else "bold green")


def show_all(console: Console) -> None:
    """All figures, and where each can be checked."""
    table = _table("id", "figure", "wanted", "mark", "where")
    for figure in FIGURES:
        missing = "" if figure.is_measured else f"; not measured yet ({figure.measure})"
        cells = (figure.id, figure.figure, wanted(figure), figure.mark, where(figure) + missing)
        table.add_row(*map(Text, cells))
    console.print(table)
    there = sorted({name for figure in FIGURES for name in figure.scenarios} & set(library_names()))
    console.print(f"Check one of them: twin check {' | '.join(there)}")


def all_as_dict() -> dict[str, Any]:
    """All figures, for `--json`."""
    return {
        "figures": [
            {
                "id": figure.id,
                "figure": figure.figure,
                "wanted": wanted(figure),
                "mark": figure.mark,
                "scenarios": list(figure.scenarios),
                "is_measured": figure.is_measured,
            }
            for figure in FIGURES
        ]
    }


def _table(*columns: str, title: str | None = None) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, no_wrap=column == "id", justify="right" if column == "found" else "left")
    return table


def summary(rows: Sequence[Row]) -> str:
    """How many figures are met, and how many are as expected."""
    fixed = [row for row in rows if row.verdict in (MET, NOT_MET)]
    said = f"{sum(row.verdict == MET for row in fixed)} of {len(fixed)} figures of the documents met"
    expected = [row for row in rows if row.verdict in (AS_EXPECTED, NOT_AS_EXPECTED)]
    if expected:
        said += f", {sum(row.verdict == AS_EXPECTED for row in expected)} of {len(expected)} as expected"
    return said


def wanted(figure: Figure) -> str:
    """The criterion in words."""
    if figure.exactly is not None:
        return _told(figure.exactly, figure)
    if figure.between is not None:
        return " to ".join(_told(limit, figure) for limit in figure.between)
    if figure.above is not None:
        return f"above {_told(figure.above, figure)}"
    return f"below {_told(figure.below, figure)}"


def found(row: Row) -> str:
    """The value with the half-width of its interval."""
    if row.found is None or row.found != row.found:
        return "-"
    told = _told(row.found, row.figure, ".2f" if row.figure.needs_run else "g")
    return told if row.half_width is None else f"{told} ± {_told(row.half_width, row.figure, '.2f').lstrip('+')}"


def _told(value: Any, figure: Figure, digits: str = "g") -> str:
    """A value in its unit; `digits` is the format of its decimals."""
    if isinstance(value, list | tuple):
        return ", ".join(_told(item, figure) for item in value)
    if isinstance(value, str):
        return value
    sign = "+" if figure.versus is not None and value else ""
    if figure.unit == "share":
        return f"{value * 100:{sign}{digits}} {'points' if figure.versus else '%'}"
    unit = f" {figure.unit}" if figure.unit in ("s", "EUR", "points") else ""
    return f"{value:{sign},.0f}{unit}" if abs(value) >= 1000 else f"{value:{sign}{digits}}{unit}"


def as_dict(rows: Sequence[Row], scenario: str, seed: int) -> dict[str, Any]:
    """The object of ``--json``."""
    return {
        "scenario": scenario,
        "seed": seed,
        "is_met": not any(row.is_failure for row in rows),
        "figures": [_row_as_dict(row) for row in rows],
    }


def _row_as_dict(row: Row) -> dict[str, Any]:
    figure = row.figure
    return {
        "id": figure.id,
        "figure": figure.figure,
        "kind": figure.kind,
        "mark": figure.mark,
        "scenarios": list(figure.scenarios),
        "measure": figure.measure,
        "wanted": wanted(figure),
        "found": row.found,
        "half_width": row.half_width,
        "days": figure.days if figure.needs_run else None,
        "replications": figure.replications if figure.needs_run else None,
        "verdict": row.verdict,
        "reason": row.reason,
    }
