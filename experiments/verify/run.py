"""`verify`: runs the cases, in as many processes as wanted, and gathers the rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from experiments.verify.case import Case, ExactCase, Row
from experiments.verify.cases import SIMULATIONS
from experiments.verify.chats import CHATS
from experiments.verify.conservation import CONSERVATION
from experiments.verify.exact import EXACT
from experiments.verify.forward import FORWARD
from experiments.verify.general import GENERAL
from experiments.verify.renewals import RENEWALS
from experiments.verify.sample import draw
from experiments.verify.theory import THEORY
from experiments.verify.waiting import WAITING
from twin.errors import InputError
from twin.processes import run_tasks

SEED = 1
"""Fixed, so that everybody sees the same numbers."""
FEW = 8
"""Pieces of work that are done before other processes would have started."""

SAMPLED: tuple[Case, ...] = (*SIMULATIONS, *THEORY, *WAITING, *CHATS, *GENERAL, *RENEWALS, *FORWARD)
WORKED_OUT: tuple[ExactCase, ...] = (*EXACT, CONSERVATION)
CASES: dict[str, Case | ExactCase] = {case.name: case for case in SAMPLED}
CASES |= {case.name: case for case in WORKED_OUT}


@dataclass(frozen=True)
class Piece:
    """A part of a case that one process works on."""

    case: str
    chunk: int
    seed: int

    def __str__(self) -> str:
        return f"{self.case}, part {self.chunk}"


@dataclass(frozen=True)
class Verification:
    seed: int
    cases: tuple[str, ...]
    replications: dict[str, int]
    """Of the cases that are sampled."""
    rows: tuple[Row, ...]

    @property
    def n_met(self) -> int:
        return sum(row.is_met for row in self.rows)

    @property
    def is_met(self) -> bool:
        return self.n_met == len(self.rows)

    def as_dict(self) -> dict:
        """What ``--json`` prints."""
        return {
            "seed": self.seed,
            "met": self.n_met,
            "total": len(self.rows),
            "cases": [
                {"case": name, "title": CASES[name].title, "replications": self.replications.get(name)}
                for name in self.cases
            ],
            "rows": [row.as_dict() for row in self.rows],
        }


def chosen(names: Sequence[str]) -> list[str]:
    """Names of cases: as they are called, small or capital, or a beginning up to a dash (`v20`); all unless given.

    Raises
    ------
    InputError
        If a name is unknown, with those that are allowed.
    """
    found: list[str] = []
    for name in names:
        wanted = name.lower()
        matches = [case for case in CASES if case == wanted]
        matches = matches or [case for case in CASES if case.startswith(f"{wanted}-")]
        if not matches:
            raise InputError(f"verify: case is {name!r}, must be among {', '.join(CASES)}")
        found += [case for case in matches if case not in found]
    return found or list(CASES)


def work(piece: Piece) -> pd.DataFrame | list[Row]:
    """A sample of a case, or the rows of an exact one."""
    case = CASES[piece.case]
    return case.rows() if isinstance(case, ExactCase) else draw(case, piece.seed, piece.chunk)


def verify(
    names: Sequence[str] = (),
    seed: int = SEED,
    workers: int = 1,
    on_done: Callable[[int, int], None] | None = None,
) -> Verification:
    """Run cases and judge each measure.

    Parameters
    ----------
    names : see `chosen`
    workers : int
        Processes; the numbers do not depend on how many.
    on_done : callable(done, of)
        Told of each piece of work that is finished.
    """
    cases = chosen(names)
    pieces = [Piece(name, chunk, seed) for name in cases for chunk in range(getattr(CASES[name], "chunks", 1))]
    results = _run(pieces, workers, on_done)
    rows: list[Row] = []
    replications = {}
    for name in cases:
        parts = [result for piece, result in zip(pieces, results, strict=True) if piece.case == name]
        case = CASES[name]
        if isinstance(case, ExactCase):
            rows += parts[0]
            continue
        sample = pd.concat(parts, ignore_index=True)
        replications[name] = len(sample)
        rows += case.rows(sample)
    return Verification(seed, tuple(cases), replications, tuple(rows))


def _run(pieces: list[Piece], workers: int, on_done: Callable[[int, int], None] | None) -> list:
    finished = 0

    def tell(*_) -> None:
        nonlocal finished
        finished += 1
        if on_done is not None:
            on_done(finished, len(pieces))

    order = sorted(range(len(pieces)), key=lambda position: _size(pieces[position]), reverse=True)
    longest_first = run_tasks(work, [pieces[place] for place in order], workers if len(pieces) > FEW else 1, tell)
    return [result for _, result in sorted(zip(order, longest_first, strict=True), key=lambda pair: pair[0])]


def _size(piece: Piece) -> tuple[bool, int]:
    """Roughly how long it takes: a look at each interval or record takes longest, then the number of days counts."""
    case = CASES[piece.case]
    return isinstance(case, ExactCase) or case.sample is not None, getattr(case, "days", 0)
