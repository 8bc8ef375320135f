"""Break-even in words."""

from experiments.compare.break_even import Answer, BreakEven
from experiments.compare.comparison import Plan
from experiments.compare.measures import amount
from experiments.compare.net_value import KPI, mean_and_half_width


def euro(mean: float, width: float) -> str:
    """A net value with its sign and half-width."""
    sign = "−" if mean < 0 else "+"
    return f"{sign}{amount(KPI, mean, width)}"


def now_sentence(found: BreakEven) -> str:
    """What the change is worth as the scenarios stand."""
    plan = found.plan
    mean, width = mean_and_half_width(found.central)
    if not abs(mean) > width:
        return (
            f"As the scenarios stand it is not shown whether {plan.b.label} pays: net value "
            f"{euro(mean, width)} a year against {plan.a.label}."
        )
    word = "pays" if mean > 0 else "does not pay"
    return f"As the scenarios stand {plan.b.label} {word}: net value {euro(mean, width)} a year against {plan.a.label}."


def answer_sentence(plan: Plan, answer: Answer) -> str:
    """Where the change breaks even in one key, or that it does not."""
    root, question, b = answer.root, answer.question, plan.b
    low, high = (question.text(end, b) for end in (0.0, 1.0))
    if not root.is_found:
        ends = [mean_and_half_width(root.points[end]) for end in (0.0, 1.0)]
        word = "pays" if ends[0][0] > 0 else "does not pay"
        text = (
            f"{question.asked}: no break-even inside the range: {b.label} {word} from {low} ({euro(*ends[0])} a year) "
            f"to {high} ({euro(*ends[1])} a year)"
        )
        return text + (", but near zero no sign is shown." if root.low == root.low else ".")
    where = "from {} on" if root.is_rising else "up to {}"
    text = f"{question.asked}: {b.label} pays {where.format(question.text(root.at, b))}; {interval(answer, plan)}"
    if root.n_crossings > 1:
        text += f"; the sign changes {root.n_crossings} times, this is the change nearest to the present value"
    return text + "."


def interval(answer: Answer, plan: Plan) -> str:
    """The 95 % interval of the break-even value; open where it goes on beyond the range."""
    root, question = answer.root, answer.question
    low = "below " + question.text(0.0, plan.b) if root.low <= 0 else question.text(root.low, plan.b)
    high = "above " + question.text(1.0, plan.b) if root.high >= 1 else question.text(root.high, plan.b)
    return f"95 %: {low} to {high}"


def method(found: BreakEven) -> str:
    plan = found.plan
    return (
        f"Net value: (contact cost + ARPU at risk + messages − upgrades) a year of {plan.a.label} less that of "
        f"{plan.b.label}, less training spread over {found.years:g} years. {plan.replications} pairs of runs of "
        f"{plan.days} counted days at every value, with the same customers; the interval is the set of values whose "
        "net value is not shown to differ from zero (Fieller)."
    )
