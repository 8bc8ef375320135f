"""Assumptions that come with a range: which values they are, and the scenario with them at one end."""

import copy
import fnmatch
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from experiments.compare.side import Side
from twin.errors import InputError, ScenarioError
from twin.scenario.change import place, table_of
from twin.scenario.files import nearest
from twin.scenario.load import scenario_from_dict
from twin.scenario.merge import parse_key
from twin.scenario.schema import Scenario

LOW, HIGH = 0, 1
ENDS = ("low", "high")
TIERS = ("basic", "medium", "high_potential", "privilege", "portafoglio")
_SUM = "must sum to 1"


@dataclass(frozen=True)
class Assumption:
    """One value with a range, or the same value of all intents (clusters, tiers, sites), moved together."""

    name: str
    """Its key, with `*` for the name where it is moved for several: ``intents.*.fcr``."""
    keys: tuple[str, ...]
    values: tuple[Any, ...]
    ranges: tuple[tuple[Any, Any], ...]
    mark: str
    reason: str
    """Source and note."""

    def end(self, which: int) -> str:
        """The value at one end as text, of the first key and, where they differ, of the last."""
        return _texts([span[which] for span in self.ranges])

    @property
    def span(self) -> str:
        """From end to end as text, of the first key and, where they differ, of the last."""
        return _texts([f"{_texts([low])} to {_texts([high])}" for low, high in self.ranges])

    @property
    def centre(self) -> str:
        return _texts(self.values)


def is_doubtful(number: dict[str, Any]) -> bool:
    """Assumed, or with a range; what a source document states is not doubted here."""
    mark = (number.get("mark") or "–")[0]
    return mark == "A" or (bool(number.get("range")) and mark != "S")


def assumptions_of(a: Side, b: Side, wanted: Sequence[str] = ()) -> list[Assumption]:
    """What both scenarios leave open, in the order of their files; with `wanted`, only what fits these keys.

    The range of a value that each intent, cluster, tier or site has was set for all of them at once: they are moved
    together. A key that is asked for by name is moved alone.

    Raises
    ------
    InputError
        If a wanted key fits nothing that has a range.
    """
    numbers: dict[str, dict[str, Any]] = {}
    for side in (a, b):
        for number in side.numbers:
            if number.get("range") and is_doubtful(number):
                numbers.setdefault(number["key"], number)
    names = _names(a.scenario) | _names(b.scenario)
    families: dict[str, list[str]] = {}
    for key in numbers:
        families.setdefault(_pattern(key, names), []).append(key)
    groups = {(name if len(keys) > 1 else keys[0]): keys for name, keys in families.items()}
    if wanted:
        groups = _chosen(wanted, groups, numbers)
    return [_assumption(name, [numbers[key] for key in keys]) for name, keys in groups.items()]


def at_end(side: Side, assumption: Assumption, which: int) -> Scenario | None:
    """The side's scenario with the assumption at its low or high end; None if it has no such value.

    Shares that must sum to 1 give way in proportion.

    Raises
    ------
    ScenarioError
        If the end is no possible value.
    """
    own = {number["key"]: number for number in side.numbers if number.get("range")}
    return with_values(side, {key: own[key]["range"][which] for key in assumption.keys if key in own})


def with_values(side: Side, values: Mapping[str, Any]) -> Scenario | None:
    """The side's scenario with these values, None if there are none; shares that must sum to 1 give way.

    Raises
    ------
    ScenarioError
        If a value is not possible.
    """
    if not values:
        return None
    resolved = copy.deepcopy(side.resolved)
    for key, value in values.items():
        place(resolved, key, value)
    try:
        return scenario_from_dict(resolved, side.scenario.name)
    except ScenarioError as error:
        if not any(_SUM in problem for problem in error.problems):
            raise
    for key in values:
        _give_way(resolved, key)
    return scenario_from_dict(resolved, side.scenario.name)


def _assumption(name: str, numbers: Sequence[dict[str, Any]]) -> Assumption:
    marks = dict.fromkeys((number.get("mark") or "–") for number in numbers)
    reasons = dict.fromkeys(number[word] for number in numbers for word in ("source", "note") if number.get(word))
    return Assumption(
        name,
        tuple(number["key"] for number in numbers),
        tuple(number["value"] for number in numbers),
        tuple((number["range"][LOW], number["range"][HIGH]) for number in numbers),
        ", ".join(marks),
        " · ".join(reasons) or "–",
    )


def _names(scenario: Scenario) -> set[str]:
    """What a key holds that stands for one of many alike."""
    return {*scenario.intents, *scenario.clusters, *scenario.sites, *TIERS}


def _pattern(key: str, names: set[str]) -> str:
    """A key with `*` for the first name in it: "intents.TEC.fcr" becomes "intents.*.fcr"."""
    parts = parse_key(key) or (key,)
    for first, part in enumerate(parts[1:], 1):
        if part in names:
            return ".".join("*" if at == first else str(p) for at, p in enumerate(parts))
    return key


def _chosen(wanted: Sequence[str], groups: dict[str, list[str]], numbers: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in wanted:
        if name in groups:
            found[name] = groups[name]
        elif name in numbers:
            found[name] = [name]
        elif keys := fnmatch.filter(numbers, name):
            found[name] = keys
        else:
            hint = nearest(name, list(dict.fromkeys([*groups, *numbers])))
            raise InputError(f"--vary is {name!r}, must be a key that has a range (twin show lists them){hint}")
    return found


# ---- setting values ---------------------------------------------------------------------------------------------


def _give_way(resolved: dict[str, Any], key: str) -> None:
    """The other shares of the table are scaled so that the sum is 1 again."""
    table, last = table_of(resolved, key)
    others = list(siblings(table, last))
    rest = sum(table[name] for name in others)
    if rest > 0:
        for name in others:
            table[name] *= (1.0 - table[last]) / rest


def siblings(table: Any, last: Any) -> Iterator[Any]:
    """Shares beside this one: all of a table of numbers, or in a mixed table those of the same last word."""
    is_plain = all(isinstance(value, int | float) for value in table.values())
    word = str(last).rpartition("_")[2]
    for name, value in table.items():
        is_alike = is_plain or str(name).rpartition("_")[2] == word
        if name != last and is_alike and isinstance(value, int | float):
            yield name


def _texts(values: Sequence[Any]) -> str:
    texts = list(dict.fromkeys(f"{value:g}" if isinstance(value, float) else str(value) for value in values))
    return texts[0] if len(texts) == 1 else f"{texts[0]} … {texts[-1]}"
