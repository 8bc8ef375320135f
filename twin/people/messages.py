"""Tables of the outbound platform: kinds of message as rows of numbers, and the messages that are on their way."""

import math
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from twin.calendar import DAY
from twin.kernel.tables import row_type
from twin.people.states import LifeEvent, Mark, Prompt, Touch
from twin.scenario.proactive_schema import Message, Proactive
from twin.scenario.schema import Scenario

ALL = -1
"""Bits of all steps, or of all products."""
NONE = -1


class Measure(IntEnum):
    """What is counted of each kind of message, by day."""

    DUE = 0
    """Events that set one off."""
    SENT = 1
    """Messages: first attempts."""
    ATTEMPTS = 2
    REACHED = 3
    GIVEN_UP = 4
    """Not reached by the last attempt."""
    LAPSED = 5
    """No longer wanted before anybody was reached: repaired, delivered, paid, gone."""
    WAITED = 6
    """Message-days for which no line was free."""
    ANSWERED = 7
    OWN = 8
    """Contacts that a message has caused."""
    AVERTED = 9
    """Contacts that telling has prevented, of those that the event would have brought about."""
    UNTOLD = 10
    """Contacts that the event has brought about, as nobody was told in time."""
    REOPENED = 11
    """Repairs that go on because the customer said so."""


KIND = row_type(  # a kind of message; see `twin.scenario.proactive_schema.Message`
    ("share", "f8"),
    ("reachable", "f8"),
    ("missed", "f8"),
    ("duration", "f8"),  # [s]
    ("points", "f8"),
    ("own_calls", "f8"),
    ("answered", "f8"),
    ("otherwise", "f8"),  # share
    ("averted", "f8"),
    ("steps", "i8"),  # bits
    ("products", "i8"),  # bits
    ("attempts", "i2"),
    ("attempts_a_day", "i2"),
    ("retry_days", "i2"),
    ("pool", "i2"),  # of lines; -1 = takes none
    ("n_answers", "i2"),
    ("reopens", "i2"),  # answer; -1 = none
    ("after", "i2"),  # days until what happens otherwise; -1 = on the event's date
    ("cause", "i2"),  # Prompt
    ("touch", "i2"),
    ("marks", "i2"),  # bits
    ("is_before", "b1"),  # sent on the last day before the date
    ("complains", "b1"),
)

PENDING = row_type(  # a message on its way, or what happens unless it arrives
    ("customer", "i4"),
    ("kind", "i2"),
    ("event", "i2"),
    ("detail", "i2"),
    ("began_on", "i2"),
    ("next_on", "i2"),  # day of the next attempt; NEVER = no more
    ("other_on", "i2"),  # day of what happens otherwise; NEVER = nothing
    ("attempts", "i2"),
)


class Platform(NamedTuple):
    """What the platform's day works on."""

    kinds: np.ndarray  # KIND
    triggers: np.ndarray  # i2 (LifeEvent, n): kinds that it sets off, then -1
    answers: np.ndarray  # f8 (kinds, n): cumulated shares
    lines: np.ndarray  # f8 (pools): line-seconds a day
    left: np.ndarray  # f8 (pools): of today
    pending: np.ndarray  # PENDING
    n_pending: np.ndarray  # i8 (1)
    counts: np.ndarray  # i8 (days, kinds, Measure)
    answer_counts: np.ndarray  # i8 (days, kinds, n)
    is_active: int


def platform_of(scenario: Scenario, n_days: int) -> Platform:
    """The platform of a scenario with [proactive], with nothing on its way."""
    rule = scenario.proactive
    assert rule is not None
    products = list(scenario.customers.lives.orders.shares) if scenario.customers else []
    kinds = np.zeros(len(rule.messages), KIND).view(np.recarray)
    lines = [rule.lines * scenario.factor * (rule.closes - rule.opens)]
    n_answers = max([len(message.answers) for message in rule.messages.values()], default=0) or 1
    answers = np.ones((len(kinds), n_answers))
    set_off: list[list[int]] = [[] for _ in LifeEvent]
    for row, message in enumerate(rule.messages.values()):
        _fill_kind(kinds[row], message, rule, products)
        if message.lines is not None and message.way == "message":
            kinds[row].pool = len(lines)
            lines.append(message.lines * scenario.factor * (rule.closes - rule.opens))
        answers[row, : len(message.answers)] = np.cumsum(list(message.answers.values()))
        for event in message.events:
            set_off[LifeEvent[event.upper()]].append(row)
    triggers = np.full((len(LifeEvent), max(map(len, set_off), default=0) + 1), NONE, np.int16)
    for event_row, rows in enumerate(set_off):
        triggers[event_row, : len(rows)] = rows
    return Platform(
        kinds=kinds,
        triggers=triggers,
        answers=answers,
        lines=np.array(lines),
        left=np.zeros(len(lines)),
        pending=np.zeros(1024, PENDING).view(np.recarray),
        n_pending=np.zeros(1, np.int64),
        counts=np.zeros((n_days, len(kinds), len(Measure)), np.int64),
        answer_counts=np.zeros((n_days, len(kinds), n_answers), np.int64),
        is_active=int(rule.active),
    )


def _fill_kind(kind: np.recarray, message: Message, rule: Proactive, products: list[str]) -> None:
    reach = message.reach or rule.reach
    is_notice = message.way == "notice"
    kind.share = message.share
    kind.reachable = reach.one if is_notice else reach.reachable
    kind.missed = 0.0 if is_notice else reach.missed
    kind.duration = message.duration if message.duration is not None else rule.duration
    kind.points, kind.own_calls, kind.answered = message.points, message.own_calls, message.answered
    kind.steps = _bits(message.steps)
    kind.products = _bits(None if message.products is None else [products.index(name) for name in message.products])
    kind.attempts = 1 if is_notice else message.attempts
    kind.attempts_a_day, kind.retry_days = attempts_by_day(message.retry, rule.closes - rule.opens)
    kind.pool = 0 if message.way == "message" else NONE
    kind.n_answers = len(message.answers)
    kind.reopens = list(message.answers).index(message.reopens) if message.reopens else NONE
    kind.touch = Touch[message.touch.upper()]
    kind.marks = sum(Mark[name.upper()] for name in message.marks)
    kind.is_before = message.when == "day_before"
    kind.after = NONE
    if (otherwise := message.otherwise) is not None:
        kind.otherwise, kind.averted, kind.complains = otherwise.share, otherwise.averted, otherwise.complaint
        kind.cause = Prompt[otherwise.contact.upper()]
        if otherwise.after is not None:
            kind.after = max(round(otherwise.after / DAY), 1)


def attempts_by_day(retry: float, window: float) -> tuple[int, int]:
    """Attempts that fit into a day's hours, and the days from the last of them to the next one."""
    if retry >= DAY:
        return 1, math.ceil(retry / DAY)
    return int(window // retry) + 1, 1


def _bits(numbers: list[int] | None) -> int:
    return ALL if numbers is None else sum(1 << number for number in set(numbers))
