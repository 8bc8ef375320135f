"""Saving a model at any instant, and going on from there bit for bit: `CallCentre.save` and `CallCentre.load`.

What follows from scenario and seed is built anew. The rest is the state of the model's parts: every object of ours that
hangs on the model and has `state` and `restore` is one (`Stateful`), wherever it hangs; nothing must be registered.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

import numpy as np
from pydantic import BaseModel, ValidationError

from twin import __version__
from twin.archive import Archive, write_archive
from twin.errors import InputError
from twin.later import pd
from twin.mesa_import import mesa
from twin.mesa_state import go_on_collecting
from twin.scenario.checks import check
from twin.scenario.provenance import dotted
from twin.scenario.schema import Scenario
from twin.scenario.units import IN_BASE_UNITS

if TYPE_CHECKING:
    from twin.model import CallCentre

    Model = TypeVar("Model", bound=CallCentre)

KIND, FORMAT = "caring-twin saved run", 1
_LISTS = "lists"
_WRONG = (KeyError, ValueError, TypeError, IndexError, AttributeError, OverflowError)
"""What restoring raises from values that no `state` has given."""


@runtime_checkable
class Stateful(Protocol):
    """A part of the model whose state does not follow from scenario and seed."""

    def state(self) -> dict[str, Any]:
        """By name: arrays, lists of arrays, and plain values that JSON can hold."""
        ...

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state` has given, as a part that has just been built. Tuples have become lists."""
        ...


def parts_of(model: Any) -> dict[str, Stateful]:
    """All parts with state by where they hang on the model (``roster._control``); the model itself is "model"."""
    found: dict[str, Stateful] = {"model": model}
    seen = {id(model)}
    left = list(_attributes(model, ""))
    while left:
        path, value = left.pop(0)
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, Stateful):
            found[path] = value
        left += _attributes(value, f"{path}.")
    return found


def _attributes(owner: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    """Attributes that may be, or lead to, parts with state."""
    for name, value in getattr(owner, "__dict__", {}).items():
        is_ours = type(value).__module__.startswith("twin.") and not isinstance(value, BaseModel)
        if is_ours or isinstance(value, Stateful):
            yield f"{prefix}{name}", value


# ---- writing ---------------------------------------------------------------------------------------------------------


def save(model: CallCentre, path: str | os.PathLike[str], overwrite: bool = False) -> Path:
    """Write the model as it stands to one file.

    Raises
    ------
    InputError
        If there is something of that name, unless it may be overwritten.
    OSError
        If it cannot be written; what was there before is still there.
    """
    _check_scenario(model.given, "save")  # made in code it may never have been checked, and could not be loaded
    arrays: dict[str, np.ndarray] = {}
    parts = {name: _put(part.state(), name, arrays) for name, part in parts_of(model).items()}
    manifest = {
        "kind": KIND,
        "format": FORMAT,
        "version": __version__,
        "code": code_hash(),
        "scenario": model.given.model_dump(mode="json", exclude_unset=True),
        "trace": trace_digest(model),
        "seed": model.seed,
        "replication": model.replication,
        "days": model.calendar.days,
        "recording": model.keeps_records,
        "now": model.now,
        "clock": model.clock.isoformat(),
        "parts": parts,
    }
    return write_archive(path, manifest, arrays, overwrite)


def _put(state: Mapping[str, Any], part: str, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """The plain values of a part's state; its arrays are added to `arrays`."""
    told: dict[str, Any] = {_LISTS: {}}
    for name, value in state.items():
        if isinstance(value, np.ndarray):
            arrays[f"{part}/{name}"] = value
        elif isinstance(value, list) and value and all(isinstance(item, np.ndarray) for item in value):
            arrays |= {f"{part}/{name}/{place}": item for place, item in enumerate(value)}
            told[_LISTS][name] = len(value)
        else:
            json.dumps(value)  # here, where the traceback still shows the part
            told[name] = value
    return told


@functools.cache
def code_hash() -> str:
    """Of all code that decides how a run goes on: what it has done so far means nothing to any other."""
    root = Path(__file__).parent
    rooms = ("kernel", "people", "scenario", "world")
    sources = [*root.glob("*.py"), *(path for room in rooms for path in (root / room).rglob("*.py"))]
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(sources):
        if path.name not in ("cli.py", "simulation.py", "erlang.py"):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def trace_digest(model: CallCentre) -> str | None:
    """Of the recorded contacts that the model replays; None if it replays none."""
    tables: Any = getattr(model.demand, "tables", None)
    if tables is None:
        return None
    digest = hashlib.blake2b(digest_size=8)
    for table in (tables.arrivals, tables.recorded, tables.staffing, tables.talk_levels):
        if table is not None:
            digest.update(repr(list(table.columns)).encode())
            digest.update(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes())
    return digest.hexdigest()


# ---- reading ---------------------------------------------------------------------------------------------------------


class _Saved(Mapping[str, Any]):
    """The state of one part: arrays are read when they are asked for, so that not all are in memory at once."""

    def __init__(self, archive: Archive, part: str, told: dict[str, Any]):
        self.archive, self.part, self.told = archive, part, told
        prefix = f"{part}/"
        members = [name.removeprefix(prefix) for name in archive.names if name.startswith(prefix)]
        self.arrays = [name for name in members if "/" not in name]

    def __getitem__(self, name: str) -> Any:
        if name in self.arrays:
            return self.archive.array(f"{self.part}/{name}")
        if name in self.told[_LISTS]:
            return [self.archive.array(f"{self.part}/{name}/{place}") for place in range(self.told[_LISTS][name])]
        return self.told[name]

    def __iter__(self) -> Iterator[str]:
        return iter([*self.arrays, *self.told[_LISTS], *(name for name in self.told if name != _LISTS)])

    def __len__(self) -> int:
        return len(list(iter(self)))


def load(
    kind: type[Model],
    path: str | os.PathLike[str],
    days: int | None = None,
    trace: Any = None,
    datacollector: mesa.DataCollector | None = None,
    scenario: Scenario | None = None,
) -> Model:
    """A model as it stood when it was saved. See `CallCentre.load`."""
    with Archive(path) as archive:
        told = archive.manifest
        _check_version(told, archive.path)
        try:
            saved = _scenario(told, archive.path)
            if scenario is not None and scenario != saved:
                raise InputError(f"{archive.path}: is of another scenario, {_difference(scenario, saved)}")
            _check_days(told, saved, days, archive.path)
            model = kind(
                saved, told["seed"], told["replication"], days or told["days"], told["recording"], trace
            )  # the same arguments, the same model
        except _WRONG as error:
            raise InputError(f"{archive.path}: is damaged, its manifest says nothing of use ({error!r})") from None
        try:
            _restore(model, archive)
            if days is not None:
                model.running = not model.is_over
            if datacollector is not None:
                model.datacollector = go_on_collecting(datacollector, told["parts"]["model"]["collected"])
        except InputError as error:
            model.close()
            raise InputError(f"{archive.path}: {str(error).removeprefix(f'{archive.path}: ')}") from None
        except _WRONG as error:
            model.close()
            raise InputError(f"{archive.path}: is damaged ({error!r})") from None
    return model


def _check_version(told: Mapping[str, Any], path: Path) -> None:
    if told.get("kind") != KIND:
        raise InputError(f"{path}: is {told.get('kind')!r}, must be {KIND!r}")
    if told.get("format") != FORMAT:
        raise InputError(f"{path}: has format {told.get('format')!r}, must be {FORMAT}")
    if told.get("code") != code_hash():
        raise InputError(
            f"{path}: was saved by other code (version {told.get('version')}, hash {told.get('code')}), "
            f"must be continued with the same (this is {__version__}, {code_hash()})"
        )


def _scenario(told: Mapping[str, Any], path: Path) -> Scenario:
    try:
        scenario = Scenario.model_validate(told["scenario"], context=IN_BASE_UNITS)
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{path}: its scenario is wrong, {dotted(first['loc'])}: {first['msg']}") from None
    _check_scenario(scenario, str(path))
    return scenario


def _check_scenario(scenario: Scenario, place: str) -> None:
    for problem in check(scenario):
        raise InputError(f"{place}: its scenario is wrong, {dotted(problem.path)} {problem.text}")


def _difference(a: Scenario, b: Scenario) -> str:
    """The first key that says something else, in words."""
    mine: Any = a.model_dump(mode="json")
    theirs: Any = b.model_dump(mode="json")
    place: list[str | int] = []
    while isinstance(mine, dict) and isinstance(theirs, dict):
        key = next(key for key in {**mine, **theirs} if mine.get(key) != theirs.get(key))
        place.append(key)
        mine, theirs = mine.get(key), theirs.get(key)
    return f"{dotted(tuple(place))} is {theirs!r}, must be {mine!r}"


def _check_days(told: Mapping[str, Any], scenario: Scenario, days: int | None, path: Path) -> None:
    """A run may be made longer when it goes on, and shorter as far as it has not got yet."""
    if days is None:
        return
    begun = int(told["parts"]["model"]["plain"]["day"]) + 1 - scenario.run.warm_up
    if days < max(begun, 1):
        raise InputError(f"{path}: days is {days}, must be {max(begun, 1)} or more, as so many have begun")


def _restore(model: CallCentre, archive: Archive) -> None:
    told, parts = archive.manifest["parts"], parts_of(model)
    if trace_digest(model) != archive.manifest["trace"]:
        raise InputError("replays recorded contacts that have changed since, must be given the same")
    if parts.keys() != told.keys():
        odd = sorted(parts.keys() ^ told.keys())[0]
        raise InputError(f"holds the parts {', '.join(told)}, must hold those of the model (see {odd})")
    for name, part in reversed(parts.items()):  # a part after those that hang on it
        part.restore(_Saved(archive, name, told[name]))
