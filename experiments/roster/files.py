"""A fitted roster as a scenario file: it extends the scenario, and holds the patterns with their origin."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.roster.fit import Fit, counts_of, patterns_of
from twin.errors import InputError
from twin.scenario.files import LIBRARY
from twin.scenario.load import Loaded
from twin.scenario.merge import SHORTCUTS, as_pairs, parse_key
from twin.scenario.shift_schema import Pattern
from twin.scenario.words import clock

MARK = "D"


def out_files(out: str) -> tuple[Path, Path, Path]:
    """Scenario file, curves and manifest: in a new folder, or beside each other if `out` is a TOML file.

    Raises
    ------
    InputError
        If one of them is there: results are never overwritten.
    """
    from twin.output import open_output

    path = Path(out)
    if path.suffix != ".toml":
        folder = open_output(out)
        return folder / "roster.toml", folder / "curves.parquet", folder / "manifest.json"
    files = path, path.with_suffix(".parquet"), path.with_suffix(".json")
    for file in files:
        if file.exists():
            raise InputError(f"--out is {out!r}, but {file} is there, must be a new file")
    if not path.parent.is_dir():
        raise InputError(f"--out is {out!r}, but the folder {path.parent} is not there")
    return files


def scenario_text(fit: Fit, loaded: Loaded, overrides: Sequence[str], file: Path) -> str:
    """The TOML text of the fitted scenario."""
    scenario = loaded.scenario
    tree = _overridden(overrides, loaded)
    for group, count in counts_of(fit.plan, fit.units, fit.best.lines).items():
        tree.setdefault("groups", {}).setdefault(group, {})["count"] = _marked(str(count), fit)
    for shift, patterns in patterns_of(fit.best.lines).items():
        rows = "".join(f"    {_pattern(pattern)},\n" for pattern in patterns)
        tree.setdefault("shifts", {}).setdefault(shift, {})["patterns"] = _marked(f"[\n{rows}]", fit)
    lines = [
        f"# Written by `twin roster {scenario.name}`. {fit.sentence}",
        "",
        f"extends = {toml_text(_base(loaded.files[0], file))}",
        f"name = {toml_text(f'{scenario.name}-fitted')}",
        f"title = {toml_text(f'{scenario.title or scenario.name}, fitted roster')}",
    ]
    for table, values in toml_tables(tree):
        lines += ["", f"[{table}]"] if table else []
        lines += [f"{_key(key)} = {toml_value(value)}" for key, value in values.items()]
    return "\n".join(lines) + "\n"


class _Toml(str):
    """Text that is TOML already."""


def _marked(value: str, fit: Fit) -> _Toml:
    """A value with its origin."""
    plan = fit.plan
    runs = f"{plan.replications} x {len(fit.best.measured.weekdays) // plan.replications} days"
    source = f"fitted by twin roster, target {plan.target}; {runs}, seed {plan.seed}"
    return _Toml(f"{{ mark = {toml_text(MARK)}, source = {toml_text(source)}, value = {value} }}")


def _base(top: Path, file: Path) -> str:
    """How the new file names the scenario that it extends."""
    if top.parent == LIBRARY:
        return top.stem
    return os.path.relpath(top.resolve(), file.parent.resolve())


def _pattern(pattern: Pattern) -> str:
    days = ", ".join(f'"{day}"' for day in pattern.days)
    parts = [f'start = "{clock(pattern.start or 0.0)}"', f"days = [{days}]", f"heads = {pattern.heads:g}"]
    if pattern.queue is not None:
        parts.insert(0, f"queue = {toml_text(pattern.queue)}")
    if pattern.breaks is not None:
        parts.append(f"breaks = [{', '.join(toml_text(f'{after / 60:g} min') for after in pattern.breaks)}]")
    return f"{{ {', '.join(parts)} }}"


def _overridden(overrides: Sequence[str], loaded: Loaded) -> dict[str, Any]:
    """What `--set` said, as nested tables; of a list of tables, the whole list."""
    found: dict[str, Any] = {}
    for key, value in as_pairs(overrides, []):
        if key in ("name", "title"):
            continue
        path = parse_key(SHORTCUTS.get(key, key)) or ()
        node, resolved = found, loaded.resolved
        for place, part in enumerate(path):
            below = resolved.get(str(part))
            if place == len(path) - 1 or isinstance(below, list):
                node[str(part)] = below if isinstance(below, list) else value
                break
            node, resolved = node.setdefault(str(part), {}), below or {}
    return found


def toml_tables(tree: Mapping[str, Any], above: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Tables of plain values, one for each place that holds some."""
    found = []
    plain = {key: value for key, value in tree.items() if not isinstance(value, dict) or "law" in value}
    if plain:
        found.append((above, plain))
    for key, value in tree.items():
        if key not in plain:
            found += toml_tables(value, f"{above}.{_key(key)}" if above else _key(key))
    return found


def _key(name: str) -> str:
    return name if name and all(c.isascii() and (c.isalnum() or c in "-_") for c in name) else toml_text(name)


def toml_text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def toml_value(value: Any) -> str:
    """A TOML value."""
    if isinstance(value, _Toml):
        return value
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_key(key)} = {toml_value(item)}' for key, item in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(toml_value(item) for item in value)}]"
    return toml_text(value) if isinstance(value, str) else json.dumps(value)
