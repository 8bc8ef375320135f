"""The rules of who answers whom in plain words, for `twin show`."""

from typing import TYPE_CHECKING

from twin.scenario.words import duration, joined, percent

if TYPE_CHECKING:
    from twin.scenario.choice_schema import Gate
    from twin.scenario.routing_schema import Route
    from twin.scenario.schema import Scenario

OPERATOR_RULES = {
    "longest_idle": "the one free longest goes first",
    "most_idle": "the one who has been free most in this shift goes first",
    "least_occupied": "the one who has been busy the least share of this shift goes first",
    "best_proficiency": "the most proficient in the skill of the matter goes first",
    "fewest_skills": "the one with fewest skills goes first",
    "fixed_order": "they are asked in a fixed order",
    "random": "one of the free is drawn",
}
CONTACT_RULES = {
    "points": "the lowest rank, then most points, then the longest wait",
    "priority": "the lowest rank, then the longest wait",
    "longest_waiting": "whoever has waited longest",
    "weighted_longest_wait": "the lowest rank, then the longest wait times its weight",
    "longest_queue": "the lowest rank, then the longest queue, then the longest wait",
    "local_first": "contacts of the own site, then the lowest rank, then the longest wait times its weight",
}


def preference_words(s: "Scenario") -> list[str]:
    """What a free operator takes, and what groups prefer."""
    lines = [f"A free operator takes {CONTACT_RULES[s.routing.contact_rule]}."]
    for name, group in s.groups.items():
        if group.prefers:
            queues = sorted(group.prefers, key=lambda queue: group.prefers[queue])
            lines.append(f"{group.title or name} take queue {' then '.join(queues)} before any other.")
    return lines


def gate_words(gate: "Gate") -> str:
    """When a stage or a skill is shut; nothing if it is not."""
    conditions = []
    if gate.until is not None:
        conditions.append(f"until a wait of {duration(gate.until)}")
    if gate.idle_above:
        conditions.append(f"while more than {gate.idle_above} are free")
    if gate.waiting_above:
        until = "" if gate.waiting_down_to is None else f", down to {gate.waiting_down_to}"
        conditions.append(f"while more than {gate.waiting_above} wait{until}")
    ratio = getattr(gate, "ratio_above", None)
    if ratio is not None:
        conditions.append(f"while more than {ratio:g} wait for each operator, and more than there")
    return f" ({' and '.join(conditions)})" if conditions else ""


def route_words(route: "Route") -> str:
    """What a route says of sites and of its own operator rule."""
    text = ""
    if route.sites is not None:
        shares = joined([f"{name} ({percent(share)})" for name, share in route.sites.items()])
        away = "never" if route.away_after is None else f"after {duration(route.away_after)}"
        text += f", each site its own line: {shares}, other sites {away}"
    return text + (f", {OPERATOR_RULES[route.operator_rule]}" if route.operator_rule else "")
