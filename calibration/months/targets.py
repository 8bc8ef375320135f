"""Published figures as a file: what a scenario is to meet where there is no history.

title = "187 As-Is"
[[target]]
kpi = "sl20"
value = 0.41
sd = 0.03
source = "..."
"""

import tomllib
from pathlib import Path
from typing import Any

from calibration.months.problem import Target, checked_targets
from twin.errors import InputError

FIELDS = ("kpi", "value", "sd", "source")


def read_targets(path: str | Path) -> tuple[Target, ...]:
    """The targets of a TOML file."""
    try:
        given = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path}: must be a TOML file that can be read ({error})") from None
    unknown = sorted(set(given) - {"title", "target"})
    if unknown:
        raise InputError(f"{path}: has {unknown[0]!r}, must hold title and [[target]]")
    return checked_targets(tuple(_target(table, str(path)) for table in given.get("target", [])), str(path))


def _target(table: dict[str, Any], file: str) -> Target:
    unknown = sorted(set(table) - set(FIELDS))
    missing = [name for name in FIELDS[:3] if name not in table]
    if unknown or missing:
        wrong = f"has {unknown[0]!r}" if unknown else f"lacks {missing[0]}"
        raise InputError(f"{file}: a target {wrong}, must have kpi, value, sd and may have source")
    try:
        return Target(str(table["kpi"]), float(table["value"]), float(table["sd"]), str(table.get("source", "")))
    except (TypeError, ValueError):
        raise InputError(f"{file}: value and sd of {table['kpi']} must be numbers") from None
