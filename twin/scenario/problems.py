"""What is told, in every check alike, of a name that is not known and of shares that do not sum to 1."""

import math
from collections.abc import Iterable, Iterator

from twin.scenario.files import nearest
from twin.scenario.provenance import Path, Problem, show

TOLERANCE = 1e-6  # [-] by which shares may miss 1
NONE = "but there are none"
_MANY = 12  # [names] above this, only the nearest are told


def allowed_names(allowed: Iterable[str], given: str) -> str:
    """What a name must be: one of those allowed, or, of many, those that look alike."""
    names = list(dict.fromkeys(allowed))
    if not names:
        return NONE
    if len(names) == 1:
        return f"must be {names[0]}"
    hint = nearest(given, names)
    return f"must be one of {', '.join(names)}{hint}" if len(names) <= _MANY or not hint else f"is not known{hint}"


def name_problems(path: Path, given: str | None, allowed: Iterable[str]) -> Iterator[Problem]:
    """A name that must be among those allowed, if it is given."""
    names = list(allowed)
    if given is not None and given not in names:
        yield Problem(path, f"is {show(given)}, {allowed_names(names, given)}")


def key_problems(path: Path, given: Iterable[str], what: str, allowed: Iterable[str]) -> Iterator[Problem]:
    """Keys of a table, each of which must be `what`: one of those allowed."""
    names = list(allowed)
    for key in given:
        if key not in names:
            yield Problem((*path, key), f"is not {what}, {allowed_names(names, key)}")


def sum_problems(path: Path, shares: Iterable[float]) -> Iterator[Problem]:
    """Shares that must sum to 1."""
    total = math.fsum(shares)
    if not abs(total - 1) <= TOLERANCE:
        yield Problem(path, f"has shares that sum to {total:.6g}, must sum to 1")
