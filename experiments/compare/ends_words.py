"""What the ends of the ranges do to the conclusions, in words and rows of text."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from experiments.compare.comparison import Comparison
from experiments.compare.ends import HIGH, HOLDS, KPIS, LOST, LOW, NEW, ROUND, UNSURE
from experiments.compare.findings import CENTRE, FULL, SCREENED, Ends
from experiments.compare.measures import MEASURES, shown

SHORT = {"sl20": "In 20 s", "mean_wait": "Wait", "fcr": "FCR", "csi": "CSI", "cost_per_year": "Cost",
         "arpu_at_risk": "ARPU risk"}  # fmt: skip
TURNED = {LOST: "◦", NEW: "•", ROUND: "⇄", UNSURE: "?"}
"""Marks a cell where the conclusion is another than at the centre."""
LEGEND = (
    "⇄ the conclusion turns round, ◦ it is no longer shown, • a difference is now shown, "
    "? another verdict, but the shift is within chance"
)
NOT_RUN = "no run was made at the ends of the ranges; the same command with --assumptions 6 makes them"
NOTHING_TURNS = "None of these is shown to turn a conclusion."


class Row(NamedTuple):
    """One end of one assumption; or the centre."""

    name: str
    end: str
    value: str
    cells: tuple[str, ...]
    """One for each KPI: the difference with its half-width, and a mark where the conclusion turns."""
    turns: tuple[str, ...]
    keys: str
    mark: str
    reason: str


def known(comparison: Comparison) -> tuple[str, ...]:
    """The KPIs that both scenarios have."""
    return tuple(name for name in KPIS if comparison.row(name) is not None and comparison.has(name))


def rows(ends: Ends, kpis: Sequence[str], stage: str = FULL, names: Sequence[str] | None = None) -> list[Row]:
    """The centre, then the low and the high end of each assumption, the strongest first."""
    table = ends.table[ends.table.stage == stage]
    by_place: dict[tuple[str, str, str], Any] = {}
    found: list[Any] = list(table.itertuples(index=False))
    by_place.update({(row.assumption, row.end, row.kpi): row for row in found})
    wanted = (ends.chosen if stage == FULL else ends.order) if names is None else names
    result = []
    for name, end in [(CENTRE, CENTRE), *((name, end) for name in wanted for end in (LOW, HIGH))]:
        line = [by_place.get((name, end, kpi)) for kpi in kpis]
        if all(row is None for row in line):
            continue
        first = next(row for row in line if row is not None)
        cells = tuple(_cell(row, stage) for row in line)
        turns = tuple(row.turn if row is not None else HOLDS for row in line)
        result.append(Row(name, end, first.value, cells, turns, first.keys, first.mark, first.reason))
    return result


def _cell(row: Any, stage: str) -> str:
    if row is None:
        return "–"
    if stage == SCREENED and row.end != CENTRE:
        return _shift(row)
    text = shown(row).difference if MEASURES[row.kpi].unit.startswith("EUR") else shown(row).short
    return f"{TURNED.get(row.turn, '')}{text}"


def _shift(row: Any) -> str:
    """How far a screening run moved the difference; so few pairs have no interval worth the name."""
    unit = MEASURES[row.kpi].unit
    if row.shift != row.shift:
        return "–"
    scale, digits, suffix = (100.0, 2, " pp") if unit == "share" else (1.0, 1, " s") if unit == "s" else (1.0, 2, "")
    if unit.startswith("EUR"):
        scale, digits, suffix = 1e-3, 1, " k€"
    text = f"{row.shift * scale:+,.{digits}f}".replace("-", "−")
    return text + suffix


def conclusions(comparison: Comparison, ends: Ends) -> list[str]:
    """Whether anything turns, and on what; what was not run."""
    kpis = known(comparison)
    found = [row for row in rows(ends, kpis) if row.end != CENTRE]
    text = [_scope(ends)]
    for kind, words in ((ROUND, "turns round"), (LOST, "is no longer shown"), (NEW, "appears where none was shown")):
        said = []
        for row in found:
            titles = [MEASURES[name].title for name, turn in zip(kpis, row.turns, strict=True) if turn == kind]
            if titles:
                said.append(f"{', '.join(titles)} with {row.name} at {row.value} ({row.end})")
        if said:
            text.append(f"The difference {words} in: {'; '.join(said)}.")
    turns = {turn for row in found for turn in row.turns}
    if found and not turns & {ROUND, LOST, NEW}:
        text.append(NOTHING_TURNS)
    if UNSURE in turns:
        text.append("Where a ? stands the verdict is another, but the shift may be chance: more replications tell.")
    text += [f"Not run: {name} ({_short(why)})." for name, why in ends.impossible.items()]
    return text


def _scope(ends: Ends) -> str:
    n = len(ends.order)
    pairs, days = ends.screening
    if not pairs:
        return f"{_count(len(ends.chosen))} run at both ends of the range, one at a time, with all replications."
    return (
        f"{_count(n)} screened one at a time at both ends of the range ({pairs} pairs of {days} counted days); the "
        f"{len(ends.chosen)} that moved the headline differences most, measured in half-widths, were run again with "
        "all replications. Two wrong assumptions at once may do what none does alone."
    )


def _count(n: int) -> str:
    return f"{n} assumption was" if n == 1 else f"{n} assumptions were"


def _short(problem: str) -> str:
    return problem.partition(": ")[2] or problem
