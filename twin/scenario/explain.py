"""A scenario in plain words, and its numbers with their marks and sources, for `twin show`; the schema as JSON."""

import json
import re
from typing import TYPE_CHECKING, Any

from twin.scenario.career_words import career_lines
from twin.scenario.case_words import case_lines
from twin.scenario.channel_choice_words import channel_choice_lines
from twin.scenario.channel_words import channel_lines
from twin.scenario.chat_words import chat_lines
from twin.scenario.choice_words import OPERATOR_RULES, gate_words, preference_words, route_words
from twin.scenario.control_words import control_sentences
from twin.scenario.days import WEEKDAYS
from twin.scenario.demand_schema import CustomerDemand, Rates, Trace, Volume
from twin.scenario.legs_schema import Leg
from twin.scenario.lives_words import lives_lines
from twin.scenario.load import Loaded
from twin.scenario.menu_words import menu_lines
from twin.scenario.proactive_words import proactive_lines, stage_lines, survey_lines
from twin.scenario.programme_words import campaign_success_lines, programme_lines
from twin.scenario.ranking_words import ranking_lines
from twin.scenario.routing_schema import LEVELS, Route
from twin.scenario.schema import Group, Scenario
from twin.scenario.shift_words import shift_lines
from twin.scenario.training_words import training_lines
from twin.scenario.volume_words import volume_lines
from twin.scenario.waiting_words import waiting_lines
from twin.scenario.words import clock, duration, joined, law, percent, rate

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

MARKS = {"S": "stated by a source document", "X": "another public source", "D": "derived", "A": "assumption"}
_MOST_LINES = 12  # [lines] of one kind in the words; the table of numbers has them all
_NUMBER = re.compile(r"^\s*[-+]?[\d.]")
_LEVEL_NAMES = {level: name for name, level in LEVELS.items()}


def schema_json() -> str:
    """JSON Schema of a scenario file, for editors."""
    schema = Scenario.model_json_schema()
    schema["properties"]["extends"] = {
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
        "description": "Library name or path of the base scenario; of several, the later ones go over the earlier.",
    }
    routes = schema["properties"]["routes"]
    schema["properties"]["extra_routes"] = {**routes, "description": "Appended to the routes of the base."}
    # A file may leave these out: the name is the file's, everything else may come from the base.
    schema["required"] = []
    schema["description"] = (
        "A scenario. Any value may be written { value = X, mark = 'S|X|D|A', source = '...', range = [..], "
        "note = '...' }; mark, source and note of a table hold for everything below it."
    )
    return json.dumps(schema, indent=2)


def explain(loaded: Loaded, with_numbers: bool = True) -> "RenderableType":
    """What `twin show` prints: the scenario in words, then the table of its numbers."""
    from rich.console import Group as Lines
    from rich.text import Text

    words = [_line(line) for line in explain_lines(loaded)]
    return Lines(*words, Text(), NumbersTable(loaded), _legend()) if with_numbers else Lines(*words)


def _line(line: str) -> "RenderableType":
    from rich.padding import Padding
    from rich.text import Text

    return Padding(Text(line.strip()), (0, 0, 0, 2)) if line.startswith(" ") else Text(line, style="bold")


def explain_lines(loaded: Loaded) -> list[str]:
    """The scenario in plain words; headings start at the margin, what belongs to them is indented."""
    s = loaded.scenario
    lines = [f"{s.name}: {s.title}" if s.title else s.name]
    lines += [f"  {' '.join(part.split())}" for part in s.description.split("\n\n") if part.strip()]
    parts = (
        ("When", _when(s)),
        ("Who makes contact", _contacts(s)),
        ("What happens to them", lives_lines(s)),
        ("How long they take", _times(s)),
        ("In the menu", menu_lines(s)),
        ("How long they wait", _patience(s)),
        ("Where they go", _routing(s)),
        ("When one operator is not enough", [_leg(leg) for leg in s.legs]),
        ("Channels that customers choose", channel_choice_lines(s)),
        ("Other channels", channel_lines(s)),
        ("Chats", chat_lines(s)),
        ("Cases", case_lines(s)),
        ("Who answers", _groups(s)),
        ("When they work", shift_lines(s)),
        ("Careers", career_lines(s)),
        ("Training", training_lines(s)),
        ("The supplier's stage of life", stage_lines(s)),
        ("What customers are told", proactive_lines(s)),
        ("What they are asked", survey_lines(s)),
        ("What the day brings", control_sentences(s.control)),
        ("What goes on for months", [*programme_lines(s), *campaign_success_lines(s)]),
        ("The regulator's ranking", ranking_lines(s)),
        ("Sources", s.sources),
        ("Acknowledgement", [s.acknowledgement] if s.acknowledgement else []),
        ("Files", [" extends ".join(str(file.name) for file in loaded.files)]),
    )
    for heading, sentences in parts:
        if sentences:
            lines += ["", heading, *(f"  {sentence}" for sentence in _cut(sentences))]
    return lines


def _cut(sentences: list[str]) -> list[str]:
    if len(sentences) <= _MOST_LINES:
        return sentences
    return [*sentences[: _MOST_LINES - 1], f"... and {len(sentences) - _MOST_LINES + 1} more"]


def _when(s: Scenario) -> list[str]:
    opening, run = s.opening, s.run
    days = "every day" if len(opening.days) == len(WEEKDAYS) else f"on {joined(list(opening.days))}"
    lines = []
    if opening.opens == 0 and opening.closes == 86400:
        lines.append(f"Open around the clock, {days}.")
    else:
        closing = f"those who wait are {'served to the end' if opening.closing == 'serve_out' else 'cut off'}"
        lines.append(f"Open from {clock(opening.opens)} to {clock(opening.closes)}, {days}; at closing {closing}.")
    warm_up = f" after {run.warm_up} of warm-up" if run.warm_up else ""
    lines.append(f"A run has {run.days} days{warm_up}, in intervals of {duration(run.interval)}, from {run.start}.")
    if len(s.scale.sizes) > 1:
        sizes = joined([f"{name} ({factor:g})" for name, factor in s.scale.sizes.items()])
        lines.append(f"Size {s.scale.size}, one of {sizes}.")
    return lines


def _contacts(s: Scenario) -> list[str]:
    demand = s.demand
    match demand:
        case Rates():
            lines = [f"{_title(s, name)}: {_rates(of, demand.period)}." for name, of in demand.rates.items()]
            if demand.weekday_rates:
                lines.append(f"Rates of their own on {joined(list(demand.weekday_rates))}.")
        case Volume():
            lines = volume_lines(s, demand)
        case Trace():
            lines = [f"Recorded contacts are replayed from {demand.file}."]
        case CustomerDemand():
            base = round(s.customers.base * s.factor) if s.customers else 0
            lines = [f"{base:,} customers, whose lives give rise to needs and these to contacts:"]
            lines += [f"{c.title or name}: {c.foc:g} needs a customer-year." for name, c in s.clusters.items()]
    noise = getattr(demand, "noise", None)
    if noise is not None and noise.day_cv > 0:
        lines.append(f"Days vary by a gamma factor with coefficient of variation {noise.day_cv:.4g}.")
    if noise is not None and noise.interval_cv > 0:
        lines.append(f"Intervals vary by {noise.interval_cv:.4g}, correlated by {noise.interval_correlation:g}.")
    if s.limits.trunks is not None:
        lines.append(f"{s.limits.trunks} telephone lines; who finds them all taken is blocked.")
    if s.limits.waiting is not None:
        lines.append(f"Room for {s.limits.waiting} to wait; the next one is blocked.")
    return lines


def _rates(of: float | list[float], period: float) -> str:
    if isinstance(of, list):
        return f"{rate(min(of))} to {rate(max(of))}, given for each {duration(period)}, {sum(of) * period:g} a day"
    return rate(of)


def _title(s: Scenario, intent: str) -> str:
    return s.intents[intent].title or intent


def _times(s: Scenario) -> list[str]:
    lines = []
    if s.ivr is not None:
        lines.append(f"First the menu: {law(s.ivr.navigation)}.")
    for name, intent in s.intents.items():
        wrap = f", then wrap-up {law(intent.wrap)}" if intent.wrap else ""
        by_period = ", times a factor by the period of arrival" if intent.talk_factors else ""
        lines.append(f"{_title(s, name)}: talk {law(intent.talk)}{by_period}{wrap}.")
    return lines


def _patience(s: Scenario) -> list[str]:
    lines = [f"Patience is {law(s.patience)}." if s.patience else "They wait for ever."]
    for name, intent in s.intents.items():
        if intent.patience is not None:
            lines.append(f"{_title(s, name)}: patience is {law(intent.patience)}.")
    if s.redial is not None:
        lines.append(f"Of those who give up, {percent(s.redial.share)} call again after a time, {law(s.redial.delay)}.")
    if s.recall is not None:
        lines.append(f"Of those not helped, {percent(s.recall.share)} come back after a time, {law(s.recall.delay)}.")
    if s.routing.leave_message_after is not None:
        lines.append(f"Who has waited {duration(s.routing.leave_message_after)} leaves a message and hangs up.")
    if s.waiting is not None:
        lines += waiting_lines(s.waiting, "all who must wait")
    for name, queue in s.queues.items():
        if queue.waiting is not None:
            lines += waiting_lines(queue.waiting, f"who must wait in queue {queue.title or name}")
    return lines


def _routing(s: Scenario) -> list[str]:
    lines = [_route(route) for route in s.routes]
    stages = [
        f"{_LEVEL_NAMES[stage.level]} operators {f'after {duration(stage.after)}' if stage.after else 'at once'}"
        f"{gate_words(stage)}"
        for stage in s.routing.stages
    ]
    lines.append(f"They are offered to {joined(stages)}; {OPERATOR_RULES[s.routing.operator_rule]}.")
    lines += preference_words(s)
    if s.routing.primary_first:
        lines.append("He looks for contacts of his primary skills before any other.")
    for name, queue in s.queues.items():
        lines.append(f"Queue {queue.title or name}: in time means within {duration(queue.target)}.")
    return _cut(lines)


def _route(route: Route) -> str:
    who = joined(route.intents) if route.intents else "All contacts"
    for label, names in (("clusters", route.clusters), ("segments", route.segments)):
        who += f" of {label} {joined(names)}" if names else ""
    who += f" with {route.condition} open" if route.condition else ""
    skills = " then ".join(choice.skill + gate_words(choice) for choice in route.skills)
    rank = f", rank {route.priority.rank}" if route.priority and route.priority.rank else ""
    return f"{who} -> queue {route.queue}, skill {skills}{rank}{route_words(route)}."


_LEGS = {
    "transfer": "are transferred to",
    "warm_transfer": "are handed over, by an operator who stays until then, to",
    "conference": "are joined to the end by an operator of",
    "consultation": "are put on hold while the operator asks one of",
    "escalation": "go up to",
}


def _leg(leg: Leg) -> str:
    shares = leg.share.model_dump()
    if len(set(shares.values())) == 1:
        share = percent(leg.share.none)
    else:
        share = joined([f"{percent(value)} ({match} skill)" for match, value in shares.items() if value > 0])
    of = "the talks that did not resolve the matter" if leg.unresolved else "the talks"
    who = f" about {joined(leg.intents)}" if leg.intents else ""
    tier = f" at tier {leg.tier}" if leg.tier > 1 else ""
    when = f"after {percent(leg.part)} of the talk" if leg.part < 1 else "at the end of the talk"
    when = f"after a time, {law(leg.after)}" if leg.after else when
    limit = f"; without one within {duration(leg.limit)} he goes on alone" if leg.limit else ""
    return f"Of {of}{who}{tier}, {share} {_LEGS[leg.kind]} skill {' or '.join(leg.skills)}, {when}{limit}."


def _groups(s: Scenario) -> list[str]:
    total = sum(group.heads(s.factor) for group in s.groups.values())
    lines = [f"{total} operators in {len(s.groups)} groups."] if len(s.groups) > 1 else []
    return lines + [f"{g.title or name}: {_group(s, g)}." for name, g in s.groups.items()]


def _group(s: Scenario, group: Group) -> str:
    if group.head_count is not None:
        hours = f"{min(group.head_count)} to {max(group.head_count)} on duty by period"
    elif group.shift is not None:
        hours = f"shifts {group.shift} of {duration(s.shifts[group.shift].length)}"
    else:
        hours = "always on duty while open"
    held = [f"{skill} ({_LEVEL_NAMES[hold.level]})" for skill, hold in group.skills.items()] or list(group.primary)
    hours += f" ({percent(group.presence)} of them there)" if group.presence < 1 else ""
    follow = f", in a month of k times the contacts k^{group.follows:g} times as many" if group.follows else ""
    return f"{group.heads(s.factor)} operators, {hours}{follow}, skills {joined(held)}"


# -- numbers ---------------------------------------------------------------------------------------------------------


def _is_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, list):
        return bool(value) and all(_is_number(item) for item in value)
    return isinstance(value, int | float) or (isinstance(value, str) and bool(_NUMBER.match(value)))


def numbers(loaded: Loaded) -> list[dict[str, str]]:
    """Each stated number: key, value, mark, source, range, file."""
    rows = []
    for key, origin in loaded.provenance.items():
        value = loaded.provenance.value_of(key, loaded.resolved)
        if _is_number(value):
            given = f"{_text(origin.range[0])} to {_text(origin.range[1])}" if origin.range else ""
            source = "; ".join(text for text in (origin.source, origin.note) if text)
            rows.append({"key": key, "value": _text(value), "mark": origin.mark or "", "source": source,
                         "range": given, "file": origin.file})  # fmt: skip
    return rows


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value)
    return f"{value:.6g}" if isinstance(value, float) else str(value)


NARROW = 100
"""[characters] Below this width columns of sources would hold three letters a line: they are left out, and named."""


class NumbersTable:
    """The numbers as a Rich table, with as many columns as the terminal can show."""

    def __init__(self, loaded: Loaded):
        self.rows = numbers(loaded)

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        from rich import box
        from rich.table import Table

        is_narrow = options.max_width < NARROW
        columns = (
            ("key", "value", "mark", "range") if is_narrow else ("key", "value", "mark", "range", "source", "file")
        )
        table = Table(box=box.SIMPLE_HEAD, title="Numbers stated", title_justify="left")
        for column in columns:
            table.add_column(column, overflow="fold", no_wrap=column == "mark" or (column == "key" and not is_narrow))
        for row in self.rows:
            table.add_row(*(row[column] for column in columns))
        yield table
        if is_narrow:
            yield f"Sources and files are shown from {NARROW} columns on, and where the output goes to a file."


def _legend() -> "RenderableType":
    from rich.text import Text

    return Text("Marks: " + ", ".join(f"{mark} {what}" for mark, what in MARKS.items()) + "; no mark: not stated.")
