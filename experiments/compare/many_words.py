"""Several scenarios against one base, in words and rows of text that the screen and the report share."""

from typing import Any

from experiments.compare.many import Many
from experiments.compare.measures import MEASURES, MONEY, SUMMARY, shown, span
from experiments.compare.paired import BETTER, HIGHER, LOWER, WORSE
from experiments.compare.posterior import spreads
from experiments.compare.simultaneous import Best

SIGN = {BETTER: "▲", WORSE: "▼", HIGHER: "↑", LOWER: "↓"}
HEADLINE = ("sl20", "mean_wait", "abandonment_share", "fcr", "csi", "cost_per_year", "arpu_at_risk",
            "net_money_per_year")  # fmt: skip
"""KPIs of which the best scenario is named in words."""
METHOD = (
    "Every interval (±) of a KPI holds for all {k} scenarios together with 95 % confidence (Bonferroni: each has "
    "{each:.4g} %); over several KPIs it does not. The best scenario is found by multiple comparisons with the best "
    "(Hsu 1984; Nelson & Matejcik 1995) on the same {n} replications, in each of which all scenarios met the same "
    "customers."
)


def method(many: Many) -> str:
    k = len(many.plan.others)
    return METHOD.format(k=k, each=100 * (1 - 0.05 / k), n=many.replications)


def overall(many: Many) -> list[str]:
    """The KPIs that the table of all contacts shows."""
    return [name for name in (*SUMMARY, *MONEY) if name in MEASURES and many.has(name)]


def base_text(many: Many, kpi: str) -> str:
    return shown(many.rows(kpi)[0]).a


def cells(many: Many, kpi: str) -> list[tuple[str, str, str]]:
    """For each scenario its value, its difference to the base with its sign, and the verdict."""
    return [_cell(row) for row in many.rows(kpi)]


def _cell(row: Any) -> tuple[str, str, str]:
    text = shown(row)
    return text.b, f"{SIGN.get(row.verdict, '')}{text.difference}", row.verdict


def best_text(many: Many, best: Best | None) -> str:
    """The best of all with the confidence in it, or those that may be."""
    if best is None:
        return "–"
    if best.is_shown:
        return f"{many.plan.labels[best.place]} ({percent(best.confidence)})"
    return f"one of {len(best.may_be_best)}"


def percent(confidence: float) -> str:
    """A confidence as text: never "100 %"."""
    return "> 99.9 %" if confidence > 0.999 else f"{100 * confidence:.1f} %"


def sentences(many: Many) -> list[str]:
    """For each headline which scenario is the best, or among which it is."""
    if many.replications < 2:
        return ["One replication has no interval: run 2 or more, 20 for a decision."]
    return [_sentence(many, name, best) for name in HEADLINE if (best := many.best(name)) is not None]


def _sentence(many: Many, kpi: str, best: Best) -> str:
    title, labels = MEASURES[kpi].title, many.plan.labels
    if best.is_shown:
        return f"{title}: {labels[best.place]} is the best, with {percent(best.confidence)} confidence."
    others = [labels[place] for place in best.may_be_best]
    out = [label for label in labels if label not in others]
    text = f"{title}: the best is one of {', '.join(others)}"
    return text + (f"; {', '.join(out)} {'is' if len(out) == 1 else 'are'} not." if out else "; none is excluded.")


def spread_rows(many: Many) -> list[tuple[str, list[str]]]:
    """For each headline the spread of single replications by scenario; empty without draws, or with few of them."""
    by_side = [{spread.kpi: spread.text for spread in spreads(pair)} for pair in many.pairs]
    return [
        (MEASURES[name].title, [known.get(name, "–") for known in by_side]) for name in by_side[0] if name in MEASURES
    ]


def to_best(kpi: str, best: Best, place: int) -> str:
    """The interval of a scenario's difference to the best of the others, as the KPI counts."""
    low, high = best.low[place], best.high[place]
    return span(kpi, low, high) if MEASURES[kpi].better > 0 else span(kpi, -high, -low)
