"""What the comparison of the two caring models should show (domain reference, section 9), tested, not built in."""

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from experiments.compare.comparison import Comparison
from experiments.compare.findings import ExtraRuns
from experiments.compare.paired import differences
from experiments.compare.side import Side
from experiments.compare.variants import Pairs, Variant, run_variants, values
from twin.scenario.load import scenario_from_dict
from twin.scenario.schema import Scenario

SEEN, NOT_SEEN, OPPOSITE, UNKNOWN = "seen", "not seen", "opposite", "not measurable yet"
WORDS = {
    1: "Premium and Nursery: waits, resolution, satisfaction better; Nursery churns less through the first bill",
    2: "Basic: longer waits, more self care; contacts and cost per customer fall, churn may rise slightly",
    3: "Skills cost no service only if operators hold two or so: single-skilled staff is worse at equal cost",
    4: "Transition: training and re-learning push handle times up at first; gains come after month 4",
    5: "Staggered shifts alone recover much of the 20-s indicator without more hours",
    6: "Proactive messages lower order-status and first-bill calls, net of the calls they cause",
    7: "One Call: resolution up and recall down with 15 % recontacts, if the back office keeps up",
}
MORE, LESS, NO_MORE = 1, -1, 0
"""What is expected of a difference: above 0, below 0, not above 0."""
_CLUSTERS = (
    *((1, kpi, name, way) for name in ("Portafoglio", "Privilege", "Nursery")
      for kpi, way in (("mean_wait", LESS), ("fcr", MORE), ("csi", MORE))),
    (1, "churn", "Nursery", LESS),
    (2, "mean_wait", "Basic", MORE), (2, "containment", "Basic", MORE), (2, "foc", "Basic", LESS),
    (2, "cost_per_customer", "Basic", LESS), (2, "churn", "Basic", MORE),
)  # fmt: skip
_EXTRA_KPIS = ("sl20", "operators_on_duty")
ONE_SKILL, NEW_SHIFTS = "one skill each", "the other's shifts"
COLUMNS = ("direction", "what", "kpi", "expected", "difference", "half_width", "n", "status", "reason")


@dataclass(frozen=True)
class Direction:
    """One figure of a direction."""

    number: int
    what: str
    """Whose figure, or of which runs."""
    kpi: str
    way: int
    difference: float = math.nan
    half_width: float = math.nan
    n: int = 0
    reason: str = ""
    """Why there is no figure."""

    @property
    def status(self) -> str:
        return status(self.difference, self.half_width, self.way)

    @property
    def expected(self) -> str:
        return {MORE: "higher", LESS: "lower", NO_MORE: "no higher"}[self.way]


def status(difference: float, half_width: float, way: int) -> str:
    """An expectation beside a difference: seen and opposite only where the 95 % interval leaves out zero."""
    if not math.isfinite(half_width):
        return UNKNOWN
    is_shown = abs(difference) > half_width
    if way == NO_MORE:
        return OPPOSITE if is_shown and difference > 0 else SEEN
    if not is_shown:
        return NOT_SEEN
    return SEEN if difference * way > 0 else OPPOSITE


def is_caring_model(comparison: Comparison) -> bool:
    """Whether the directions speak of these two scenarios: they know the clusters by name."""
    return {name for _, _, name, _ in _CLUSTERS} <= set(comparison.groups("cluster"))


def directions(comparison: Comparison) -> list[Direction]:
    """All seven, each with its figures, or with why there are none."""
    if not is_caring_model(comparison):
        return []
    return [*_by_cluster(comparison), *_skills(comparison), *_transition(comparison), *_shifts(comparison), *_open()]


def directions_table(comparison: Comparison) -> pd.DataFrame:
    rows: list[dict[str, Any]] = [
        {"direction": d.number, "what": d.what, "kpi": d.kpi, "expected": d.expected, "difference": d.difference,
         "half_width": d.half_width, "n": d.n, "status": d.status, "reason": d.reason}
        for d in directions(comparison)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _by_cluster(comparison: Comparison) -> Iterator[Direction]:
    for number, kpi, group, way in _CLUSTERS:
        row = comparison.row(kpi, "cluster", group)
        if row is None or not math.isfinite(row.half_width):
            yield Direction(number, group, kpi, way, reason="no figure by cluster, or fewer than 2 replications")
        else:
            yield Direction(number, group, kpi, way, row.difference, row.half_width, int(row.n))


def _skills(comparison: Comparison) -> Iterator[Direction]:
    b = comparison.b
    held = sum(int(n) * share for n, share in b.scenario.abilities.n_held.items())
    what = f"{b.label}, one skill each instead of {held:.1f}"
    if one_skill(b) is None:
        yield Direction(3, what, "sl20", LESS, reason="its operators hold one skill already")
    else:
        yield _extra(comparison, ONE_SKILL, 3, what, "sl20", LESS)


def _transition(comparison: Comparison) -> Iterator[Direction]:
    series = comparison.further.transition if comparison.further else None
    if series is None:
        has = comparison.b.scenario.migration is not None
        reason = "--transition measures it" if has else f"{comparison.b.label} moves nobody"
        yield Direction(4, "the first months", "aht", MORE, reason=reason)
        return
    rows = series.rows("aht")
    for row in rows:
        if row.months <= 2:
            yield Direction(4, f"month {row.months:g}, against {comparison.a.label}", "aht", MORE,
                            row.difference, row.half_width, int(row.n))  # fmt: skip
    for kpi, way in (("aht", MORE), ("csi", LESS)):
        first, last = series.rows(kpi)[0], series.rows(kpi)[-1]
        what = f"month {first.months:g}, against month {last.months:g}"
        yield Direction(4, what, kpi, way, first.since_last, first.since_last_half_width, int(first.n))
    yield Direction(4, "capacity lost to training", "operators_on_duty", LESS,
                    reason="the runs by month do not take the hours of training from the telephone")  # fmt: skip


def _shifts(comparison: Comparison) -> Iterator[Direction]:
    what = f"{comparison.a.label} with the shifts of {comparison.b.label}"
    for kpi, way in (("sl20", MORE), ("operators_on_duty", NO_MORE)):
        if new_shifts(comparison.a, comparison.b) is None:
            yield Direction(5, what, kpi, way, reason="both have the same shifts")
        else:
            yield _extra(comparison, NEW_SHIFTS, 5, what, kpi, way)


def _open() -> Iterator[Direction]:
    yield Direction(6, "customers reached", "n_offered", LESS, reason="needs a model with and without messages")
    yield Direction(7, "matters taken in charge", "recall_share", LESS,
                    reason="needs a model with and without recontacts")  # fmt: skip


def _extra(comparison: Comparison, name: str, number: int, what: str, kpi: str, way: int) -> Direction:
    runs = comparison.further.extra if comparison.further else None
    if runs is None or name not in runs.pairs:
        return Direction(number, what, kpi, way, reason="--directions measures it")
    before, after = (values(side, (kpi,)) for side in runs.pairs[name])
    found = differences(before, after)
    difference, width, n = (float(found[key][0]) for key in ("difference", "half_width", "n"))
    return Direction(number, what, kpi, way, difference, width, int(n))


# ---- further runs -----------------------------------------------------------------------------------------------


def run_extra(comparison: Comparison, workers: int | None = None) -> ExtraRuns:
    """What directions 3 and 5 need beside the comparison: B with one skill each, A with the shifts of B."""
    plan = comparison.plan
    changed = {
        ONE_SKILL: Variant(ONE_SKILL, b=one_skill(plan.b)),
        NEW_SHIFTS: Variant(NEW_SHIFTS, a=new_shifts(plan.a, plan.b)),
    }
    wanted = [variant for variant in changed.values() if variant.a or variant.b]
    found = run_variants(wanted, comparison.pairs, plan.days, plan.seed, plan.replications, workers,
                         title="runs for the expected directions")  # fmt: skip
    a, b = comparison.pairs
    pairs: dict[str, Pairs] = {}
    for variant, (changed_a, changed_b) in zip(wanted, found, strict=True):
        pairs[variant.name] = (b, changed_b) if variant.b else (a, changed_a)
    return ExtraRuns(pairs)


def one_skill(side: Side) -> Scenario | None:
    """The same staff, each with the first skill only; None if that is so already."""
    if set(side.scenario.abilities.n_held) == {"1"}:
        return None
    resolved = copy.deepcopy(side.resolved)
    resolved["abilities"]["n_held"] = {"1": 1.0}
    return scenario_from_dict(resolved, side.scenario.name)


def new_shifts(a: Side, b: Side) -> Scenario | None:
    """A's people at B's hours, whatever queue these were fitted to; None if they are the same."""
    own, others = a.scenario.groups, b.scenario.groups
    moved = [name for name in own if name in others and others[name].shift not in (None, own[name].shift)]
    if not moved:
        return None
    resolved = copy.deepcopy(a.resolved)
    resolved["shifts"] = copy.deepcopy({**b.resolved["shifts"], **resolved["shifts"]})
    for name in moved:
        resolved["groups"][name]["shift"] = b.resolved["groups"][name]["shift"]
    for shift in resolved["shifts"].values():
        for pattern in shift.get("patterns", []):
            if pattern.get("queue") not in a.scenario.queues:
                pattern.pop("queue", None)
    used = {group.get("shift") for group in resolved["groups"].values()}
    resolved["shifts"] = {name: shift for name, shift in resolved["shifts"].items() if name in used}
    return scenario_from_dict(resolved, a.scenario.name)
