"""What a calibration has found in the first scenario is held in those it is compared with.

`twin calibrate` fits one scenario, say As-Is, and writes a file that extends it. To-Be extends the scenario as it was
before the fit: compared as they stand, As-Is would have the patience that was fitted and To-Be the one assumed before,
and the difference would be the fit's as much as the change's. So a value that the other has as the fitted scenario had
it before the fit is taken from the fit; what it sets otherwise is part of the comparison and stays.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from experiments.compare.side import Side
from twin.scenario.change import at_path, value_at
from twin.scenario.files import find_scenario, read_toml
from twin.scenario.load import Overrides, load
from twin.scenario.merge import OVERRIDES, as_pairs, parse_key
from twin.scenario.provenance import FITTED_TO, by_table

_NAMES = ("name", "title", "description")
_MOST_NAMED = 8


class Named(NamedTuple):
    """A scenario as it was asked for; the arguments of `Side.load`."""

    name: str
    overrides: Overrides
    label_overrides: Sequence[str] = ()


def load_sides(*wanted: Named) -> list[Side]:
    """The scenarios of a comparison, the base first; what was fitted in the base holds in the others, too."""
    base, *others = (Side.load(*one) for one in wanted)
    before = _before_the_fit(wanted[0], base)
    if before is None:
        return [base, *others]
    return [base, *(_held(base, before, side, one) for side, one in zip(others, wanted[1:], strict=True))]


def fit_sentence(base: Side, *others: Side) -> str:
    """Which fitted values of the base the others have, and which not; empty where nothing was fitted."""
    keys = _keys_of_the_fit(base)
    if not keys:
        return ""
    told = []
    for side in others:
        origins = {number["key"]: number["file"] for number in side.numbers}
        held = [key for key, file in keys.items() if origins.get(key) == file]
        own = [key for key in keys if key in origins and key not in held]
        if held:
            told.append(f"{side.label} has the calibrated values of {base.label}, too: {_listed(held)}.")
        if own:
            told.append(f"{side.label} keeps its own value of {_listed(own)}, which {base.label} has calibrated.")
    return " ".join(told)


def _listed(keys: Sequence[str]) -> str:
    """The keys; of many, those of one table as one: demand.weekday_rates.*."""
    if len(keys) > _MOST_NAMED:
        keys = by_table([parse_key(key) or (key,) for key in keys], depth=2)
    more = len(keys) - _MOST_NAMED
    return ", ".join(keys) if more < 2 else f"{', '.join(keys[:_MOST_NAMED])} and {more} more"


def _keys_of_the_fit(side: Side) -> dict[str, str]:
    """Keys that stand in the file that `twin calibrate` wrote, and that file's name."""
    files = {number["file"] for number in side.numbers if str(number.get("source") or "").startswith(FITTED_TO)}
    return {
        number["key"]: number["file"]
        for number in side.numbers
        if number["file"] in files and number["key"] not in _NAMES
    }


def _before_the_fit(wanted: Named, base: Side) -> Side | None:
    """The scenario that the fit's file extends; None where the base was not fitted."""
    files = set(_keys_of_the_fit(base).values())
    for path in load(wanted.name, wanted.overrides).files:
        if path.name in files and isinstance(extends := read_toml(path).get("extends"), str):
            return Side.load(str(find_scenario(extends, path.parent)), ())
    return None


def _held(base: Side, before: Side, side: Side, wanted: Named) -> Side:
    """The side with the values of the fit that it has as they were before."""
    origins = {number["key"]: number["file"] for number in side.numbers}
    values = {
        key: value_at(base.resolved, key)
        for key in _keys_of_the_fit(base)
        if origins.get(key) != OVERRIDES and _is_as_before(key, before, side)
    }
    held = Side.load(wanted.name, {**values, **dict(as_pairs(wanted.overrides, []))}, wanted.label_overrides)
    fitted = {number["key"]: number for number in base.numbers if number["key"] in values}
    return replace(held, numbers=tuple(fitted.get(number["key"], number) for number in held.numbers))


def _is_as_before(key: str, before: Side, side: Side) -> bool:
    old, own = value_at(before.resolved, key), value_at(side.resolved, key)
    return own == old and (old is not None or _has_table(key, before) == _has_table(key, side))


def _has_table(key: str, side: Side) -> int:
    """How many names of a key, from the left, stand in the scenario."""
    path = parse_key(key) or (key,)
    for n in range(len(path), 0, -1):
        try:
            at_path(side.resolved, path[:n])
        except (KeyError, IndexError, TypeError):
            continue
        return n
    return 0
