"""What is fitted: keys of a scenario, each parameter with a range and a prior, as points of a probit box.

A point z has one standard normal coordinate a parameter: value = low + (high - low) Phi(z) (the same of the logarithm
where the range is one of factors). So bounds hold wherever a fit goes, and priors are Gaussian.
"""

import copy
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from scipy.stats import norm

from twin.errors import InputError
from twin.scenario.change import at_path, expanded, stands
from twin.scenario.merge import parse_key
from twin.scenario.provenance import dotted

How = Literal["set", "multiply"]
MOST_Z = 2.8  # [standard deviations] no point goes nearer to a bound: Phi(2.8) = 0.997
_QUANTITY = re.compile(r"\s*([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*(.*)$")


@dataclass(frozen=True)
class Parameter:
    """One number to be fitted."""

    name: str
    keys: tuple[str, ...]
    """Dotted keys of the scenario, `*` for every name or place: "intents.*.wrap.shares[2]"."""
    low: float
    high: float
    start: float | None = None
    """Centre of the prior; the middle of the range unless given."""
    spread: float = 1.0
    """Standard deviation of the prior, in z: 1 fills the range evenly, less says that `start` is known better."""
    how: How = "set"
    """`multiply` takes the value as a factor on what the scenario says, lists included."""
    unit: str = ""
    rest: tuple[str, ...] = ()
    """Keys of shares that become 1 less the other members of their list."""
    is_log: bool = False
    """The range is even on a scale of factors."""
    is_whole: bool = False
    """Whole numbers stay whole."""
    title: str = ""
    mark: str = "A"

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise InputError(f"parameter {self.name}: low is {self.low:g}, must be below high, {self.high:g}")
        if self.is_log and self.low <= 0:
            raise InputError(f"parameter {self.name}: low is {self.low:g}, must be above 0 for a scale of factors")
        if self.start is not None and not self.low < self.start < self.high:
            raise InputError(
                f"parameter {self.name}: start is {self.start:g}, must be between {self.low:g} and {self.high:g}"
            )
        if not 0 < self.spread <= 1:
            raise InputError(f"parameter {self.name}: spread is {self.spread:g}, must be above 0 and at most 1")

    def value(self, z: Any) -> Any:
        """Of the box at coordinate `z`."""
        share = norm.cdf(z)
        if self.is_log:
            return self.low * (self.high / self.low) ** share
        return self.low + (self.high - self.low) * share

    def z(self, value: float) -> float:
        """Coordinate of a value inside the range."""
        if self.is_log:
            share = np.log(value / self.low) / np.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return float(np.clip(norm.ppf(share), -MOST_Z, MOST_Z))


@dataclass(frozen=True)
class Box:
    """All parameters together."""

    parameters: tuple[Parameter, ...]
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        names = tuple(parameter.name for parameter in self.parameters)
        if len(set(names)) < len(names) or not names:
            raise InputError("parameters: there must be at least one, and each name once")
        object.__setattr__(self, "names", names)

    def __len__(self) -> int:
        return len(self.parameters)

    @property
    def centre(self) -> np.ndarray:
        """Of the prior."""
        return np.array([0.0 if p.start is None else p.z(p.start) for p in self.parameters])

    @property
    def spread(self) -> np.ndarray:
        return np.array([p.spread for p in self.parameters])

    def values(self, z: np.ndarray) -> np.ndarray:
        """Values of points, the same shape (..., parameters)."""
        z = np.asarray(z, float)
        return np.stack([p.value(z[..., i]) for i, p in enumerate(self.parameters)], axis=-1)

    def points(self, values: np.ndarray) -> np.ndarray:
        """The points of one set of values."""
        return np.array([p.z(value) for p, value in zip(self.parameters, values, strict=True)])

    def applied(self, resolved: Mapping[str, Any], values: Sequence[float]) -> dict[str, Any]:
        """The resolved scenario with these values in it; what was given is left as it was."""
        tree = copy.deepcopy(dict(resolved))
        for parameter, value in zip(self.parameters, values, strict=True):
            for path in paths(tree, parameter):
                _put(tree, path, parameter, float(value))
        for parameter in self.parameters:
            for path in rest_paths(tree, parameter):
                shares = at_path(tree, path[:-1])
                place: Any = path[-1]
                members = shares.items() if isinstance(shares, dict) else enumerate(shares)
                others = sum(share for i, share in members if i != place)
                shares[place] = max(1.0 - others, 0.0)
        return tree


def paths(tree: Mapping[str, Any], parameter: Parameter) -> list[tuple[str | int, ...]]:
    """Where the parameter's keys stand in a resolved scenario."""
    found = [path for key in parameter.keys for path in expanded(tree, _path(key, parameter.name))]
    if parameter.how == "multiply" or any("*" in key for key in parameter.keys):
        found = [path for path in found if stands(tree, path)]
    if not found:
        raise InputError(f"parameter {parameter.name}: {', '.join(parameter.keys)} is not in the scenario")
    return found


def rest_paths(tree: Mapping[str, Any], parameter: Parameter) -> list[tuple[str | int, ...]]:
    """Where the shares stand that become 1 less the others."""
    return [path for key in parameter.rest for path in expanded(tree, _path(key, parameter.name))]


def _path(key: str, name: str) -> tuple[str | int, ...]:
    path = parse_key(key)
    if path is None:
        raise InputError(f"parameter {name}: the key {key!r} must be names with dots, as in redial.share")
    return path


def _put(tree: Any, path: tuple[str | int, ...], parameter: Parameter, value: float) -> None:
    node, last = at_path(tree, path[:-1]), path[-1]
    if parameter.how == "set":
        node[last] = f"{value!r} {parameter.unit}" if parameter.unit else value
    else:
        node[last] = _times(node[last], value, parameter.name)
        if parameter.is_whole:
            node[last] = [round(one) for one in node[last]] if isinstance(node[last], list) else round(node[last])


def _times(given: Any, factor: float, name: str) -> Any:
    """A number, a quantity ("50 s", "0.01 /s"), or a list of these, times a factor."""
    if isinstance(given, list):
        return [_times(item, factor, name) for item in given]
    if isinstance(given, int | float) and not isinstance(given, bool):
        return given * factor
    match = _QUANTITY.match(given) if isinstance(given, str) else None
    if match is None:
        raise InputError(f"parameter {name}: {given!r} cannot be multiplied, must be a number or a quantity")
    return f"{float(match[1]) * factor!r} {match[2]}"


def read_parameters(path: str | Path) -> Box:
    """Parameters from a TOML file: ``[[parameter]]`` with the fields of `Parameter` (`key` or `keys`)."""
    try:
        tables = tomllib.loads(Path(path).read_text(encoding="utf-8")).get("parameter", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path}: must be a TOML file that can be read ({error})") from None
    if not tables:
        raise InputError(f"{path}: has no [[parameter]], must have at least one")
    return Box(tuple(_parameter(table, str(path)) for table in tables))


def _parameter(table: Mapping[str, Any], file: str) -> Parameter:
    given = dict(table)
    if "key" in given and "keys" in given:
        raise InputError(f"{file}: a parameter has key and keys, must have one of them")
    if "key" in given:
        given["keys"] = [given.pop("key")]
    unknown = sorted(set(given) - set(_FIELDS))
    missing = [name for name in ("name", "low", "high") if name not in given]
    if unknown or missing or not given.get("keys"):
        wrong = f"has {unknown[0]!r}" if unknown else f"lacks {missing[0] if missing else 'keys'}"
        others = ", ".join(name for name in _FIELDS if name not in ("name", "keys", "low", "high"))
        raise InputError(f"{file}: a parameter {wrong}, must have name, key or keys, low, high; may have {others}")
    for name, value in given.items():
        is_kind, kind = _KINDS[_FIELDS[name]]
        if not is_kind(value):
            raise InputError(f"{file}: {name} of parameter {given['name']} is {value!r}, must be {kind}")
    if given.get("how", "set") not in ("set", "multiply"):
        raise InputError(f"{file}: how is {given['how']!r}, must be set or multiply")
    numbers = {name: float(value) for name, value in given.items() if _FIELDS[name] == "number"}
    lists = {name: tuple(value) for name, value in given.items() if _FIELDS[name] == "keys"}
    return Parameter(**given | numbers | lists)


_FIELDS = {
    "name": "text", "keys": "keys", "low": "number", "high": "number", "start": "number", "spread": "number",
    "how": "text", "unit": "text", "rest": "keys", "is_log": "switch", "is_whole": "switch", "title": "text",
    "mark": "text",
}  # fmt: skip
"""What a table of a parameters file may hold, and its kind."""
_KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "text": (lambda value: isinstance(value, str), "text"),
    "keys": (
        lambda value: isinstance(value, list) and all(isinstance(key, str) for key in value),
        'a list of keys, as in ["redial.share"]',
    ),
    "number": (
        lambda value: isinstance(value, int | float) and not isinstance(value, bool) and bool(np.isfinite(value)),
        "a number",
    ),
    "switch": (lambda value: isinstance(value, bool), "true or false"),
}


def usual_parameters(resolved: Mapping[str, Any]) -> Box:
    """What the data of a centre seldom show directly, as far as the scenario has it: the parameters if none are given.

    Ranges are assumptions (A): patience, talk and wrap-up as factors on the scenario's own.
    """
    every = [
        Parameter("patience", ("patience.mean", "intents.*.patience.mean"), 0.4, 2.5, 1.0, how="multiply",
                  is_log=True, title="Mean patience, over the scenario's"),
        Parameter("hazard", ("patience.rates", "intents.*.patience.rates"), 0.4, 2.5, 1.0, how="multiply",
                  is_log=True, title="Hazard of giving up, over the scenario's"),
        Parameter("talk", ("intents.*.talk.mean",), 0.7, 1.4, 1.0, 0.5, "multiply", is_log=True,
                  title="Mean talk time, over the scenario's"),
        Parameter("wrap", ("intents.*.wrap.mean",), 0.3, 3.0, 1.0, how="multiply", is_log=True,
                  title="Mean wrap-up time, over the scenario's"),
        Parameter("redial", ("redial.share",), 0.0, 0.9, title="Share of those who gave up who call again"),
        Parameter("volume", ("demand.rates.*", "demand.weekday_rates.*.*"), 0.6, 1.4, 1.0, 0.5, "multiply", is_log=True,
                  title="Fresh contacts, over the scenario's rates"),
        _presence(resolved),
        Parameter("fcr", ("intents.*.fcr",), 0.7, 1.3, 1.0, how="multiply", is_log=True,
                  title="First-contact resolution, over the scenario's"),
    ]  # fmt: skip
    comes_again = resolved.get("redial") is not None or resolved.get("recall") is not None
    has = {"volume": comes_again, "fcr": resolved.get("recall") is not None}
    kept = []
    for parameter in every:
        is_new = parameter.name == "presence"  # keys that a scenario need not state
        keys = parameter.keys if is_new else standing_keys(resolved, parameter)
        if keys and has.get(parameter.name, True):
            kept.append(replace(parameter, keys=keys))
    return Box(tuple(kept))


def _presence(resolved: Mapping[str, Any]) -> Parameter:
    """Of the operators that a replayed history reports; else of those planned, who cannot be more than all."""
    if resolved.get("demand", {}).get("staffing") is not None:
        return Parameter("presence", ("demand.staffing_factor",), 0.8, 1.2, 1.0, 0.5, is_log=True,
                         title="Operators really there, over those recorded")  # fmt: skip
    keys = tuple(dotted(("groups", name, "presence")) for name in resolved.get("groups", {}))
    return Parameter("presence", keys, 0.6, 1.0, 0.93, title="Operators really there, of those planned")


def standing_keys(resolved: Mapping[str, Any], parameter: Parameter) -> tuple[str, ...]:
    """Those of the parameter's keys that the scenario has."""
    return tuple(
        key
        for key in parameter.keys
        if any(stands(resolved, path) for path in expanded(resolved, _path(key, parameter.name)))
    )
