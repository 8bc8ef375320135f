"""Break-even: at which value of one key of the scenario the change from A to B begins, or ceases, to pay.

The key (or several keys that one pattern names, moved together) goes from the low to the high end of its range, as the
scenario's marks state it, with the same customers at every value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.compare.comparison import Plan
from experiments.compare.net_value import YEARS, check_money, mean_and_half_width, net_values
from experiments.compare.ranges import Assumption, assumptions_of, with_values
from experiments.compare.root import Root, find_root
from experiments.compare.side import Side
from experiments.compare.variants import Pairs, Variant, run_variants
from twin.errors import InputError, ScenarioError
from twin.scenario.change import value_at
from twin.scenario.files import nearest
from twin.scenario.schema import Scenario
from twin.scenario.units import in_base_units, written_like

SHORT_NAMES = {
    "skills": "abilities.n_held.1",
    "wage": "sites.in-house.wage",
    "reach": "proactive.reach.*",
}
"""What a manager asks for -> the key; `skills` is the share who hold one skill, shown as the mean number of skills."""
SIDES = ("both", "a", "b")
HELD = "abilities.n_held"


@dataclass(frozen=True)
class Question:
    """A key, or keys moved together, with their ranges."""

    asked: str
    assumption: Assumption
    sides: str = "both"
    """Which scenarios are changed."""

    def values(self, share: float) -> dict[str, Any]:
        """Each key's value at a share [0, 1] of its range, as the scenario writes it."""
        known = zip(self.assumption.keys, self.assumption.ranges, strict=True)
        return {key: _between(span, share) for key, span in known}

    def scenario(self, side: Side, share: float, which: str) -> Scenario | None:
        """The side with the keys at this share of their ranges; None if it stays as it is."""
        if self.sides not in ("both", which):
            return None
        own = {key: value for key, value in self.values(share).items() if value_at(side.resolved, key) is not None}
        return with_values(side, own)

    def share_of(self, side: Side) -> float | None:
        """Where the scenario itself lies; None where its keys do not lie on one line, or beyond the range."""
        shares = set()
        for key, span in zip(self.assumption.keys, self.assumption.ranges, strict=True):
            value = value_at(side.resolved, key)
            if value is not None:
                low, high = (in_base_units(end) for end in span)
                shares.add(round((in_base_units(value) - low) / (high - low), 9))
        only = shares.pop() if len(shares) == 1 else -1.0
        return only if 0 <= only <= 1 else None

    def text(self, share: float, side: Side) -> str:
        """The values at a share of the range in words."""
        values = self.values(share)
        texts = list(dict.fromkeys(_short(value) for value in values.values()))
        text = texts[0] if len(texts) == 1 else ", ".join(f"{_last(key)} {_short(v)}" for key, v in values.items())
        if not self.assumption.keys[0].startswith(HELD):
            return text
        scenario = with_values(side, values)
        held = scenario.abilities.n_held if scenario is not None and scenario.abilities else {}
        return f"{sum(int(n) * share for n, share in held.items()):.2f} skills per operator ({text})"


@dataclass(frozen=True)
class Answer:
    """What was found for one question."""

    question: Question
    root: Root
    now: float | None
    """Share of the range at which the scenario itself lies."""


@dataclass(frozen=True)
class BreakEven:
    """All answers, and the net value as the scenarios stand."""

    plan: Plan
    years: float
    central: np.ndarray
    answers: tuple[Answer, ...]

    def points(self) -> pd.DataFrame:
        """One row for each question and value that was run: net value in euro a year with its 95 % half-width."""
        rows = []
        for answer in self.answers:
            for share, found in sorted(answer.root.points.items()):
                mean, width = mean_and_half_width(found)
                rows.append({
                    "key": answer.question.asked, "share_of_range": share,
                    "value": answer.question.text(share, self.plan.b), "net_value": mean, "half_width": width,
                    "n": len(found),
                })  # fmt: skip
        return pd.DataFrame(rows)


def questions(a: Side, b: Side, asked: Sequence[str], sides: str = "both") -> list[Question]:
    """Keys with their ranges, from "wage", "patience.mean", "proactive.reach.*", "recall.share=0.5..0.9".

    Raises
    ------
    InputError
        If a key is unknown, has no range, or cannot be moved along a line.
    """
    if sides not in SIDES:
        raise InputError(f"--in is {sides!r}, must be one of {', '.join(SIDES)}")
    return [_question(a, b, text, sides) for text in asked]


def _question(a: Side, b: Side, text: str, sides: str) -> Question:
    name, equals, given = text.partition("=")
    key = SHORT_NAMES.get(name.strip(), name.strip())
    if equals:
        found = _given(a, b, key, given)
    else:
        try:
            found = assumptions_of(a, b, [key])[0]
        except InputError:
            raise InputError(
                f"--key is {name!r}, must be a key with a range in A or B (twin show lists them), or KEY=LOW..HIGH, or "
                f"one of {', '.join(SHORT_NAMES)}{nearest(name, list(SHORT_NAMES))}"
            ) from None
    for own, span in zip(found.keys, found.ranges, strict=True):
        try:
            is_rising = in_base_units(span[0]) < in_base_units(span[1])
        except ValueError:
            is_rising = False
        if not is_rising:
            raise InputError(f"--key is {text!r}: {own} goes from {span[0]} to {span[1]}, must go up, in numbers")
    return Question(name, found, sides)


def _given(a: Side, b: Side, key: str, given: str) -> Assumption:
    """A key with the range that the command line gives."""
    low, dots, high = (part.strip() for part in given.partition(".."))
    value = next((found for side in (a, b) if (found := value_at(side.resolved, key)) is not None), None)
    if value is None:
        hint = nearest(key, [number["key"] for number in b.numbers])
        raise InputError(f"--key is {key!r}, which has no value in A or B{hint}")
    if not dots:
        raise InputError(f"--key is '{key}={given}', must give a range, as in {key}=LOW..HIGH")
    ends = tuple(end if isinstance(value, str) else _number(end) for end in (low, high))
    return Assumption(key, (key,), (value,), ((ends[0], ends[1]),), "–", "range given on the command line")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(f"--key: {text!r} must be a number") from None


def _between(span: tuple[Any, Any], share: float) -> Any:
    low, high = (in_base_units(end) for end in span)
    value = low + (high - low) * share
    is_whole = all(isinstance(end, int) and not isinstance(end, bool) for end in span)
    return round(value) if is_whole else written_like(span[0], value)


def _short(value: Any) -> str:
    if isinstance(value, str):
        number, _, unit = value.partition(" ")
        return f"{float(number):.4g} {unit}"
    return f"{value:.4g}"


def _last(key: str) -> str:
    return key.rpartition(".")[2]


# ---- run --------------------------------------------------------------------------------------------------------


def run_break_even(
    plan: Plan, asked: Sequence[Question], years: float = YEARS, steps: int = 3, workers: int | None = None
) -> BreakEven:
    """Each question at the ends and the middle of its range, then at up to `steps` values around the crossing."""
    centre = Variant("as it stands", plan.a.scenario, plan.b.scenario)
    pairs = run_variants([centre], None, plan.days, plan.seed, plan.replications, workers, title=centre.name)[0]
    central = net_values(pairs, years)
    check_money(central)
    answers = [_answer(plan, question, pairs, years, steps, workers) for question in asked]
    return BreakEven(plan, years, central, tuple(answers))


def _answer(
    plan: Plan, question: Question, centre: Pairs, years: float, steps: int, workers: int | None
) -> Answer:  # fmt: skip
    def at(*shares: float) -> list[np.ndarray]:
        variants = [_variant(plan, question, share) for share in shares]
        found = run_variants(
            variants, centre, plan.days, plan.seed, plan.replications, workers, title=f"break-even, {question.asked}"
        )
        return [net_values(pairs, years) for pairs in found]

    now = question.share_of(plan.b) if question.sides != "a" else None
    now = question.share_of(plan.a) if now is None and question.sides != "b" else now
    is_new = now is None or not 0.0 < now < 1.0
    first: tuple[float, ...] = (0.0, 0.5, 1.0) if is_new else (0.0, 1.0)
    points: dict[float, np.ndarray] = dict(zip(first, at(*first), strict=True))
    if not is_new and now is not None:
        points[now] = net_values(centre, years)
    root = find_root(lambda share: at(share)[0], points, 0.5 if now is None else now, steps)
    return Answer(question, root, now)


def _variant(plan: Plan, question: Question, share: float) -> Variant:
    try:
        a, b = (question.scenario(side, share, which) for side, which in ((plan.a, "a"), (plan.b, "b")))
    except ScenarioError as error:
        raise InputError(f"--key is {question.asked!r}: {error.problems[0]}") from None
    if a is None and b is None:
        raise InputError(f"--key is {question.asked!r}, which changes nothing in {question.sides}")
    return Variant(f"{question.asked} at {share:.0%} of its range", a, b)


def as_record(answer: Answer, side: Side) -> Mapping[str, Any]:
    """One answer for `--json`; values as the scenario writes them, null where there are none."""
    root, question = answer.root, answer.question

    def values(share: float) -> dict[str, Any] | None:
        return question.values(share) if share == share else None

    return {
        "key": question.asked,
        "keys": list(question.assumption.keys),
        "low": values(0.0),
        "high": values(1.0),
        "mark": question.assumption.mark,
        "break_even": values(root.at),
        "in_words": question.text(root.at, side) if root.is_found else None,
        "interval": [values(root.low), values(root.high)],
        "share_of_range": [root.at, root.low, root.high],
        "pays": None if not root.is_found else "above" if root.is_rising else "below",
        "crossings": root.n_crossings,
    }
