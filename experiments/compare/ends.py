"""What the comparison would say if an assumption were at the low or the high end of its range, one at a time.

All assumptions are screened with few short runs, those that move the headline differences most are run again at the
full number. Every run meets the customers of the central runs: what an end changes is the assumption's doing.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from experiments.compare.comparison import Comparison
from experiments.compare.findings import CENTRE, FULL, SCREENED, Ends
from experiments.compare.measures import MEASURES
from experiments.compare.paired import BETTER, HIGHER, LOWER, WORSE, differences, verdict
from experiments.compare.ranges import ENDS, Assumption, assumptions_of, at_end
from experiments.compare.variants import Pairs, Variant, run_variants, values
from experiments.compare.wrong import NET, net_row
from twin.errors import ScenarioError

KPIS = ("sl20", "mean_wait", "fcr", "csi", "cost_per_year", "arpu_at_risk")
"""The headline differences that an assumption may move."""
SCREENING_DAYS, SCREENING_PAIRS = 7, 2
LOW, HIGH = ENDS
COLUMNS = (
    "stage", "assumption", "end", "value", "kpi", "a", "b", "difference", "half_width", "verdict", "shift",
    "shift_half_width", "turn", "n", "days", "a_half_width", "b_half_width", "mark", "keys", "reason",
)  # fmt: skip
HOLDS, LOST, NEW, ROUND = "holds", "no longer shown", "now shown", "turns round"
UNSURE = "other verdict, shift within chance"
SHOWN = (BETTER, WORSE, HIGHER, LOWER)


def turn(centre: str, end: str, is_shift_shown: bool = True) -> str:
    """What becomes of a conclusion: two verdicts, at the centre and at an end of the range.

    Intervals vary from run to run: a verdict that changes while the shift itself may be zero says nothing.
    """
    if end == centre or (end not in SHOWN and centre not in SHOWN):
        return HOLDS
    if not is_shift_shown:
        return UNSURE
    if end not in SHOWN:
        return LOST
    return ROUND if centre in SHOWN else NEW


def rank(shifts: Mapping[str, np.ndarray], centre: np.ndarray, half_width: np.ndarray) -> list[str]:
    """Names by how much they move the conclusions: first those that turn one round, then by the largest shift.

    Parameters
    ----------
    shifts : mapping of name to ndarray, shape (ends, kpis)
        Of each difference, in its own unit; NaN where nothing is known.
    centre, half_width : ndarray, shape (kpis,)
        The central differences and the half-widths of their 95 % intervals, in which shifts are measured.
    """

    def key(name: str) -> tuple[bool, float]:
        shift = np.asarray(shifts[name], float)
        with np.errstate(divide="ignore", invalid="ignore"):
            score = np.nan_to_num(np.abs(shift) / half_width, nan=0.0, posinf=math.inf)
        moved = centre + shift
        is_round = (np.abs(centre) > half_width) & (np.abs(moved) > half_width) & (centre * moved < 0)
        return not bool(is_round.any()), -float(score.max(initial=0.0))

    return sorted(shifts, key=key)


def run_ends(
    comparison: Comparison,
    n: int,
    wanted: Sequence[str] = (),
    workers: int | None = None,
    on_table: Any = None,
) -> Ends:
    """Screen all assumptions (unless some are wanted by name), run the `n` strongest at the full number.

    Parameters
    ----------
    on_table : callable(DataFrame), optional
        Gets what is known whenever an assumption is finished.
    """
    plan = comparison.plan
    known = assumptions_of(plan.a, plan.b, wanted)
    variants, impossible = _variants(comparison, known)
    book = _Book(known, on_table)
    pairs, days = min(SCREENING_PAIRS, plan.replications), min(SCREENING_DAYS, plan.days)
    is_screened = not wanted
    order = [assumption.name for assumption in known]
    if is_screened:
        centre = _same_days(comparison, days, pairs, workers)
        book.open(SCREENED, centre, days)
        run_variants(variants, centre, days, plan.seed, pairs, workers, on_done=book.add, title="screening assumptions")
        order = rank(book.shifts(), *_central(comparison))
    chosen = order[:n] if is_screened else order
    book.open(FULL, comparison.pairs, plan.days)
    full = [variant for name in chosen for variant in variants if _assumption_of(variant) == name]
    run_variants(
        full, comparison.pairs, plan.days, plan.seed, plan.replications, workers, on_done=book.add,
        title="assumptions at their ends",
    )  # fmt: skip
    return Ends(book.table(), tuple(chosen), tuple(order), impossible, (pairs, days) if is_screened else (0, 0),
                book.net_table())  # fmt: skip


def expected_runs(comparison: Comparison, n: int, wanted: Sequence[str] = ()) -> tuple[int, float]:
    """How many assumptions there are, and about how many runs of the full length all will take."""
    plan = comparison.plan
    known = assumptions_of(plan.a, plan.b, wanted)
    warm_up = max(plan.a.scenario.run.warm_up, plan.b.scenario.run.warm_up)
    short = (min(SCREENING_DAYS, plan.days) + warm_up) / (plan.days + warm_up)
    screening = 0.0 if wanted else 4 * len(known) * min(SCREENING_PAIRS, plan.replications) * short
    return len(known), screening + 4 * (len(known) if wanted else min(n, len(known))) * plan.replications


def _variants(comparison: Comparison, known: Sequence[Assumption]) -> tuple[list[Variant], dict[str, str]]:
    variants, impossible = [], {}
    for assumption in known:
        for which, end in enumerate(ENDS):
            try:
                a, b = (at_end(side, assumption, which) for side in (comparison.a, comparison.b))
            except ScenarioError as error:
                impossible[f"{assumption.name}, {end}"] = error.problems[0]
                continue
            variants.append(Variant(f"{assumption.name} {end}", a, b))
    return variants, impossible


def _assumption_of(variant: Variant) -> str:
    return variant.name.rpartition(" ")[0]


def _same_days(comparison: Comparison, days: int, pairs: int, workers: int | None) -> Pairs:
    """The central runs of the screening; those of the comparison if they are as long."""
    plan = comparison.plan
    if days == plan.days:
        a, b = comparison.pairs
        return a[:pairs], b[:pairs]
    centre = Variant(CENTRE, plan.a.scenario, plan.b.scenario)
    return run_variants([centre], None, days, plan.seed, pairs, workers, title="screening, centre")[0]


def _central(comparison: Comparison) -> tuple[np.ndarray, np.ndarray]:
    rows = [comparison.row(name) for name in KPIS]
    return (
        np.array([row.difference if row is not None else math.nan for row in rows]),
        np.array([row.half_width if row is not None else math.nan for row in rows]),
    )


class _Book:
    """Rows of the table as runs are finished."""

    def __init__(self, known: Sequence[Assumption], on_table: Any):
        self.known = {assumption.name: assumption for assumption in known}
        self.rows: list[dict[str, Any]] = []
        self.net: list[dict[str, Any]] = []
        self.on_table = on_table
        self.stage, self.days, self.centre = "", 0, np.empty(0)
        self.verdicts: tuple[str, ...] = ()

    def open(self, stage: str, centre: Pairs, days: int) -> None:
        self.stage, self.days = stage, days
        self.centre = _differences(centre)
        rows = self._rows(CENTRE, CENTRE, centre)
        self.verdicts = tuple(row["verdict"] for row in rows)
        self.rows += [{**row, "turn": HOLDS} for row in rows]
        self.net.append(net_row(stage, CENTRE, CENTRE, "", centre, days))

    def add(self, variant: Variant, pairs: Pairs) -> None:
        name, _, end = variant.name.rpartition(" ")
        rows = self._rows(name, end, pairs)
        self.net.append(net_row(self.stage, name, end, rows[0]["value"], pairs, self.days))
        for row, old in zip(rows, self.verdicts, strict=True):
            is_shown = abs(row["shift"]) > row["shift_half_width"]
            self.rows.append({**row, "turn": turn(old, row["verdict"], is_shown)})
        if self.on_table:
            self.on_table(self.table())

    def _rows(self, name: str, end: str, pairs: Pairs) -> list[dict[str, Any]]:
        a, b = (values(side, KPIS) for side in pairs)
        at_end_, shift = differences(a, b), differences(self.centre, b - a)
        known = self.known.get(name)
        about = {
            "stage": self.stage, "assumption": name, "end": end, "days": self.days,
            "value": known.end(ENDS.index(end)) if known else "",
            "mark": known.mark if known else "", "keys": ", ".join(known.keys) if known else "",
            "reason": known.reason if known else "",
        }  # fmt: skip
        rows = []
        for place, kpi in enumerate(KPIS):
            row = {key: float(column[place]) for key, column in at_end_.items() if key in COLUMNS}
            said = verdict(row["difference"], row["half_width"], MEASURES[kpi].better,
                           math.isfinite(row["a"]), math.isfinite(row["b"]))  # fmt: skip
            moved = {"shift": float(shift["difference"][place]), "shift_half_width": float(shift["half_width"][place])}
            rows.append({**about, "kpi": kpi, **row, **moved, "verdict": said})
        return rows

    def shifts(self) -> dict[str, np.ndarray]:
        """Shift of each KPI at the two ends of each assumption of this stage."""
        found = {name: np.full((2, len(KPIS)), math.nan) for name in self.known}
        for row in self.rows:
            if row["stage"] == self.stage and row["end"] != CENTRE:
                found[row["assumption"]][ENDS.index(row["end"]), KPIS.index(row["kpi"])] = row["shift"]
        return found

    def net_table(self) -> pd.DataFrame:
        return pd.DataFrame(self.net, columns=list(NET))

    def table(self) -> pd.DataFrame:
        table = pd.DataFrame(self.rows, columns=list(COLUMNS))
        return table.astype({"n": "int64"})


def _differences(pairs: Pairs) -> np.ndarray:
    a, b = (values(side, KPIS) for side in pairs)
    return b - a
