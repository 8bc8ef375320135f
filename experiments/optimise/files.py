"""A plan as a scenario file that extends the study's scenario, and the tables of a search."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.optimise.instance import Heads, Instance
from experiments.optimise.optimise import Result
from experiments.roster.files import toml_tables, toml_text, toml_value
from twin.scenario.files import LIBRARY
from twin.scenario.merge import SHORTCUTS, parse_key
from twin.scenario.words import clock, duration

PLAN, CUTS, TRACE, PAGE, RESULT = "plan.toml", "cuts.parquet", "trace.parquet", "plan.html", "result.json"


def plan_text(instance: Instance, heads: Heads, folder: Path, sentence: str) -> str:
    """The TOML text of the scenario with a plan in place of its staffing."""
    top = instance.loaded.files[0]
    base = top.stem if top.parent == LIBRARY else os.path.relpath(top.resolve(), folder.resolve())
    tree = _set_over(instance)
    for group, table, shift in instance.tables(heads):  # what a scenario file would add to its base
        own = _new_parts(instance, group)
        tree.setdefault("groups", {})[group] = {**tree.get("groups", {}).get(group, {}), **own, **table}
        if shift is not None:
            tree.setdefault("shifts", {})[table["shift"]] = shift
    sites = {name: site for name, site in instance.resolved["sites"].items() if _is_new(instance, "sites", name)}
    if sites:
        tree["sites"] = {**tree.get("sites", {}), **sites}
    absence = instance.resolved.get("abilities", {}).get("absence", {})
    if absence != instance.loaded.resolved.get("abilities", {}).get("absence", {}):
        tree.setdefault("abilities", {})["absence"] = absence
    title = instance.study.title or instance.scenario.title or instance.scenario.name
    lines = [
        f"# Written by `twin optimise`. {sentence}",
        "",
        f"extends = {toml_text(base)}",
        f"name = {toml_text(f'{instance.scenario.name}-plan')}",
        f"title = {toml_text(f'{title}: the plan found')}",
        'mark = "D"',
        f"source = {toml_text(f'twin optimise, seed {instance.study.seed}')}",
    ]
    for place, values in toml_tables(tree):
        lines += ["", f"[{place}]"] if place else []
        lines += [f"{toml_text(key) if not _is_bare(key) else key} = {_value(value)}" for key, value in values.items()]
    return "\n".join(lines) + "\n"


def _is_bare(key: str) -> bool:
    return bool(key) and all(c.isascii() and (c.isalnum() or c in "-_") for c in key)


def _value(value: Any) -> str:
    """Patterns a line each, everything else as it is."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + "".join(f"    {toml_value(row)},\n" for row in value) + "]"
    return toml_value(value)


def _is_new(instance: Instance, table: str, name: str) -> bool:
    return instance.loaded.resolved.get(table, {"in-house": {}}).get(name) != instance.resolved[table][name]


def _new_parts(instance: Instance, group: str) -> dict[str, Any]:
    """Of a group that the study adds or gives a wage: what the scenario does not say of it."""
    known = instance.loaded.resolved["groups"].get(group, {})
    return {key: value for key, value in instance.resolved["groups"][group].items() if known.get(key) != value}


def _set_over(instance: Instance) -> dict[str, Any]:
    """What the study sets over the scenario, as nested tables."""
    tree: dict[str, Any] = {}
    for key in instance.study.set:
        path = parse_key(SHORTCUTS.get(key, key)) or (key,)
        node: dict[str, Any] = tree
        value: Any = instance.loaded.resolved
        for part in path[:-1]:
            if isinstance(value[part], list):
                break
            node, value = node.setdefault(str(part), {}), value[part]
        else:
            part = path[-1]
        node[str(part)] = value[part]
    return tree


def plan_table(instance: Instance, heads: Heads) -> pd.DataFrame:
    """One row for each way to work that somebody works."""
    rows: list[dict[str, Any]] = []
    for j in np.flatnonzero(heads):
        column = instance.columns[j]
        rows.append({
            "group": instance.groups[column.group], "shift": column.shift, "start": clock(column.start),
            "end": clock((column.start + column.length) % 86400 or 86400.0),
            "days": " ".join(day[:3] for day in instance.patterns(_one(instance, int(j)), column.group)[0]["days"]),
            "breaks": ", ".join(clock((column.start + after) % 86400) for after in column.breaks),
            "heads": int(heads[j]), "hours": duration(column.length), "cost": float(heads[j] * column.cost),
        })  # fmt: skip
    rows.sort(key=lambda row: (instance.groups.index(row["group"]), row["start"], row["end"], row["breaks"]))
    return pd.DataFrame(rows)


def _one(instance: Instance, column: int) -> Heads:
    return tuple(int(j == column) for j in range(len(instance.columns)))


def cuts_table(result: Result) -> pd.DataFrame:
    """The cuts in force at the end: cell, the plan they come from, slopes by column."""
    search, instance = result.search, result.instance
    plans = {heads: i for i, heads in enumerate(search.tried)}
    return pd.DataFrame([
        {
            "cell": result.cells.cells[cut.cell].name(instance.n_days),
            "target": str(result.instance.study.targets[result.cells.cells[cut.cell].target]),
            "plan": plans[cut.at], "people_missing": cut.far, "one_more": cut.is_raise,
            "bound": float(cut.coefficients @ np.array(cut.at)), "slopes": list(cut.coefficients),
        }
        for cut in search.cuts
    ])  # fmt: skip


def trace_table(result: Result) -> pd.DataFrame:
    """Every step of the search and of the greedy baseline."""
    rows = [{"by": "search", **row} for row in result.search.trace.rows]
    if result.greedy is not None:
        rows += [{"by": "greedy", **row} for row in result.greedy.trace.rows]
    return pd.DataFrame(rows)


def tables(result: Result) -> Mapping[str, pd.DataFrame]:
    return {CUTS: cuts_table(result), TRACE: trace_table(result)}
