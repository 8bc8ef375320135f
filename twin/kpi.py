"""KPIs: one formula each, here and nowhere else. Counts and sums are kept, ratios divided last.

Each function takes a table of counts (columns named like the fields of `twin.kernel.tables.TALLY`, one row per group of
contacts) and returns one number per row. A contact counts in the interval in which it arrived. The service level goes
by three names, one for each denominator: definitions move it by more than most policies do.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

Counts = pd.DataFrame
YEAR = 365.25


@dataclass(frozen=True)
class Kpi:
    """One KPI: how it is worked out and how it is shown."""

    name: str
    title: str
    unit: str
    """"count", "share", "s", "points", "EUR" or "per year"."""
    better: int
    """1 if more is better, -1 if less is, 0 if neither."""
    formula: Callable[[Counts], pd.Series]

    @property
    def explanation(self) -> str:
        return " ".join((self.formula.__doc__ or "").split())


KPIS: dict[str, Kpi] = {}


def _kpi(title: str, unit: str, better: int = 0) -> Callable[[Callable], Callable]:
    def enter(formula: Callable[[Counts], pd.Series]) -> Callable[[Counts], pd.Series]:
        KPIS[formula.__name__] = Kpi(formula.__name__, title, unit, better, formula)
        return formula

    return enter


def _ratio(above: pd.Series, below: pd.Series) -> pd.Series:
    """Division that gives NaN where there is nothing to divide by."""
    return above / below.where(below > 0, np.nan)


def _on_duty(c: Counts) -> pd.Series:
    """Operator-seconds on duty, breaks and outages of the site included."""
    return c.staff_talk + c.staff_hold + c.staff_wrap + c.staff_idle + c.staff_break + c.get("staff_outage", 0.0)


def _lost(c: Counts) -> pd.Series:
    return c.abandoned + c.messages + c.cut + n_dropped(c) + c.unreached


@_kpi("Entered", "count")
def n_entered(c: Counts) -> pd.Series:
    """Contacts that reached the centre: IVR entries, redials and repeats included."""
    return c.entered


@_kpi("Served by the IVR", "count")
def n_self_served(c: Counts) -> pd.Series:
    """Contacts served to the end by the IVR."""
    return c.self_served


@_kpi("Blocked", "count", -1)
def n_blocked(c: Counts) -> pd.Series:
    """Contacts that never got in: no trunk, or no place in the queue."""
    return c.blocked


@_kpi("Offered", "count")
def n_offered(c: Counts) -> pd.Series:
    """Contacts that got in: handled + abandoned + messages + cut + dropped + unreached + still inside."""
    return c.offered


@_kpi("Handled", "count")
def n_handled(c: Counts) -> pd.Series:
    """Contacts whose talk with an operator has ended."""
    return c.handled


@_kpi("Abandoned", "count", -1)
def n_abandoned(c: Counts) -> pd.Series:
    """Contacts that gave up while waiting, balking included."""
    return c.abandoned


@_kpi("Messages left", "count", -1)
def n_messages(c: Counts) -> pd.Series:
    """Contacts that left a message instead of waiting on."""
    return c.messages


@_kpi("Cut off", "count", -1)
def n_cut(c: Counts) -> pd.Series:
    """Contacts disconnected at closing time."""
    return c.cut


@_kpi("Broken off", "count", -1)
def n_dropped(c: Counts) -> pd.Series:
    """Contacts whose talk with an operator was broken off by an outage."""
    return c.get("dropped", 0.0 * c.offered)


@_kpi("Abandonment", "share", -1)
def abandonment_share(c: Counts) -> pd.Series:
    """abandoned / offered."""
    return _ratio(c.abandoned, c.offered)


@_kpi("Short abandonment", "share")
def short_abandonment_share(c: Counts) -> pd.Series:
    """abandoned within 5 s / offered: reported apart, they may have dialled wrong."""
    return _ratio(c.short_abandoned, c.offered)


@_kpi("Blocked share", "share", -1)
def blocked_share(c: Counts) -> pd.Series:
    """blocked / (blocked + offered)."""
    return _ratio(c.blocked, c.blocked + c.offered)


@_kpi("Mean speed of answer", "s", -1)
def asa(c: Counts) -> pd.Series:
    """Sum of the waits of handled contacts, zeros included / handled."""
    return _ratio(c.wait_handled, c.handled)


@_kpi("Mean wait", "s", -1)
def mean_wait(c: Counts) -> pd.Series:
    """Sum of the waits of all contacts, lost ones included / (handled + lost)."""
    return _ratio(c.wait_handled + c.wait_lost, c.handled + _lost(c))


@_kpi("Answered within 20 s / offered", "share", 1)
def sl20(c: Counts) -> pd.Series:
    """Answered within 20 s of asking for an operator / offered."""
    return _ratio(c.in_20s, c.offered)


@_kpi("Answered within target / offered", "share", 1)
def in_target(c: Counts) -> pd.Series:
    """Answered within the target wait of queue or cluster / offered."""
    return _ratio(c.in_target, c.offered)


@_kpi("Service level (20 s), / offered less early losses", "share", 1)
def service_level(c: Counts) -> pd.Series:
    """Answered within 20 s / (offered - lost within 20 s)."""
    return _ratio(c.in_20s, c.offered - c.lost_in_20s)


@_kpi("Answered within 20 s / answered", "share", 1)
def sl20_of_answered(c: Counts) -> pd.Series:
    """Answered within 20 s / handled."""
    return _ratio(c.in_20s, c.handled)


@_kpi("Had to wait", "share", -1)
def waited_share(c: Counts) -> pd.Series:
    """Contacts with a wait above 0 / offered."""
    return _ratio(c.waited, c.offered)


@_kpi("Handle time", "s", -1)
def aht(c: Counts) -> pd.Series:
    """(talk + hold + wrap-up), of all operators involved / handled."""
    return _ratio(c.talk + c.hold + c.wrap, c.handled)


@_kpi("Time in the IVR", "s")
def ivr_time(c: Counts) -> pd.Series:
    """Navigation time / contacts that entered."""
    return _ratio(c.ivr_time, c.entered)


@_kpi("Self-served", "share", 1)
def containment(c: Counts) -> pd.Series:
    """Served to the end by the IVR / entered."""
    return _ratio(c.self_served, c.entered)


@_kpi("First contact resolution", "share", 1)
def fcr(c: Counts) -> pd.Series:
    """First contacts handled with no further contact on the matter within 7 days / first contacts handled."""
    return _ratio(c.first_settled, c.first_handled)


@_kpi("Resolved at first contact", "share", 1)
def resolved_at_first(c: Counts) -> pd.Series:
    """First contacts whose matter was really resolved / first contacts handled (nobody outside the model sees this)."""
    return _ratio(c.first_resolved, c.first_handled)


@_kpi("Recall within 3 days, same matter", "share", -1)
def recall_share(c: Counts) -> pd.Series:
    """First contacts handled whose customer contacts again on the matter within 72 h / first contacts handled."""
    return _ratio(c.recalled, c.first_handled)


@_kpi("Recall within 3 days, any matter", "share", -1)
def recall_any_share(c: Counts) -> pd.Series:
    """First contacts handled whose customer contacts again about anything within 72 h / first contacts handled."""
    return _ratio(c.recalled + c.recalls_any, c.first_handled)


@_kpi("Answered by a primary skill", "share", 1)
def match_share(c: Counts) -> pd.Series:
    """Handled by an operator whose first skill is the one the matter takes / handled."""
    return _ratio(c.primary, c.handled)


@_kpi("Answered without the skill", "share", -1)
def mismatch_share(c: Counts) -> pd.Series:
    """Handled by an operator who does not hold the skill that the matter takes / handled."""
    return _ratio(c.mismatched, c.handled)


@_kpi("Opens a case", "share")
def case_share(c: Counts) -> pd.Series:
    """Handled contacts that opened a back-office case / handled."""
    return _ratio(c.cases, c.handled)


@_kpi("Transferred", "share", -1)
def transfer_share(c: Counts) -> pd.Series:
    """Times a matter was handed on to another operator, cold, warm or by escalation / handled."""
    return _ratio(c.transferred, c.handled)


@_kpi("Conferences", "share")
def conference_share(c: Counts) -> pd.Series:
    """Talks that a second operator joined to their end / handled."""
    return _ratio(c.conferences, c.handled)


@_kpi("Consultations", "share")
def consultation_share(c: Counts) -> pd.Series:
    """Talks in which an expert was asked while the customer was on hold / handled."""
    return _ratio(c.consultations, c.handled)


@_kpi("No further operator came", "count", -1)
def n_unassisted(c: Counts) -> pd.Series:
    """Talks that the first operator finished alone, as nobody came within the limit or before closing time."""
    return c.unassisted


@_kpi("Operators' hold time", "s", -1)
def hold_time(c: Counts) -> pd.Series:
    """Time for which operators held the line while a further one was sought or asked / handled."""
    return _ratio(c.hold, c.handled)


@_kpi("Wait for a further operator", "s", -1)
def further_wait(c: Counts) -> pd.Series:
    """Sum of the waits after the first answer, until a further operator, the limit or hanging up / handled."""
    return _ratio(c.wait_again, c.handled)


@_kpi("Abandoned after an answer", "count", -1)
def n_abandoned_answered(c: Counts) -> pd.Series:
    """Of the abandoned: those who had talked to an operator and hung up while they waited for a further one."""
    return c.abandoned_answered


@_kpi("Closed at tier 1", "share", 1)
def closed_at_tier_1(c: Counts) -> pd.Series:
    """Handled with no escalation / handled."""
    return _ratio(c.handled - c.closed_2 - c.closed_3, c.handled)


@_kpi("Closed at tier 2", "share")
def closed_at_tier_2(c: Counts) -> pd.Series:
    """Handled by the second tier in the end / handled."""
    return _ratio(c.closed_2, c.handled)


@_kpi("Closed at tier 3", "share", -1)
def closed_at_tier_3(c: Counts) -> pd.Series:
    """Handled by the third or a higher tier in the end / handled."""
    return _ratio(c.closed_3, c.handled)


@_kpi("Satisfaction (CSI)", "points", 1)
def csi(c: Counts) -> pd.Series:
    """Mean CSI of handled contacts, 0-100."""
    return _ratio(c.csi, c.handled)


@_kpi("CSI item: waiting", "points", 1)
def csi_waiting(c: Counts) -> pd.Series:
    """Mean of the item waiting, 0-100."""
    return _ratio(c.csi_waiting, c.handled)


@_kpi("CSI item: accuracy", "points", 1)
def csi_accuracy(c: Counts) -> pd.Series:
    """Mean of the item accuracy, 0-100."""
    return _ratio(c.csi_accuracy, c.handled)


@_kpi("CSI item: ability", "points", 1)
def csi_ability(c: Counts) -> pd.Series:
    """Mean of the item ability, 0-100."""
    return _ratio(c.csi_ability, c.handled)


@_kpi("CSI item: courtesy", "points", 1)
def csi_courtesy(c: Counts) -> pd.Series:
    """Mean of the item courtesy, 0-100."""
    return _ratio(c.csi_courtesy, c.handled)


@_kpi("Occupancy", "share")
def occupancy(c: Counts) -> pd.Series:
    """Handling time (talk, hold, wrap-up) / (handling + idle time) of operators on duty."""
    busy = c.staff_talk + c.staff_hold + c.staff_wrap
    return _ratio(busy, busy + c.staff_idle)


@_kpi("Utilisation", "share")
def utilisation(c: Counts) -> pd.Series:
    """Handling time, holds with a customer included / time on duty, breaks and outages of the site included."""
    return _ratio(c.staff_talk + c.staff_hold + c.staff_wrap, _on_duty(c))


@_kpi("Operators on duty", "count")
def operators_on_duty(c: Counts) -> pd.Series:
    """Mean number of operators on duty, breaks and outages included, while the interval lasts."""
    return _ratio(_on_duty(c), c.clock_time)


@_kpi("Wrap-ups cut short", "count")
def n_wraps_cut(c: Counts) -> pd.Series:
    """Wrap-ups shortened or put off because too many waited, at the end of the talk or while under way."""
    return c.wraps_cut


@_kpi("Breaks put off", "count")
def n_breaks_postponed(c: Counts) -> pd.Series:
    """Breaks that could not begin when due: the load was too high, or too many were away."""
    return c.breaks_postponed


@_kpi("Breaks missed", "count", -1)
def n_breaks_missed(c: Counts) -> pd.Series:
    """Breaks put off and not taken by the end of the shift."""
    return c.breaks_missed


@_kpi("Operators lent", "count")
def n_lent(c: Counts) -> pd.Series:
    """Times that an operator was lent to another queue."""
    return c.lent


@_kpi("Left early", "count")
def n_left_early(c: Counts) -> pd.Series:
    """Volunteers sent home before the end of the shift because too many were idle."""
    return c.left_early


@_kpi("Stayed on", "count")
def n_stayed_on(c: Counts) -> pd.Series:
    """Operators who stayed after the end of the shift because too many waited."""
    return c.stayed_on


@_kpi("Time lost by outages", "s", -1)
def outage_time(c: Counts) -> pd.Series:
    """Operator-seconds on duty at a site that was down."""
    return c.staff_outage


@_kpi("Contact cost", "EUR", -1)
def contact_cost(c: Counts) -> pd.Series:
    """Cost of operators' hours on duty, shared out by handling cost, + IVR entries [EUR]."""
    return c.staff_cost + c.ivr_cost


@_kpi("Cost per handled contact", "EUR", -1)
def cost_per_contact(c: Counts) -> pd.Series:
    """Contact cost / handled [EUR]."""
    return _ratio(contact_cost(c), c.handled)


@_kpi("Cost per customer managed", "EUR per year", -1)
def cost_per_customer(c: Counts) -> pd.Series:
    """Contact cost a year / mean customers [EUR a customer-year]."""
    return _ratio(contact_cost(c) * YEAR, c.customer_days)


@_kpi("Contacts per customer (FOC)", "per year", -1)
def foc(c: Counts) -> pd.Series:
    """Contacts that entered, redials and repeats included, a year / mean customers."""
    return _ratio(c.entered * YEAR, c.customer_days)


@_kpi("ARPU at risk", "EUR per year", -1)
def arpu_at_risk(c: Counts) -> pd.Series:
    """Sum over customers of ARPU a year x expected yearly churn, given what each remembers at the end [EUR a year]."""
    return c.arpu_at_risk


@_kpi("Expected churn", "share", -1)
def churn(c: Counts) -> pd.Series:
    """Mean expected yearly churn, given what each customer remembers at the end."""
    return _ratio(c.expected_leavers, c.customers_at_end)


@_kpi("Not reached", "count", -1)
def n_unreached(c: Counts) -> pd.Series:
    """Contacts to be called back that did not answer the last try."""
    return c.unreached


@_kpi("Call-back accepted", "share")
def call_back_share(c: Counts) -> pd.Series:
    """Hung up to be called back / offered. Waits and service levels count them from their first joining."""
    return _ratio(c.call_backs, c.offered)


@_kpi("Called back after", "s", -1)
def call_back_wait(c: Counts) -> pd.Series:
    """Waits of those called back, from the first joining to the pick-up / called back and handled."""
    return _ratio(c.called_wait, c.called_back)


@_kpi("Dials per call-back", "count", -1)
def dials_per_call_back(c: Counts) -> pd.Series:
    """Dials of operators / hung up to be called back. Dialling is handling time of operators, not of the contact."""
    return _ratio(c.dials, c.call_backs)


@_kpi("Wait on the telephone", "s", -1)
def wait_on_line(c: Counts) -> pd.Series:
    """(Waits of all contacts - what they spent of them off the telephone, to be called back) / (handled + lost)."""
    return _ratio(c.wait_handled + c.wait_lost - c.off_line, c.handled + _lost(c))


@_kpi("Answered within target of those who stayed", "share", 1)
def in_target_on_line(c: Counts) -> pd.Series:
    """Answered within target, not called back / (offered - hung up to be called back)."""
    return _ratio(c.in_target - c.called_in_target, c.offered - c.call_backs)


@_kpi("Balked", "share", -1)
def balk_share(c: Counts) -> pd.Series:
    """Hung up on hearing the expected wait / offered; they are part of the abandoned."""
    return _ratio(c.balked, c.offered)


@_kpi("Messages worked on in time", "share", 1)
def messages_in_time(c: Counts) -> pd.Series:
    """Messages whose work ended before their deadline / messages that became work, those still open included."""
    return _ratio(c.messages_in_time, c.messages_filed)


@_kpi("Chats handled", "count")
def n_chats(c: Counts) -> pd.Series:
    """Chats that have ended; they are part of the handled contacts."""
    return c.chats


@_kpi("Length of a chat", "s", -1)
def chat_duration(c: Counts) -> pd.Series:
    """Time from the answer to the end of chats, of which an operator has several at once / chats handled."""
    return _ratio(c.chat_time, c.chats)


@_kpi("Chats at once", "count")
def chats_at_once(c: Counts) -> pd.Series:
    """Time from the answer to the end of chats / operators' time that they took: mean number while there is any."""
    return _ratio(c.chat_time, c.chat_work)


HEADLINES = (
    "n_offered",
    "sl20",
    "in_target",
    "asa",
    "abandonment_share",
    "aht",
    "fcr",
    "recall_share",
    "csi",
    "foc",
    "occupancy",
    "contact_cost",
    "cost_per_contact",
    "cost_per_customer",
    "arpu_at_risk",
    "churn",
)
"""What a manager looks at first."""


def work_out(counts: Counts, names: tuple[str, ...] | None = None) -> pd.DataFrame:
    """KPIs (columns) of each row of counts; those whose counts are missing are left out, or NaN if asked for."""
    columns = {}
    for name in names or tuple(KPIS):
        try:
            columns[name] = KPIS[name].formula(counts)
        except AttributeError:  # a table without the columns (customers, money, staff) has no such KPI
            if names:
                columns[name] = pd.Series(np.nan, index=counts.index)
    return pd.DataFrame(columns, index=counts.index)
