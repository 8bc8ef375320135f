"""Customers' lives: each rule where it can be worked out by hand, and stocks that stay where the facts say."""

import math
import re

import numpy as np
import pytest

from twin import CallCentre, load_scenario
from twin.errors import ScenarioError
from twin.kernel.codes import Phase as ContactPhase
from twin.kernel.jit import entry
from twin.kernel.pack import pack
from twin.people import acquisition, clocks, matters
from twin.people.customer_table import NEVER
from twin.people.needs import refresh_returning
from twin.people.states import NOBODY, Flag, LifeEvent, Mark, Phase, Prompt, Tier
from twin.scenario.lives_schema import EVENTS

SMALL = {"size": "tiny", "run.warm_up": 0}


@pytest.fixture(scope="module")
def base():
    return CallCentre(load_scenario("187-as-is", SMALL), seed=11, days=60).demand


@pytest.fixture
def one(base):
    """Row 0 as an ordinary customer of three years' standing, with nothing open; the rules; and the base."""
    who = base.people.rows[0]
    for name in ("phase_ends", "order_ends", "ticket_ends", "complaint_ends", "credit_ends", "prompt_on"):
        who[name] = NEVER
    who.phase, who.tier, who.flag_bits, who.marks, who.credit_stage = Phase.ACTIVE, Tier.MEDIUM, 0, 0, 0
    who.activated_on, who.bills_paid = -1100, 6
    who.unresolved_on = who.repeated_on = -32000
    who.experience = who.expectation = 70.0
    return who


@entry
def call(people, rules, what, seed, row, day):
    """Compiled steps of a life, one by one: they cannot be called from Python."""
    people, rules = pack(people), pack(rules)
    who = people.rows[row]
    if what == 0:
        return clocks.churn_hazard(who, rules, day)
    if what == 1:
        matters.take_step(people, rules, seed, row, day)
    elif what == 2:
        matters.credit_date(people, rules, seed, row, day)
    elif what == 3:
        matters.miss_payment(people, rules, row, day)
    elif what == 4:
        return float(matters.next_bill(rules, row, day))
    elif what == 5:
        acquisition.end_phase(people, rules, seed, row, day)
    elif what == 6:
        clocks.refresh_hazards(who, rules, day)
        clocks.schedule_visit(people, rules, row, day, day + 1)
    elif what == 7:
        clocks.settle_clocks(who, day)
    return 0.0


def ask(base, what, day, seed=5):
    return call(base.people, base.rules, what, np.uint64(seed), 0, day)


HAZARD, STEP, CREDIT_DATE, MISS, NEXT_BILL, END_PHASE, SCHEDULE, SETTLE = range(8)


def test_churn_multiplies_tier_tenure_conditions_and_the_gap_of_experience(base, one):
    plain = ask(base, HAZARD, 10)
    tenure = base.rules.tenure_factors[-1]  # over 25 months
    assert plain == pytest.approx(0.10 * tenure)  # medium: 10 % a year, experience = expectation
    one.flag_bits = Flag.COMPLAINT
    assert ask(base, HAZARD, 10) == pytest.approx(2.0 * plain)
    one.flag_bits = Flag.OVERDUE
    assert ask(base, HAZARD, 10) == pytest.approx(1.4 * plain)
    one.flag_bits = Flag.OVERDUE | Flag.SUSPENDED  # suspension instead of, not on top of, overdue
    assert ask(base, HAZARD, 10) == pytest.approx(3.0 * plain)
    one.flag_bits, one.experience = 0, 60.0
    assert ask(base, HAZARD, 10) == pytest.approx(plain * math.exp(0.12))


def test_a_late_line_counts_for_the_first_two_months(base, one):
    one.phase, one.activated_on, one.flag_bits = Phase.NURSERY, 0, Flag.LATE
    one.experience = one.expectation = 70.0
    new = base.rules.churn_nursery * base.rules.tenure_factors[0]
    assert ask(base, HAZARD, 59) == pytest.approx(1.5 * new)
    assert ask(base, HAZARD, 60) == pytest.approx(new)


def test_tenure_factors_leave_the_mean_churn_of_a_tier_as_given(base):
    """Over an exponential tenure of 2,900 days, months 0-3 weigh 1 - exp(-91.3/2900) = 3.1 %, and so on."""
    edges = np.array([0, 3, 11, 14, 24]) * 365.25 / 12
    weights = -np.diff([*np.exp(-edges / 2900), 0.0])
    assert weights @ base.rules.tenure_factors == pytest.approx(1.0)
    assert base.rules.tenure_factors[2] / base.rules.tenure_factors[4] == pytest.approx(1.6 / 0.8)


def test_contacts_do_not_make_customers_leave_where_the_effect_is_switched_off():
    scenario = load_scenario("187-as-is", {**SMALL, "customers.churn.contact_effect": 0.0})
    rules = CallCentre(scenario, days=1).demand.rules
    assert rules.unresolved_factor == rules.later_factor == 1.0


def test_scenarios_and_code_name_the_same_events():
    assert tuple(event.name.lower() for event in LifeEvent) == EVENTS


@pytest.mark.parametrize(
    ("overrides", "told"),
    [
        ({"customers.experience.touchpoints.fault.weight": 2}, "touchpoints.fault.weight is 2"),
        (
            {"customers.experience.touchpoints.faults": {"kind": "brand", "score": 1, "weight": 0}},
            "not an event of life",
        ),
        ({"customers.lives.orders.shares": {"NIP": 0.5, "ADSL": 0.4, "ULL": 0.25}}, "sum to 1.15, must sum to 1"),
        ({"customers.lives.orders.shares": {"ULL": 0.15, "FWA": 0.10}}, "lacks FWA"),
        ({"customers.lives.credit.steps": ["10 days", "5 days"] + ["20 days"] * 5}, "credit.steps are not in order"),
        ({"customers.lives.first_bill": ["90 days", "30 days"]}, "first_bill ends before it begins"),
        ({"customers.lives.leaving.kept": 1.0}, "leaving.kept is 1, must be below 1"),
        ({"demand.shocks": [{"day": 0, "intents": ["TEX"], "factor": 2.0}]}, "demand.shocks.0.intents is 'TEX'"),
        ({"customers.churn.tenure_months": [3.0, 12.0]}, "tenure_factors has 5 values, must have 2"),
    ],
)
def test_lives_that_cannot_be_are_told_in_one_sentence(overrides, told):
    with pytest.raises(ScenarioError, match=re.escape(told)):
        load_scenario("187-as-is", overrides)


def test_bills_come_every_61_days_in_eight_groups(base):
    """6 a year: 60.875 days apart; row 0 is of the first group: days 0, 61 (60.875), 122 (121.75)."""
    assert [ask(base, NEXT_BILL, day) for day in (0, 1, 61, 62)] == [0, 61, 61, 122]


def test_the_credit_chain_takes_its_seven_steps_on_the_days_after_the_due_date(base, one):
    """Bill on day 0, due on day 20; steps 10, 20, 27, 35, 50, 60, 75 days later, if nothing is paid."""
    ask(base, MISS, 0)
    assert (one.credit_from, one.credit_ends, one.credit_stage) == (20, 30, 0)
    expected = [30, 40, 47, 55, 70, 80]
    flags = []
    for stage, day in enumerate(expected, 1):
        assert one.credit_ends == day
        ask(base, STEP, min(day, 59))
        assert one.credit_stage == stage
        flags.append(int(one.flag_bits))
        one.marks, one.credit_ends = 0, [*expected, 95][stage]  # as if it were not paid before
    assert flags == [Flag.OVERDUE] * 3 + [Flag.OVERDUE | Flag.SUSPENDED] * 3
    ask(base, STEP, 59)
    assert (one.phase, one.credit_stage, one.credit_ends) == (Phase.CHURNED_CREDIT, 0, NEVER)


def test_who_pays_after_suspension_is_reconnected_within_two_days(base, one):
    one.credit_stage, one.flag_bits, one.marks = 4, Flag.OVERDUE | Flag.SUSPENDED, Mark.CURES
    one.credit_from, one.credit_ends = -30, 7
    ask(base, CREDIT_DATE, 7)
    assert one.flag_bits & Flag.SUSPENDED
    assert one.credit_ends in (8, 9)
    ask(base, CREDIT_DATE, int(one.credit_ends))
    assert (one.flag_bits, one.credit_stage, one.credit_ends) == (0, 0, NEVER)


def test_a_second_unpaid_bill_is_part_of_the_same_chain(base, one):
    ask(base, MISS, 0)
    planned = int(one.credit_ends)
    ask(base, MISS, 30)
    assert one.credit_ends == planned


def test_nursery_ends_when_the_first_bill_is_paid(base, one):
    one.phase, one.activated_on, one.bills_paid = Phase.NURSERY, 0, 0
    ask(base, END_PHASE, 40)  # the bill comes
    assert one.phase == Phase.NURSERY
    assert one.marks & Mark.BILLED
    assert 60 <= one.phase_ends <= 150  # due 20 days later, paid late, at most 150 days after activation
    ask(base, END_PHASE, 59)
    assert (one.phase, one.bills_paid) == (Phase.ACTIVE, 1)


def test_who_wanted_to_leave_and_was_not_kept_is_gone_on_the_last_day(base, one):
    one.phase, one.flag_bits, one.ticket_ends = Phase.LEAVING, Flag.TICKET, 50
    ask(base, END_PHASE, 20)
    assert (one.phase, one.flag_bits, one.ticket_ends) == (Phase.CHURNED, 0, NEVER)
    assert base.people.flows[20, LifeEvent.LEFT] == 1


def test_the_next_visit_is_the_first_thing_due(base, one):
    one.life_left, one.churn_left, one.need_level = 1e6, 1e6, 1e6
    one.clocks_from = 10
    ask(base, SCHEDULE, 10)
    assert base.people.due[0] == NEVER
    one.order_ends = 25
    ask(base, SCHEDULE, 10)
    assert base.people.due[0] == 25
    one.life_left = 3.5 * one.life_daily  # runs out at the fourth midnight
    ask(base, SCHEDULE, 10)
    assert base.people.due[0] == 14
    cluster = 6  # medium
    one.need_level = (base.people.levels[cluster, 12] + base.people.levels[cluster, 13]) / 2  # passed during day 12
    ask(base, SCHEDULE, 10)
    assert base.people.due[0] == 12


def test_clocks_count_down_by_their_hazard(base, one):
    one.clocks_from, one.life_left, one.life_daily = 3, 1.0, 0.125
    one.churn_left, one.churn_daily = 1.0, 0.0
    ask(base, SETTLE, 7)
    assert (one.life_left, one.churn_left, one.clocks_from) == (0.5, 1.0, 7)


def test_needs_that_events_cause_are_taken_out_of_those_of_every_day(base):
    """Basic: 1.6 needs a year. Bills 6 x 5 % = 0.3. Dunning: 0.48 chains x (8 % x (0.5 + 0.081) + 55 % x 0.18) = 0.070.
    Cancelling: 40 % of a wish to leave of 0.11 / 0.9 = 0.049."""
    reached_5 = 0.5 * 0.6 * 0.6 * 0.45
    caused = 0.3 + 0.48 * (0.08 * (0.5 + reached_5) + 0.55 * 0.18) + 0.4 * 0.11 / 0.9
    assert base.everyday.by_intent[7].sum() == pytest.approx(1.6 - caused)
    assert base.everyday.mixes(3)[:, -1] == pytest.approx(1.0)


def test_a_shock_multiplies_the_needs_of_its_intents_for_its_days():
    """Outage on counted days 2 and 3: three times the TEC needs. Medium: TEC 0.28 of 2.4 = 0.672 needs a year."""
    shock = [{"day": 2, "days": 2, "intents": ["TEC"], "factor": 3.0}]
    plain, shocked = (
        CallCentre(load_scenario("187-as-is", {**SMALL, **more}), days=5).demand.everyday
        for more in ({}, {"demand.shocks": shock})
    )
    ratio = [shocked.hazard(day)[6] / plain.hazard(day)[6] for day in range(5)]
    total = plain.by_intent[6].sum()
    assert ratio == pytest.approx([1, 1, (total + 2 * 0.672) / total, (total + 2 * 0.672) / total, 1])
    assert shocked.mixes(2)[6, 0] == pytest.approx(3 * 0.672 / (total + 2 * 0.672))  # TEC is the first intent


def test_who_comes_back_with_a_matter_that_has_no_route_for_him_any_more_stays_who_he_was():
    """A fault of a customer of tier Medium, who has left and orders anew by the time: prospects have no faults."""
    model = CallCentre(load_scenario("187-to-be", SMALL), seed=3, days=1)
    base, names, row = model.demand, model.names, 5
    contact = model.world.contacts[0]
    contact.phase, contact.customer, contact.intent = ContactPhase.RETURNING, row, names.intents.index("TEC")
    contact.cluster = names.clusters.index("Medium")
    contact.segment = contact.condition = 0
    who = base.people.rows[row]
    who.phase, who.tier, who.flag_bits = Phase.ORDER, Tier.MEDIUM, 0
    refresh_returning(base.people, model.world.contacts, base.order, base.segments, model.world.type_of)
    assert names.clusters[contact.cluster] == "Medium"
    contact.intent = names.intents.index("ORD")
    refresh_returning(base.people, model.world.contacts, base.order, base.segments, model.world.type_of)
    assert names.clusters[contact.cluster] == "Acquisizioni"


@pytest.fixture(scope="module")
def two_years():
    """Lives alone, 730 midnights; nobody answers, so that nobody is kept either."""
    model = CallCentre(load_scenario("187-as-is", SMALL), seed=3, days=730)
    reasons = np.zeros(len(Prompt) + 1, np.int64)
    for day in range(730):
        model.day = day
        model.demand.arrivals(day)
        needy = model.demand.people.needy[: model.demand.people.counts[0]]
        reasons += np.bincount(needy.reason + 1, minlength=len(reasons))
    return model.demand, reasons


def test_stocks_stay_where_the_facts_say_for_two_years(two_years):
    """Domain reference, section 9 (g): nursery 1.3-2.2 %, delivery 0.5-1.2 %, net lines -5 to -6 % a year."""
    base, _ = two_years
    stocks = base.stock_days[:, :8].astype(float)
    lines = stocks.sum(axis=1) - stocks[:, 3]  # without prospects
    shares = stocks / lines[:, None]
    months = shares[: 720 // 30 * 30].reshape(24, 30, 8).mean(axis=1)
    assert ((months[:, 2] > 0.013) & (months[:, 2] < 0.022)).all()
    assert ((months[:, 4] > 0.005) & (months[:, 4] < 0.012)).all()
    assert np.abs(months[-1, 5:] - months[0, 5:]).max() < 0.01  # High Potential, Medium, Basic do not drift
    assert -0.065 < (lines[-1] / lines[0]) ** 0.5 - 1 < -0.045


def test_the_credit_chain_cures_as_given_and_ends_at_two_per_cent_a_year(two_years):
    from twin.people.stocks import credit_chain

    base, _ = two_years
    chain = credit_chain(base)
    given = np.array([0.50, 0.40, 0.40, 0.55, 0.30, 0.25])
    error = np.sqrt(given * (1 - given) / chain.reached[:6])
    assert (np.abs(chain.cured[:6] - given) < 4 * error + 0.01).all()  # and what is on its way at both ends
    lines = base.stock_days[:, :8].sum(axis=1).mean()
    assert chain.reached["deactivation"] / lines / 2 == pytest.approx(0.0204, rel=0.1)  # 0.48 x 4.25 %


def test_causes_make_as_many_contacts_as_were_taken_out(two_years):
    base, reasons = two_years
    lines = base.stock_days[:, :8].sum(axis=1).mean()
    a_year = reasons[1:] / lines / 2
    assert a_year[Prompt.BILL] == pytest.approx(6 * 0.05 + 0.065 * 0.25, rel=0.08)
    assert a_year[Prompt.CREDIT] == pytest.approx(0.070, rel=0.10)
    assert a_year[Prompt.CANCEL] == pytest.approx(0.4 * 0.105 / 0.9, rel=0.12)


def test_every_change_of_cluster_is_counted(two_years):
    base, _ = two_years
    moves = base.people.moves.sum(axis=0)
    change = moves.sum(axis=0) - moves.sum(axis=1)
    assert (base.stock_days[-1] - base.stock_days[0] == change - _first_day(base)).all()
    assert base.people.stocks.sum() == base.store.n
    assert moves[NOBODY, 3] > 0


def _first_day(base):
    """Changes of the first midnight, which the first stock holds already."""
    again = CallCentre(load_scenario("187-as-is", SMALL), seed=3, days=730).demand
    before = again.people.stocks.copy()
    return base.stock_days[0] - before
