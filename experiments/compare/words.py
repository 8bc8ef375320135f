"""The comparison in plain words, made from its numbers and nothing else."""

from collections.abc import Sequence

from experiments.compare.comparison import Comparison
from experiments.compare.fitted import fit_sentence
from experiments.compare.measures import MEASURES, amount, number, shown
from experiments.compare.paired import BETTER, HIGHER, IDENTICAL, LOWER, NO_DIFFERENCE, ONLY_A, TOO_FEW, WORSE

SHOWN = (BETTER, WORSE, HIGHER, LOWER)
_SUBJECTS = {
    "sl20": "the share answered within 20 s (of those offered)",
    "mean_wait": "the mean wait",
    "abandonment_share": "the abandoned share",
    "fcr": "first contact resolution",
    "csi": "satisfaction (CSI)",
    "foc": "the number of contacts a customer makes a year",
}


def paragraphs(comparison: Comparison) -> list[str]:
    """Service, money, how sure: one short paragraph each. Who loses and who wins stands in `who`."""
    if comparison.replications < 2:
        return [
            "One replication shows what may happen, not what is different: there is no interval, so no difference is "
            "stated. Run 2 or more replications, 20 for a decision."
        ]
    parts = [_service(comparison), _money(comparison), _sureness(comparison), fit_sentence(comparison.a, comparison.b)]
    return [part for part in parts if part]


def _service(comparison: Comparison) -> str:
    said, open_ = [], []
    for name, subject in _SUBJECTS.items():
        row = comparison.row(name)
        if row is None or row.verdict in (TOO_FEW, ONLY_A) or not comparison.has(name):
            continue
        if row.verdict in SHOWN:
            way = "rises" if row.difference > 0 else "falls"
            text = shown(row)
            good = f" ({row.verdict})" if row.verdict in (BETTER, WORSE) else ""
            said.append(
                f"{subject} {way} from {text.a} to {text.b}, by {amount(name, row.difference, row.half_width)}{good}"
            )
        elif row.verdict in (NO_DIFFERENCE, IDENTICAL):
            open_.append(subject)
    parts = []
    if said:
        parts.append(f"Against {comparison.a.label}, under {comparison.b.label} " + "; ".join(said) + ".")
    if open_:
        parts.append(f"No difference is shown in {_list(open_)}.")
    return " ".join(parts)


def _money(comparison: Comparison) -> str:
    text = []
    words = {
        "cost_per_year": "Contact cost",
        "arpu_at_risk": "ARPU at risk of leaving",
        "money_per_year": "Both together",
    }
    for name, subject in words.items():
        row = comparison.row(name)
        if row is None or row.verdict in (TOO_FEW, ONLY_A):
            continue
        if row.verdict in SHOWN:
            way = "rise" if row.difference > 0 else "fall"
            ending = "" if name == "money_per_year" else "s"
            text.append(f"{subject} {way}{ending} by {amount(name, row.difference, row.half_width)} a year")
        else:
            text.append(f"{subject}: no difference shown ({shown(row).difference} a year)")
    row = comparison.row("money_per_year")
    if row is not None and row.verdict in (BETTER, WORSE):
        text[-1] += f", {'a gain' if row.verdict == BETTER else 'a loss'} for the company"
    if text:
        text += _training(comparison)
    return (". ".join(text) + ".") if text else ""


def _training(comparison: Comparison) -> list[str]:
    """What the move to a model costs once; it stands in none of the yearly figures."""
    text = []
    for side, facts in zip((comparison.a, comparison.b), comparison.facts.get("runs", ()), strict=False):
        hours = facts.get("training_hours", 0.0)
        if hours > 0:
            price = number("cost_per_year", facts["training_cost"])
            text.append(f"Before that, once: {hours:,.0f} hours of training for {side.label}, {price}")
    return text


def _sureness(comparison: Comparison) -> str:
    plan = comparison.plan
    text = (
        f"All intervals (±) are 95 %, from {comparison.replications} pairs of runs of {plan.days} counted days, in "
        "each of which both models met the same customers"
    )
    row = comparison.row("mean_wait")
    if row is not None and 1.5 <= row.variance_ratio < 1e6:
        text += f"; unpaired runs would have taken {row.variance_ratio:.1f} times as many for the mean wait"
    return text + "."


def _list(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def describe(name: str, value: float) -> str:
    """One KPI of one run for a line on the screen: "mean wait 24 s"."""
    title = MEASURES[name].title
    return f"{title[0].lower()}{title[1:]} {number(name, value)}"
