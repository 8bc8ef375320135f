"""`twin check`: a scenario's figures, all figures, or the coverage of the documents."""

import sys
from collections.abc import Sequence
from typing import Any

from experiments.check import coverage
from experiments.check.run import check
from experiments.check.table import all_as_dict, as_dict, show, show_all
from experiments.verify.table import Told
from twin.console import wide_console
from twin.output import as_json as json_text
from twin.scenario.load import load


def check_command(
    scenario: str, overrides: Sequence[str], expected: bool, seed: int, workers: int | None, as_json: bool, width: int
) -> bool:
    """Check and show a scenario; whether all that the documents fix is met."""
    loaded = load(scenario, overrides)
    with Told("checking") as told:
        rows = check(loaded, overrides, expected, seed, workers, told)
    if as_json:
        _write(as_dict(rows, loaded.scenario.name, seed))
    else:
        show(rows, loaded.scenario.title or loaded.scenario.name, wide_console(width))
    return not any(row.is_failure for row in rows)


def figures_command(as_json: bool, width: int) -> None:
    """All figures, and where they belong."""
    if as_json:
        _write(all_as_dict())
    else:
        show_all(wide_console(width))


def coverage_command(as_json: bool, width: int) -> None:
    """Each item of the documents, and what represents it."""
    if as_json:
        _write(coverage.as_dict())
    else:
        coverage.show(wide_console(width))


def _write(told: dict[str, Any]) -> None:
    sys.stdout.write(json_text(told) + "\n")
