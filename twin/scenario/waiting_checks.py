"""What must hold between the rules of waiting and the rest of a scenario."""

from collections.abc import Iterator

from twin.scenario.provenance import Path, Problem
from twin.scenario.schema import Scenario
from twin.scenario.waiting_schema import CallBack, Waiting
from twin.scenario.words import clock


def rules_of_waiting(s: Scenario) -> Iterator[tuple[Path, Waiting]]:
    """The rules for all queues, and those that queues have of their own."""
    if s.waiting is not None:
        yield ("waiting",), s.waiting
    for name, queue in s.queues.items():
        if queue.waiting is not None:
            yield ("queues", name, "waiting"), queue.waiting


def waiting_problems(s: Scenario) -> Iterator[Problem]:
    for at, rules in rules_of_waiting(s):
        if rules.call_back is not None:
            yield from _call_back_problems(s, (*at, "call_back"), rules.call_back)
        if rules.message is not None:
            if s.routing.leave_message_after is None:
                yield Problem(
                    (*at, "message"), "needs routing.leave_message_after, without which nobody leaves a message"
                )
            ranks = [rule.rank for rule in s.priorities.values()]
            ranks += [route.priority.rank for route in s.routes if route.priority is not None]
            highest = max([0, *ranks])
            if rules.message.rank <= highest:
                given = f"is {rules.message.rank}, must be above {highest}"
                yield Problem((*at, "message", "rank"), f"{given}, the highest rank of the calls")


def _call_back_problems(s: Scenario, at: Path, rule: CallBack) -> Iterator[Problem]:
    if rule.expected_wait is None and not rule.after:
        yield Problem(at, "is never offered, must have expected_wait or after")
    if rule.retries > 0 and rule.retry_delay is None:
        yield Problem((*at, "retry_delay"), "is missing, must be given where retries is above 0")
    if (rule.place == "promised") != (rule.promise is not None):
        must = "is missing, must be given" if rule.promise is None else "is given, must be given only"
        yield Problem((*at, "promise"), f"{must} where place is 'promised'")
    if rule.promise is None:
        return
    if (rule.promise.delay is None) != bool(rule.promise.quiet_from):
        yield Problem((*at, "promise"), "must have either delay or quiet_from")
    opens, closes = s.opening.opens, s.opening.closes
    for i, quiet in enumerate(rule.promise.quiet_from):
        if not opens <= quiet < closes:
            hours = f"must lie within the opening hours, {clock(opens)} to {clock(closes)}"
            yield Problem((*at, "promise", "quiet_from", i), f"is {clock(quiet)}, {hours}")
