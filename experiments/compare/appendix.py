"""The back of the report: method, definitions, assumptions, and how to make the same numbers again."""

import math
from collections import Counter
from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple

from experiments.compare.comparison import Comparison
from experiments.compare.ends_words import NOT_RUN
from experiments.compare.measures import BY_CLUSTER, BY_HOUR, BY_INTENT, MEASURES, MONEY, SUMMARY, shown
from experiments.compare.ranges import is_doubtful
from experiments.compare.side import Side
from twin.console import as_argument
from twin.html import cell, element, head, table
from twin.scenario.units import parse_money, parse_rate, parse_share, parse_time, parse_wage

MARKS = {
    "S": "stated by a source document",
    "X": "another public source",
    "D": "derived by arithmetic or measured on open data",
    "A": "assumption",
    "–": "without a mark",
}
_LONGEST = 90  # [characters] of a value in a table
_FIRST = 40  # rows of the table of what to doubt first
_WORDS = ("title", "italian", "law", "group", "name", "description")
"""Keys that hold words, not values one could doubt."""
_DIRECTION = {1: "more is better", -1: "less is better", 0: "neither"}


def method(comparison: Comparison) -> str:
    """Replications, common random numbers, what they saved, warm-up."""
    plan = comparison.plan
    warm_up = sorted({plan.a.scenario.run.warm_up, plan.b.scenario.run.warm_up})
    text = [
        f"Each of the {comparison.replications} replications ran both models for {plan.days} counted days after "
        f"{' or '.join(map(str, warm_up))} days of warm-up that are not counted, from an empty centre.",
        "Common random numbers: every random number is a pure function of seed, replication, purpose and person. "
        "In replication r both models meet the same customers with the same needs, patience and work, so what remains "
        "in a difference is the model's doing, and the difference is taken pair by pair.",
        "Differences are B − A with a 95 % interval by Student's t over the paired differences. A difference is "
        "called better or worse only where its interval leaves out zero. One in twenty true zeros will be called a "
        "difference: with many clusters and KPIs, weigh single small ones with care.",
        "The variance ratio says how many times more replications independent seeds would have cost for the same "
        "interval: (var A + var B) / var (A − B).",
    ]
    rows: list[Sequence[str]] = []
    for name in (*SUMMARY, *MONEY):
        row = comparison.row(name)
        if row is not None and comparison.has(name) and math.isfinite(row.variance_ratio):
            cells = (cell(f"{row.variance_ratio:.1f}"), cell(shown(row).difference))
            rows.append([head(MEASURES[name].title), *cells])
    heads = ["KPI", "Variance ratio", "Difference ± 95 %"]
    ratios = table("What pairing saved", heads, rows)
    return "".join(element("p", part) for part in text) + ratios


def definitions(comparison: Comparison) -> str:
    """One formula for each KPI shown."""
    names = dict.fromkeys((*SUMMARY, *BY_CLUSTER, *BY_HOUR, *BY_INTENT, *MONEY))
    rows: list[Sequence[str]] = []
    for name in names:
        if comparison.row(name) is not None or comparison.rows(name, "hour"):
            kpi = MEASURES[name]
            cells = [kpi.explanation, kpi.unit, _DIRECTION[kpi.better]]
            rows.append([head(kpi.title), *[cell(text, "text") for text in cells]])
    caption = "One formula each. A contact counts in the interval in which it arrived."
    return f'<div class="small">{table(caption, ["KPI", "Formula", "Unit", "Better"], rows)}</div>'


def assumptions(comparison: Comparison, ranked: str = "") -> str:
    """How many values rest on what; which ones to doubt first; every value with mark A of both scenarios.

    Parameters
    ----------
    ranked : str
        Table of what was run at the ends of its range, by effect; then the other table is not by width but folded.
    """
    sides = (comparison.a, comparison.b)
    counts = [Counter(_letter(number) for number in side.numbers) for side in sides]
    labels = [escape(side.label) for side in sides]
    rows: list[Sequence[str]] = [
        [head(f"{mark}: {meaning}"), *[cell(f"{count[mark]:,}") for count in counts]]
        for mark, meaning in MARKS.items()
        if any(count[mark] for count in counts)
    ]
    summary = table("How many of the values stated in each scenario rest on what", ["Mark", *labels], rows)
    listed = _doubtful(*sides)
    ranged = sorted((row for row in listed if row.width is not None), key=lambda row: -(row.width or 0.0))
    first, later = ranged[:_FIRST], ranged[_FIRST:]
    rest: dict[str, list[_Doubtful]] = {}
    for row in listed:
        if row.width is None:
            rest.setdefault(row.part, []).append(row)
    shown_first = _doubt_table(
        f"The {len(first)} widest of {len(ranged)} values that come with a range, sources' own (S) left out. Ranked by "
        f"width, (high − low) / value, not by effect{'' if ranked else _not_run(comparison)}. A narrow range may "
        "matter more than a wide one; --set KEY=VALUE tries any of them.",
        labels,
        first,
    )
    folded = _details(f"{len(later)} further values with a range", "Narrower ranges", labels, later)
    folded += "".join(
        _details(f"{part}: {len(rows)} assumed values without a range", f"Assumed values: {part}", labels, rows)
        for part, rows in rest.items()
    )
    title = "<h3>What to doubt, and to vary, first</h3>"
    if ranked:
        widest = f"<details><summary>The widest ranges</summary>{shown_first}</details>"
        return f'{summary}<div class="small">{title}{ranked}{widest}{folded}</div>'
    return f'{summary}<div class="small">{title}{shown_first}{folded}</div>'


def _not_run(comparison: Comparison) -> str:
    """What would say what the ranges do."""
    if comparison.further is not None and comparison.further.ends is not None:
        return ": only what was asked for was run at the ends of its range, see above"
    return f": {NOT_RUN} and ranks by effect"


class _Doubtful(NamedTuple):
    """A value that comes with a range, or is assumed."""

    part: str
    width: float | None
    """Of its range, over the value; None without a range."""
    cells: list[str]


def _doubt_table(caption: str, labels: Sequence[str], rows: Sequence[_Doubtful]) -> str:
    return table(caption, ["Key", *labels, "Range", "Width", "Mark", "Source, reason"], [row.cells for row in rows])


def _details(summary: str, caption: str, labels: Sequence[str], rows: Sequence[_Doubtful]) -> str:
    if not rows:
        return ""
    return f"<details><summary>{escape(summary)}</summary>{_doubt_table(caption, labels, rows)}</details>"


def _letter(number: dict[str, Any]) -> str:
    return (number.get("mark") or "–")[0]


def _doubtful(a: Side, b: Side) -> list[_Doubtful]:
    of_a, of_b = ({number["key"]: number for number in side.numbers} for side in (a, b))
    rows = []
    for key in dict.fromkeys([*of_a, *of_b]):
        found = [side.get(key) for side in (of_a, of_b)]
        doubted = [number for number in found if number is not None and is_doubtful(number)]
        if not doubted or key.rpartition(".")[2] in _WORDS:
            continue
        texts = [_text(number["value"]) if number else "–" for number in found]
        first = doubted[0]
        width = relative_width(first["value"], first["range"]) if first.get("range") else None
        span = " to ".join(_text(end) for end in first["range"]) if first.get("range") else "–"
        share = "–" if width is None else f"{width:.0%}" if math.isfinite(width) else "∞"
        source = " · ".join(part for part in (first.get("source"), first.get("note")) if part) or "–"
        cells = [cell(text, "text") for text in (*texts, span, share, first.get("mark") or "–", source)]
        rows.append(_Doubtful(key.partition(".")[0].partition("[")[0], width, [head(key, "key-name"), *cells]))
    return rows


def relative_width(value: Any, span: Sequence[Any]) -> float:
    """(high - low) / value of a range; infinite, and so first, where the value is 0 or not a number."""
    try:
        low, high, middle = (_magnitude(part) for part in (*span, value))
        return abs(high - low) / abs(middle)
    except (ValueError, ZeroDivisionError):
        return math.inf


def _magnitude(value: Any) -> float:
    """A number as it stands, a quantity in the base unit of its kind."""
    if isinstance(value, int | float):
        return float(value)
    for parse in (parse_time, parse_rate, parse_wage, parse_money, parse_share):
        try:
            return parse(value)
        except ValueError:
            continue
    raise ValueError(f"is {value!r}, must be a number or a quantity")


def _text(value: Any) -> str:
    text = ", ".join(str(part) for part in value) if isinstance(value, list | tuple) else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def repeating(comparison: Comparison, manifest: dict[str, Any]) -> str:
    """The command, and the facts that a result depends on."""
    machine = manifest["machine"]
    facts = {
        "Seed": comparison.plan.seed,
        "Replications": comparison.replications,
        "Counted days": comparison.plan.days,
        "Version": manifest["version"],
        "Kernel": manifest["kernel"],
        "Made on": manifest["date"],
        "Machine": ", ".join(f"{name} {value}" for name, value in machine.items()),
        "Time": f"{comparison.facts['run_time']:.1f} s for {2 * comparison.replications} runs",
    }
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in facts.items())
    command = "twin compare --repeat " + as_argument(f"{manifest.get('folder', '.')}/manifest.json")
    text = element("p", "The manifest holds both scenarios as they were resolved, with every value. Running it again "
                   "gives the same numbers to the last bit, and the command says so or fails.")  # fmt: skip
    return f"<dl>{listed}</dl>{text}<pre>{escape(command)}</pre>"
