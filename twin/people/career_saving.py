"""Arrays of the careers' parts as state to be saved, and put back into a part that has just been built."""

from collections.abc import Iterable, Mapping
from typing import Any


def arrays_of(part: Any, names: Iterable[str]) -> dict[str, Any]:
    """By the attribute's name, without the underscore of those that are private."""
    return {name.lstrip("_"): getattr(part, name) for name in names}


def take_over(part: Any, names: Iterable[str], state: Mapping[str, Any]) -> None:
    """Write what `arrays_of` has given into the arrays of another part, which must be alike."""
    for name in names:
        built, saved = getattr(part, name), state[name.lstrip("_")]
        if saved.dtype != built.dtype or saved.shape != built.shape:
            raise ValueError(f"{name} is {saved.dtype} {saved.shape}, must be {built.dtype} {built.shape}")
        built[:] = saved
