"""Figures that a scenario's structure shows, without a run: one function each, by the name that `figures.toml` uses."""

from collections.abc import Callable, Sequence

from twin.scenario.days import WEEKDAYS
from twin.scenario.demand_schema import Volume
from twin.scenario.schema import Opening, Scenario, Shift

Value = float | str | list[str] | list[float]


def _routed(scenario: Scenario) -> set[str]:
    """Skills by which contacts are routed, at first or in a further leg."""
    first = {choice.skill for route in scenario.routes for choice in route.skills}
    return first | {skill for leg in scenario.legs for skill in leg.skills}


def n_skills(scenario: Scenario) -> Value:
    """Skills by which contacts are routed."""
    return len(_routed(scenario))


def queues(scenario: Scenario) -> Value:
    """Queues to which contacts are routed."""
    return sorted({route.queue for route in scenario.routes})


def segments(scenario: Scenario) -> Value:
    """Segments by value."""
    return sorted(set(scenario.segments.values()))


def n_segments(scenario: Scenario) -> Value:
    """Segments by value."""
    return len(set(scenario.segments.values()))


def n_clusters(scenario: Scenario) -> Value:
    """Clusters of customers."""
    return len(scenario.clusters)


def team_size(scenario: Scenario) -> Value:
    """Operators in a team."""
    return scenario.team_size


def leaders_of_a_team(scenario: Scenario) -> Value:
    """Leaders of a team, beside its operators."""
    return scenario.team_leaders


def self_service_opening(scenario: Scenario) -> Value:
    """Days and hours in which the menu serves by itself; none unless it does so out of operators' hours."""
    rule = scenario.self_service
    if rule is None:
        return "none"
    hours = {"opens": rule.opens, "closes": rule.closes, "days": rule.days}
    return _hours(scenario.opening.model_copy(update=hours))


def _worked(scenario: Scenario) -> list[Shift]:
    names = {group.shift for group in scenario.groups.values() if group.count > 0}
    return [shift for name, shift in scenario.shifts.items() if name in names]


def shift_lengths(scenario: Scenario) -> Value:
    """Different lengths of the shifts that are worked [h]."""
    return sorted({length / 3600.0 for shift in _worked(scenario) for length in _lengths(shift)})


def _lengths(shift: Shift) -> list[float]:
    """[s] Of a shift by shares of starts, its own; of one by patterns, theirs."""
    return [pattern.length or shift.length for pattern in shift.patterns] or [shift.length]


def fewest_starts(scenario: Scenario) -> Value:
    """Starts on a day, the one with the most, of the shift that has the fewest."""
    return min((_starts(shift) for shift in _worked(scenario)), default=0)


def _starts(shift: Shift) -> int:
    if not shift.patterns:
        return len(shift.starts)
    weeks = [pattern.week for pattern in shift.patterns]
    return max(len({week[day] for week in weeks if day in week}) for day in WEEKDAYS)


def opening(scenario: Scenario) -> Value:
    """Days and hours in which contacts can ask for an operator."""
    return _hours(scenario.opening)


def internal_opening(scenario: Scenario) -> Value:
    """Days and hours in which internal services can ask for an operator; none if no area is called so."""
    areas = scenario.demand.areas if isinstance(scenario.demand, Volume) else {}
    area = areas.get("internal")
    if area is None:
        return "none"
    return _hours(scenario.opening.model_copy(update={"opens": area.opens, "closes": area.closes}))


def n_sites(scenario: Scenario) -> Value:
    """Sites at which operators work."""
    return len({group.site for group in scenario.groups.values() if group.count > 0})


def _hours(hours: Opening) -> str:
    days = [day for day in WEEKDAYS if day in hours.days]
    clock = "-".join(f"{int(at // 3600):02d}:{int(at % 3600 // 60):02d}" for at in (hours.opens, hours.closes))
    return f"{_span(days)} {clock}"


def _span(days: Sequence[str]) -> str:
    """Days as a person says them: those in a row by the first and the last."""
    first = WEEKDAYS.index(days[0]) if days else 0
    is_in_a_row = len(days) > 1 and list(days) == list(WEEKDAYS[first : first + len(days)])
    return f"{days[0]}-{days[-1]}" if is_in_a_row else ", ".join(days)


def alert_trigger(scenario: Scenario) -> Value:
    """Unbilled traffic outside the flat rate that makes an alarm [EUR]; nothing (NaN) if it is not told."""
    threshold = scenario.customers.lives.traffic_threshold if scenario.customers is not None else None
    return float("nan") if threshold is None else threshold


def alert_days(scenario: Scenario) -> Value:
    """Attempts, one a day, to tell the customer of an alarm."""
    messages = scenario.proactive.messages.values() if scenario.proactive is not None else ()
    return max((message.attempts for message in messages if "traffic_alarm" in message.events), default=0)


def n_tiers(scenario: Scenario) -> Value:
    """Tiers of operators: the first one, and one more for each escalation upwards."""
    return 1 + max((leg.tier for leg in scenario.legs if leg.kind == "escalation"), default=0)


MEASURES: dict[str, Callable[[Scenario], Value]] = {
    measure.__name__: measure
    for measure in (
        n_skills, queues, segments, n_segments, n_clusters, team_size, shift_lengths, fewest_starts, opening,
        internal_opening, n_sites, n_tiers, alert_trigger, alert_days, leaders_of_a_team, self_service_opening,
    )
}  # fmt: skip
