"""The rules of waiting in plain words."""

from twin.scenario.waiting_schema import Announcement, CallBack, Waiting, _Curve
from twin.scenario.words import clock, duration, joined, law, percent

_ESTIMATORS = {
    "queue_length": "place in the queue x mean handle time / operators on duty",
    "last_entry": "the wait of the last one to reach an operator",
}


def waiting_lines(rules: Waiting, who: str) -> list[str]:
    """One or two sentences a rule."""
    lines = []
    if rules.call_back is not None:
        lines += _call_back(rules.call_back, who)
    if rules.announcement is not None:
        lines.append(_announcement(rules.announcement, who))
    if rules.call_back is not None or rules.announcement is not None:
        lines.append(f"The expected wait is {_ESTIMATORS[rules.estimator]}.")
    if (rule := rules.message) is not None:
        lines.append(f"Messages of {who} become work of rank {rule.rank}, {law(rule.handle)}, "
                     f"due within {duration(rule.deadline)}.")  # fmt: skip
    return lines


def _by_wait(curve: _Curve, is_share: bool) -> str:
    values = [percent(value) if is_share else f"{value:g}" for value in curve.values]
    if len(values) == 1:
        return values[0]
    return joined([f"{value} at {duration(wait)}" for wait, value in zip(curve.waits, values, strict=True)])


def _call_back(rule: CallBack, who: str) -> list[str]:
    when = [] if rule.expected_wait is None else [f"from an expected wait of {duration(rule.expected_wait)}"]
    when += [f"after {duration(wait)}" for wait in rule.after]
    lines = [f"A call-back is offered to {who} {joined(when)}; {_by_wait(rule.accept, True)} accept."]
    place = "keeps the place in line"
    if rule.promise is not None:
        clocks = joined([clock(at) for at in rule.promise.quiet_from])
        place = f"is called at {clocks}" if clocks else f"is called after {duration(rule.promise.delay or 0)}"
    retry = f", {rule.retries} more tries after a time, {law(rule.retry_delay)}" if rule.retries else ""
    lines.append(f"Who accepts {place}; it rings {law(rule.ring)}, {percent(rule.reach)} answer{retry}.")
    return lines


def _announcement(rule: Announcement, who: str) -> str:
    again = f" and again every {duration(rule.every)}" if rule.every is not None else ""
    redrawn = f" drawn anew ({law(rule.patience)})" if rule.patience is not None else ""
    factor = _by_wait(rule.patience_factor, False)
    change = f"; patience is{redrawn} times {factor}" if redrawn or factor != "1" else ""
    return f"The expected wait is told to {who}{again}; {_by_wait(rule.balk, True)} hang up at once{change}."
