"""What a fit leaves behind: a scenario that extends the one fitted, and the posterior as draws of its keys."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from calibration.fit.direct import Direct, override_lines
from calibration.fit.fit import Fit
from calibration.fit.parameters import Parameter, paths, rest_paths
from twin.errors import InputError
from twin.scenario.provenance import FITTED_TO, dotted

DRAWS = 400
Path_ = tuple[str | int, ...]


def posterior_path(out: Path) -> Path:
    """Beside ``fitted.toml``: ``fitted.posterior.parquet``."""
    return out.with_suffix(".posterior.parquet")


def page_path(out: Path) -> Path:
    """Beside it: ``fitted.html``, recorded against simulated."""
    return out.with_suffix(".html")


def check_out(out: Path, *others: Path) -> None:
    """Refuse before the work what could not be written after it: nothing is overwritten."""
    if out.suffix != ".toml":
        raise InputError(f"--out is {str(out)!r}, must be a TOML file that is to be written")
    for path in (out, posterior_path(out), page_path(out), *others):
        if path.exists():
            raise InputError(f"--out: {path} is already there, must be new")


def touched(fit: Fit) -> dict[Path_, list[Parameter]]:
    """The keys that the fit sets, whole lists for their members, with the parameters that do so."""
    found: dict[Path_, list[Parameter]] = {}
    tree = fit.problem.resolved
    for parameter in fit.problem.box.parameters:
        for path in [*paths(tree, parameter), *rest_paths(tree, parameter)]:
            key = path[:-1] if isinstance(path[-1], int) else path
            if any(isinstance(part, int) for part in key):
                raise InputError(f"parameter {parameter.name}: {dotted(path)} lies in a list of tables, "
                                 "a scenario that extends another cannot set it")  # fmt: skip
            found.setdefault(key, []).append(parameter)
    return found


def _value(tree: Any, path: Path_) -> Any:
    for part in path:
        tree = tree.get(part) if isinstance(tree, dict) else tree[part]
    return tree


def write_scenario(
    fit: Fit, base: str, history: str, out: Path, direct: Direct | None = None, overrides: Sequence[str] = ()
) -> None:
    """``extends`` the base; each fitted value with mark D, the history as source, interval and standard error.

    What history tells directly stands before it, and the command line's own values, so that the file runs as it is.
    """
    tree = fit.problem.box.applied(fit.problem.resolved, fit.values.tolist())
    by_name = {estimate.name: estimate for estimate in fit.estimates}
    lines = [
        f"# Fitted to {history} by twin calibrate: {fit.n_runs} runs, {fit.method}.",
        f"# Draws of the posterior: {posterior_path(out).name}",
        f"extends = {json.dumps(base)}",
        "",
    ]
    fitted = touched(fit)
    if direct is not None:
        lines += direct.lines(history, fitted)
    lines += override_lines(overrides, [*map(dotted, fitted), *(line.partition(" = ")[0] for line in lines)])
    for path, parameters in fitted.items():
        told = []
        for parameter in dict.fromkeys(parameters):
            found = by_name[parameter.name]
            remark = f", {found.remark}" if found.remark else ""
            told.append(f"{found.name} {found.value:.4g} (90 % {found.low:.4g} to {found.high:.4g}, "
                        f"se {found.se:.2g}{remark})")  # fmt: skip
        note = "; ".join(told)
        mark = "D" if all(by_name[p.name].is_identified for p in parameters) else "A"
        lines.append(
            f"{dotted(path)} = {{ value = {_toml(_rounded(_value(tree, path)))}, mark = {json.dumps(mark)}, "
            f"source = {json.dumps(FITTED_TO + history)}, note = {json.dumps(note)} }}"
        )
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_posterior(fit: Fit, path: Path, n: int = DRAWS) -> pd.DataFrame:
    """One row a draw: the parameters' values, and under each dotted key of the scenario the value to set, as JSON."""
    points = fit.drawn(n)
    values = fit.problem.box.values(points)
    keys = list(touched(fit))
    columns: dict[str, Any] = {f"parameter {name}": values[:, i] for i, name in enumerate(fit.problem.box.names)}
    trees = [fit.problem.box.applied(fit.problem.resolved, row.tolist()) for row in values]
    for key in keys:
        columns[dotted(key)] = [json.dumps(_value(tree, key)) for tree in trees]
    table = pd.DataFrame(columns)
    table.insert(0, "draw", np.arange(len(table)))
    table.to_parquet(path, index=False)
    return table


def _rounded(value: Any) -> Any:
    """Six significant digits, also inside quantities."""
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, str):
        number, blank, unit = value.partition(" ")
        try:
            return f"{float(number):.6g}{blank}{unit}"
        except ValueError:
            return value
    return value


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return json.dumps(value)
