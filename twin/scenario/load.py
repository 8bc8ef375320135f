"""Loading a scenario: find the file, follow `extends`, apply overrides, check the whole, tell all mistakes at once."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from twin.errors import ScenarioError
from twin.scenario.checks import check
from twin.scenario.files import DATA, find_scenario, read_toml
from twin.scenario.life_stage import in_stage
from twin.scenario.merge import OVERRIDES, add_extra_routes, as_pairs, merge, override
from twin.scenario.provenance import Leaf, Origin, Problem, Provenance, annotate, dotted, plain, show
from twin.scenario.provenance import Path as Path_
from twin.scenario.schema import Scenario
from twin.scenario.sentences import MOST_TOLD, problems_of
from twin.scenario.shape import sample

Overrides = Mapping[str, object] | Sequence[str]
_DATA_KEYS = ("file", "recorded", "staffing", "talk_levels")
_MOST_REPAIRS = 8  # [rounds] of putting samples in place of wrong values, to check the rest


@dataclass(frozen=True)
class Loaded:
    """A scenario with what a reader and a manifest need beside it.

    `resolved` is the merged scenario as plain JSON-able values; `scenario_from_dict(resolved)` gives it back.
    """

    scenario: Scenario
    provenance: Provenance
    files: tuple[Path, ...]
    resolved: dict[str, Any]


def load_scenario(name_or_path: str | os.PathLike[str], overrides: Overrides = ()) -> Scenario:
    """A checked scenario: a name of the library or the path of a TOML file, with values set over it.

    Parameters
    ----------
    name_or_path : str or path
    overrides : mapping of dotted keys to values, or sequence of "key=value"
        ``{"run.days": 28, "size": "tiny"}`` or ``["run.days=28", "patience.mean=3 min"]``.

    Raises
    ------
    ScenarioError
        With one sentence for each mistake found.
    """
    return load(name_or_path, overrides).scenario


def load(name_or_path: str | os.PathLike[str], overrides: Overrides = ()) -> Loaded:
    """Like `load_scenario`, with where each value comes from, the files read, and the resolved values."""
    top = find_scenario(name_or_path)
    problems: list[str] = []
    files: list[Path] = []
    tree = _with_base(top, (), files, problems)
    tree.setdefault("name", Leaf(top.stem, Origin(top.name)))
    found: list[Problem] = []
    for key, value in as_pairs(overrides, found):
        tree = override(tree, key, value, found)
    problems += _sentences(found, OVERRIDES)
    _make_data_files_absolute(tree, files)
    provenance = Provenance.of_tree(tree)
    resolved = plain(tree)
    scenario = _validated(resolved, provenance, top.name, problems)
    return Loaded(scenario, provenance, tuple(files), resolved)


def scenario_from_dict(resolved: Mapping[str, Any], file: str = "manifest") -> Scenario:
    """A checked scenario from resolved values, as they stand in a run's manifest."""
    return _validated(dict(resolved), Provenance({}), file, [])


def _with_base(path: Path, above: tuple[Path, ...], files: list[Path], problems: list[str]) -> dict[str, Any]:
    """What a file says, merged over what it extends."""
    files.append(path)
    found: list[Problem] = []
    tree = annotate(read_toml(path), path.name, found)
    problems += _sentences(found, path.name)
    given = plain(tree.pop("extends", None)) if "extends" in tree else []
    base: dict[str, Any] = {}
    for base_name in given if isinstance(given, list) else [given]:
        base = merge(base, _base(base_name, path, above, files, problems))
    base.pop("name", None)
    return add_extra_routes(merge(base, tree))


def _base(
    base_name: Any, path: Path, above: tuple[Path, ...], files: list[Path], problems: list[str]
) -> dict[str, Any]:
    """One of the scenarios that `path` extends; of several, the later ones go over the earlier."""
    if not isinstance(base_name, str):
        raise ScenarioError(f"{path.name}: extends is {show(base_name)}, must be the name or path of a scenario")
    base_path = _base_path(base_name, path)
    chain = [*above, path]
    if base_path.resolve() in [file.resolve() for file in chain]:
        names = " -> ".join(file.name for file in [*chain, base_path])
        raise ScenarioError(f"{path.name}: extends is {base_name!r}, must not be cyclic ({names})")
    return _with_base(base_path, tuple(chain), files, problems)


def _base_path(base_name: str, path: Path) -> Path:
    try:
        return find_scenario(base_name, path.parent)
    except ScenarioError as error:
        what = error.problems[0].partition(": ")[2]
        raise ScenarioError(f"{path.name}: extends is {base_name!r}, which {what}") from None


def _make_data_files_absolute(tree: dict[str, Any], files: list[Path]) -> None:
    """A data file named relative to its scenario file is found from anywhere; library data keep their short name."""
    demand = tree.get("demand")
    if not isinstance(demand, dict):
        return
    folders = {file.name: file.parent for file in files}
    for key in _DATA_KEYS:
        leaf = demand.get(key)
        if not isinstance(leaf, Leaf) or not isinstance(leaf.value, str):
            continue
        beside = (folders.get(leaf.origin.file, Path()) / leaf.value).absolute()
        try:
            is_library_data = (DATA / leaf.value).is_file() and not beside.is_file()
        except (OSError, ValueError):
            continue
        if not is_library_data:
            demand[key] = Leaf(str(beside), leaf.origin)


def _sentences(found: list[Problem], file: str) -> list[str]:
    return [f"{file}: {dotted(problem.path)} {problem.text}" for problem in found]


def _validated(resolved: dict[str, Any], provenance: Provenance, file: str, problems: list[str]) -> Scenario:
    """The scenario as pydantic and our own checks accept it, or all that is wrong with it."""
    scenario: Scenario | None = None
    found: list[Problem] = []
    between: list[Problem] = []  # parts that do not fit together
    n_more = 0
    try:
        scenario = Scenario.model_validate(resolved)
        between = list(check(scenario))
    except ValidationError as error:
        found = problems_of(error, resolved)
        n_more = error.error_count() - MOST_TOLD
        if n_more <= 0:
            between = _further_problems(resolved, found)
    said = [f"{provenance.file_of(p.path, file)}: {dotted(p.path)} {p.text}" for p in found]
    for problem in between:
        where = provenance.file_of(problem.path, file)  # it may be right there, and wrong with what extends it
        extended = f" (extended by {file})" if where not in (file, OVERRIDES) else ""
        said.append(f"{where}: {dotted(problem.path)} {problem.text}{extended}")
    if n_more > 0:
        said.append(f"{file}: has {n_more:,} more mistakes")
    everything = list(dict.fromkeys([*problems, *said]))
    if everything or scenario is None:
        raise ScenarioError(everything)
    return in_stage(scenario)


def _further_problems(resolved: dict[str, Any], known: list[Problem]) -> list[Problem]:
    """What the cross-checks find once samples stand where pydantic found mistakes; nothing if that does not work."""
    repaired: Any = resolved
    wrong = [problem.path for problem in known]
    replaced = set(wrong)
    n_tries: dict[Path_, int] = {}
    for _ in range(_MOST_REPAIRS):
        for path in sorted(dict.fromkeys(wrong), key=lambda path: (-len(path), dotted(path))):
            n_tries[path] = n_tries.get(path, 0) + 1
            is_tag = path[-1:] in (("law",), ("kind",))
            at = path[: max(len(path) + 1 - n_tries[path] - is_tag, 0)]  # what cannot be mended is replaced as a whole
            replaced.add(at)
            repaired = _repaired(repaired, at, sample(at, repaired))
        try:
            scenario = Scenario.model_validate(repaired)
        except ValidationError as error:
            wrong = [problem.path for problem in problems_of(error, repaired)]
            replaced.update(wrong)
            continue
        return list(check(scenario, replaced))
    return []


def _repaired(data: Any, path: Path_, value: Any) -> Any:
    """A copy of `data` with `value` at `path`; with None, without the key."""
    if not path:
        return data
    head, rest = path[0], path[1:]
    if isinstance(data, list):
        return [_repaired(item, rest, value) if i == head and rest else value if i == head else item
                for i, item in enumerate(data)]  # fmt: skip
    if not isinstance(data, dict):
        return data
    if rest:
        return {**data, head: _repaired(data.get(head, {}), rest, value)}
    without = {key: item for key, item in data.items() if key != head}
    return without if value is None else {**without, head: value}
