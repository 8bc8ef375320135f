"""The months after the move in words."""

from collections.abc import Sequence
from typing import Any

from experiments.compare.comparison import Comparison
from experiments.compare.findings import Series
from experiments.compare.measures import MEASURES, amount, shown
from experiments.compare.paired import BETTER, WORSE
from experiments.compare.time_to_effect import sentence
from experiments.compare.transition import KPIS, gained, settled

_SIGN = {BETTER: "▲", WORSE: "▼"}


def measured(comparison: Comparison) -> list[str]:
    return [name for name in KPIS if comparison.row(name) is not None and comparison.has(name)]


def cells(row: Any) -> str:
    """The difference to A of one month, short, with its sign."""
    text = shown(row).difference if MEASURES[row.kpi].unit.startswith("EUR") else shown(row).short
    return f"{_SIGN.get(row.verdict, '')}{text}"


def story(comparison: Comparison, series: Series) -> list[str]:
    """For each measure how deep the dip is, until when, and from when on B is better than A."""
    names = measured(comparison)
    text = [_one(comparison, name, series.rows(name)) for name in names]
    found: list[Any] = list(series.effects.itertuples(index=False))
    text += [sentence(row, comparison.a.label, comparison.replications) for row in found if row.kpi in names]
    hours = [facts.get("training_hours", 0.0) for facts in comparison.facts.get("runs", ())][1:]
    if hours and hours[0] > 0:
        text.append(
            f"The move takes {hours[0]:,.0f} hours of training. They are a cost here, not hours away from the "
            "telephone: the weeks in which they are taken would be worse than shown."
        )
    return text


def _one(comparison: Comparison, name: str, rows: Sequence[Any]) -> str:
    title, first, last = MEASURES[name].title, rows[0], rows[-1]
    months, a = [row.months for row in rows], comparison.a.label
    if first.since_last_verdict == WORSE:
        by = amount(name, first.since_last, first.since_last_half_width)
        dip = f"right after the move worse by {by} than after {last.months:g} months"
        settled_at = settled(months, [row.since_last_verdict for row in rows])
        dip += f", no longer from month {settled_at:g} on" if settled_at is not None else ""
    else:
        dip = f"no dip is shown (month {first.months:g} against month {last.months:g})"
    better_from = gained(months, [row.verdict for row in rows])
    if better_from is not None:
        end = f"better than {a} from month {better_from:g} on"
    elif last.verdict == WORSE:
        end = f"still worse than {a} after {last.months:g} months"
    else:
        end = f"no difference to {a} shown after {last.months:g} months"
    return f"{title}: {dip}; {end}."
