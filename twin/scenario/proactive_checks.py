"""What must hold of proactive contact, and of the stage of the supplier's life."""

from collections.abc import Iterator

from twin.scenario.lives_schema import EVENTS
from twin.scenario.proactive_schema import Message, Proactive
from twin.scenario.problems import key_problems, name_problems, sum_problems
from twin.scenario.provenance import Path, Problem, show
from twin.scenario.schema import Scenario
from twin.scenario.words import clock

DATED = ("order_accepted", "date_missed", "change_ordered", "fault", "reopened")
"""Events to which a date belongs."""
REPAIRS = ("fault", "reopened")
ORDERED = ("order_accepted", "date_missed")


def proactive_problems(s: Scenario) -> Iterator[Problem]:
    """All of them."""
    rule = s.proactive
    if rule is None:
        return
    at: Path = ("proactive",)
    if s.customers is None or s.demand.kind != "customers":
        yield Problem(at, "is given, must stand beside demand.kind 'customers', whose events it waits for")
        return
    if rule.closes <= rule.opens:
        given = f"is {clock(rule.closes)}, must be after opens, {clock(rule.opens)}"
        yield Problem((*at, "closes"), given)
    intents = _intents(s)
    for mark, shares in rule.spares.items():
        yield from key_problems((*at, "spares", mark), shares, "an intent or a group of intents", intents)
    for name, message in rule.messages.items():
        yield from _message((*at, "messages", name), message, list(s.customers.lives.orders.shares))
    yield from _surveys(s, rule, intents)


def _intents(s: Scenario) -> list[str]:
    return list(dict.fromkeys([*s.intents, *(intent.group for intent in s.intents.values() if intent.group)]))


def _message(at: Path, message: Message, products: list[str]) -> Iterator[Problem]:
    for i, event in enumerate(message.events):
        yield from name_problems((*at, "events", i), event, EVENTS)
    events = set(message.events)
    if message.steps is not None and "credit_step" not in events:
        yield Problem((*at, "steps"), "is given, must be left out unless events name 'credit_step'")
    if message.products is not None:
        if not events & set(ORDERED):
            yield Problem((*at, "products"), "is given, must be left out unless events name 'order_accepted'")
        for i, product in enumerate(message.products):
            yield from name_problems((*at, "products", i), product, products)
    dated = f"must be left out unless every event has a date, as {', '.join(DATED)}"
    if message.when == "day_before" and not events <= set(DATED):
        yield Problem((*at, "when"), f"is 'day_before', {dated}")
    if message.otherwise is not None and message.otherwise.after is None and not events <= set(DATED):
        yield Problem((*at, "otherwise", "after"), f"is missing, {dated.replace('left out', 'given')}")
    if message.way != "message" and message.lines is not None:
        yield Problem((*at, "lines"), f"is {message.lines}, must be left out where way is {show(message.way)}")
    if message.way == "notice" and message.attempts > 1:
        yield Problem((*at, "attempts"), f"is {message.attempts}, must be 1 where way is 'notice'")
    if message.answers:
        yield from sum_problems((*at, "answers"), message.answers.values())
    if message.reopens is not None:
        yield from name_problems((*at, "reopens"), message.reopens, message.answers)
        if not events <= set(REPAIRS):
            yield Problem((*at, "reopens"), "is given, must be left out unless events are 'fault' and 'reopened'")


def _surveys(s: Scenario, rule: Proactive, intents: list[str]) -> Iterator[Problem]:
    at: Path = ("proactive",)
    if rule.surveys and not rule.areas:
        yield Problem((*at, "areas"), "is empty, must name the intents of at least one area where there are surveys")
    if rule.surveys and s.satisfaction is None:
        yield Problem(("satisfaction",), "is missing, must be given where proactive.surveys ask about its four items")
    for name, area in rule.areas.items():
        for i, intent in enumerate(area.intents):
            yield from name_problems((*at, "areas", name, "intents", i), intent, intents)
    ad_hoc = rule.bill_delivery
    if ad_hoc is not None and ad_hoc.critical > ad_hoc.areas:
        given = f"is {ad_hoc.critical}, must be at most areas, {ad_hoc.areas}"
        yield Problem((*at, "bill_delivery", "critical"), given)


def stage_problems(s: Scenario) -> Iterator[Problem]:
    """The stage must be known, and its off-shore operators must have a site."""
    life = s.life_stage
    if life is None:
        return
    at: Path = ("life_stage",)
    yield from name_problems((*at, "stage"), life.stage, life.stages)
    if s.customers is None:
        yield Problem(at, "is given, must stand beside [customers], whose lives it changes")
    yield from name_problems((*at, "off_shore_site"), life.off_shore_site, s.sites)
    stage = life.stages.get(life.stage)
    if stage is not None and stage.off_shore > 0 and life.off_shore_site is None:
        yield Problem((*at, "off_shore_site"), "is missing, must be given where the stage has operators off-shore")
