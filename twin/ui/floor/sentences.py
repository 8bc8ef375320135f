"""What the panels of the floor say of operators and customers. `say` is `use_words("floor")`; nothing here draws."""

import datetime
import math
from typing import Any

from twin.people.states import LifeEvent
from twin.people.states import Phase as LifePhase
from twin.ui.floor.customers import Contact, CustomerView, Present
from twin.ui.floor.followed import Happening
from twin.ui.floor.operators import Band, OperatorView
from twin.ui.floor.views import DAY, Stage, Summary
from twin.ui.words import Words

WITH_DAYS = (LifeEvent.ORDER_ACCEPTED, LifeEvent.CHANGE_ORDERED, LifeEvent.FAULT)
WITH_STEP = (LifeEvent.CREDIT_STEP, LifeEvent.CURED)
LOST = ("abandoned", "blocked", "cut", "dropped", "unreached", "nuisance")
SPOKEN = ("talk", "idle", "wrap", "hold", "chat", "outbound", "written", "case", "break", "outage")
"""States that are read out, in this order."""


def title_of(stage: Stage, say: Words, name: str) -> str:
    """What the scenario calls a skill, an intent, a group or a site."""
    titles = stage.titles.get(name)
    return name if titles is None else titles[say.language == "it"]


def day_of(stage: Stage, at: float) -> datetime.date:
    """The date of an instant [s since the start]; the end of the run belongs to its last day."""
    return stage.dates[min(max(int(at // DAY), 0), len(stage.dates) - 1)]


def instant(stage: Stage, say: Words, at: float) -> str:
    """Date and clock time of an instant."""
    return f"{say.numbers.date(day_of(stage, at))}, {say.numbers.clock(at % DAY)}"


# ---- the centre ------------------------------------------------------------------------------------------------------


def told(summary: Summary, say: Words) -> str:
    """The floor in two sentences, for who does not see it."""
    numbers = say.numbers
    states = [f"{say('state_' + key)} {numbers.number(summary.counts[key])}" for key in SPOKEN if summary.counts[key]]
    lines = [
        say("told_line", queue=queue, n=numbers.number(n), wait=numbers.duration(longest))
        for queue, n, _, longest in summary.lines
        if n
    ]
    text = "; ".join(lines) if lines else say("told_nobody")
    return say("told", clock=numbers.clock(summary.clock), states=", ".join(states), lines=f"{text}.")


def figures(summary: Summary, say: Words) -> list[tuple[str, str]]:
    """Name and value of today's figures."""
    numbers, today = say.numbers, summary.today
    write: dict[str, Any] = {
        "n_offered": numbers.number,
        "n_handled": numbers.number,
        "sl20": numbers.percent,
        "asa": numbers.seconds,
        "abandonment_share": numbers.percent,
        "aht": numbers.duration,
        "occupancy": numbers.percent,
    }
    return [(say(name), write[name](today[name])) for name in write if name in today]


# ---- an operator -----------------------------------------------------------------------------------------------------


def doing(view: OperatorView, stage: Stage, say: Words) -> str:
    """What the operator does now, and with whom."""
    state = say(f"state_{view.state.name.lower()}")
    if view.customer is None:
        return say("doing", state=state)
    intent = title_of(stage, say, view.intent)
    if view.customer < 0:
        return say("doing_intent", state=state, intent=intent)
    return say("doing_with", state=state, intent=intent, n=say.numbers.number(view.customer))


def band_of(band: Band, stage: Stage, say: Words) -> dict[str, Any]:
    """A piece of the day as the chart draws it."""
    key = band.state.name.lower()
    begin, end = (say.numbers.clock(at) for at in (band.begin, band.end))
    words = {"begin": begin, "end": end, "state": say(f"state_{key}")}
    text = (
        say("band_intent", **words, intent=title_of(stage, say, band.intent)) if band.intent else say("band", **words)
    )
    return {"begin": band.begin, "end": band.end, "key": key, "text": text}


def span_of_day(view: OperatorView, now: float) -> tuple[float, float]:
    """From when to when the operator's day is drawn [s since midnight], in whole hours."""
    begins = [band.begin for band in view.bands] + ([view.shift[0]] if view.shift else [])
    ends = [band.end for band in view.bands] + ([view.shift[1]] if view.shift else [])
    first, last = min(begins, default=8 * 3600.0), max([*ends, now] if begins else [20 * 3600.0])
    return max(math.floor(first / 3600) * 3600.0, 0.0), max(
        math.ceil(last / 3600), math.floor(first / 3600) + 1
    ) * 3600.0


def compared(view: OperatorView, say: Words) -> list[list[str]]:
    """Rows: measure, the operator, the team per head."""
    numbers = say.numbers

    def per_head(value: float) -> str:
        return numbers.number(value, 0 if float(value).is_integer() else 1)

    measures = (
        ("r_handled", "n_handled", per_head),
        ("r_today", "n_today", per_head),
        ("r_aht", "aht", numbers.duration),
        ("r_occupancy", "occupancy", numbers.percent),
        ("r_resolved", "resolved", numbers.percent),
        ("r_csi", "csi", lambda value: numbers.number(value, 1)),
    )
    rows = []
    for key, name, write in measures:
        pair = [getattr(record, name) for record in (view.mine, view.team_mean)]
        if any(math.isfinite(value) for value in pair):
            rows.append([say(key), *(write(value) for value in pair)])
    return rows


def career_facts(view: OperatorView, stage: Stage, say: Words) -> list[tuple[str, str]]:
    """Where the operator stands in the career, as far as the scenario has careers."""
    career, numbers = view.career, say.numbers
    if "phase" not in career:
        hours = career.get("training_hours")
        return [(say("training_hours"), say("hours", n=numbers.number(hours)))] if hours else []
    standing = [say(f"phase_{career['phase']}")]
    standing += [say("senior")] if career["is_senior"] else []
    standing += [say("leader")] if career["is_leader"] else []
    facts = [(say("phase"), ", ".join(standing))]
    if math.isfinite(career["tenure"]):
        facts.append((say("tenure"), numbers.duration(career["tenure"] * DAY)))
    if career["learns"]:
        facts.append((say("learns"), title_of(stage, say, career["learns"])))
    if career["hours_left"] > 0.05:
        facts.append((say("hours_left"), say("hours", n=numbers.number(career["hours_left"], 1))))
    return facts


def career_events(view: OperatorView, stage: Stage, say: Words) -> list[tuple[str, str]]:
    """Date and event of the operator's career, the newest first."""
    found = []
    for event in reversed(view.history):
        skill = title_of(stage, say, event["skill"]) if event["skill"] else "–"
        found.append((say.numbers.date(day_of(stage, event["day"] * DAY)), say(f"c_{event['event']}", skill=skill)))
    return found


# ---- a customer ------------------------------------------------------------------------------------------------------


def customer_facts(view: CustomerView, stage: Stage, say: Words) -> list[tuple[str, str]]:
    """Where the customer stands now."""
    numbers = say.numbers
    felt = f"{numbers.number(view.experience)} / {numbers.number(view.expectation)}"
    facts = [
        (say("cluster"), view.cluster if view.cluster != "none" else "–"),
        (say("customer_phase"), say(f"p_{view.phase}")),
        (say("value"), say(f"t_{view.tier}")),
    ]
    has_line = LifePhase.DELIVERY <= LifePhase[view.phase.upper()] <= LifePhase.LEAVING
    if has_line and math.isfinite(view.tenure_months):
        facts.append((say("with_us"), say("months", n=numbers.number(view.tenure_months))))
    facts += [
        (say("felt"), felt),
        (say("recent"), " / ".join(numbers.number(n) for n in view.recent)),
        (say("self_care"), say("uses" if view.is_digital else "uses_not")),
    ]
    if view.open:
        facts.append((say("open"), "; ".join(open_matter(what, day, stage, say) for what, day in view.open)))
    return facts


def open_matter(what: str, day: int, stage: Stage, say: Words) -> str:
    """A matter that is open, and until when where the run knows it."""
    if not 0 <= day < len(stage.dates):
        return say(f"f_{what}")
    return say("open_until", what=say(f"f_{what}"), date=say.numbers.date(stage.dates[day]))


def present(matter: Present, now: float, stage: Stage, say: Words) -> str:
    """A matter that is under way."""
    numbers = say.numbers
    text = say(
        f"m_{matter.phase.name.lower()}",
        intent=title_of(stage, say, matter.intent),
        queue=matter.queue,
        ahead=numbers.number(max(matter.n_ahead, 0)),
        wait=numbers.duration(now - matter.since),
        operator=numbers.number(matter.operator),
    )
    if math.isfinite(matter.gives_up_at):
        text += f"; {say('m_patience', left=numbers.duration(matter.gives_up_at - now))}"
    return text


def life_items(view: CustomerView, now: float, stage: Stage, say: Words) -> list[dict[str, Any]]:
    """The life line, the newest first: what is under way, contacts, events of life, changes of cluster."""
    at: list[tuple[float, dict[str, Any]]] = []
    for contact in view.contacts:
        at.append((contact.entered_at, contact_item(contact, stage, say)))
    for event in view.events:
        at.append((event.at, event_item(event, say)))
    for since, cluster in view.clusters[1:] if view.clusters else ():
        name = cluster if cluster != "none" else say("p_market")
        at.append((since, item("cluster", say("in_cluster", cluster=name))))
    at.sort(key=lambda pair: pair[0], reverse=True)
    items = [
        item("now", present(matter, now, stage, say)) | {"when": say("now"), "operator": matter.operator,
        "button": say("see_operator", n=say.numbers.number(matter.operator))}
        for matter in view.present
    ]  # fmt: skip
    return items + [found | {"when": short_instant(stage, say, when)} for when, found in at]


def short_instant(stage: Stage, say: Words, at: float) -> str:
    """Day and month, and the clock time but for what happens at midnight."""
    day = say.numbers.date(day_of(stage, at)).rsplit(" ", 1)[0]
    return day if at % DAY < 1.0 else f"{day} {say.numbers.clock(at % DAY)}"


def item(kind: str, title: str, detail: str = "") -> dict[str, Any]:
    """One entry of the life line."""
    return {"kind": kind, "title": title, "detail": detail, "operator": -1, "button": ""}


def contact_item(contact: Contact, stage: Stage, say: Words) -> dict[str, Any]:
    """A contact that is over: why, how it ended, what it took."""
    numbers, outcome = say.numbers, contact.outcome.name.lower()
    parts = [say(f"o_{outcome}")]
    if math.isfinite(contact.wait) and contact.wait >= 0.5:
        parts.append(say("d_wait", wait=numbers.duration(contact.wait)))
    if math.isfinite(contact.handle):
        operator = numbers.number(contact.operator)
        parts.append(say("d_handle", time=numbers.duration(contact.handle), n=operator))
        parts.append(say("d_settled" if contact.is_resolved else "d_unsettled"))
    if contact.transfers:
        parts.append(say.count("d_transfers", contact.transfers))
    if contact.attempt:
        parts.append(say("d_repeat", n=numbers.number(contact.attempt + 1)))
    if math.isfinite(contact.csi):
        parts.append(say("d_csi", n=numbers.number(contact.csi)))
    if contact.returns:
        parts.append(say("d_again"))
    kind = "lost" if outcome in LOST else "contact"
    return item(kind, title_of(stage, say, contact.intent), ", ".join(parts))


def event_item(event: Happening, say: Words) -> dict[str, Any]:
    """An event of life, with what the model tells of it."""
    detail = ""
    if event.kind in WITH_DAYS and event.detail > 0:
        detail = say("detail_days", n=say.numbers.number(event.detail))
    elif event.kind in WITH_STEP and event.detail > 0:
        detail = say("detail_step", n=say.numbers.number(event.detail))
    return item("event", say(f"e_{event.kind.name.lower()}"), detail)
