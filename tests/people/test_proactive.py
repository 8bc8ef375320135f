"""Proactive contact: each rule of the platform where it can be worked out by hand, and a run in which all meet."""

import numpy as np
import pytest

from twin import CallCentre, load_scenario, simulate
from twin.people.customer_table import NEVER
from twin.people.messages import Measure, attempts_by_day
from twin.people.outbound import send_day
from twin.people.states import Flag, LifeEvent, Mark, Phase, Prompt
from twin.scenario.proactive_schema import Reach

STAFF = {f"groups.{group}.{key}": value for group in ("post-sales", "caring", "sales", "retention", "outsourcer")
         for key, value in (("count", 3), ("scaled", False))}  # fmt: skip
TINY = {**STAFF, "scale.sizes.tiny": 0.0008, "run.warm_up": 0}  # 2,320 customers with a line, 696 without
N = 2000


@pytest.fixture
def base():
    """Rows 0 to 1,999 are active customers with nothing open; nothing has happened to them."""
    base = CallCentre(load_scenario("wind-multichannel", TINY), seed=4, days=100).demand
    rows = base.people.rows[:N]
    for name in ("phase_ends", "order_ends", "ticket_ends", "complaint_ends", "credit_ends", "prompt_on"):
        rows[name] = NEVER
    rows["phase"], rows["flag_bits"], rows["marks"], rows["credit_stage"] = Phase.ACTIVE, 0, 0, 0
    rows["experience"] = rows["expectation"] = 60.0
    return base


def happen(base, event, customers, detail=0):
    """The event befalls these customers, then the platform's room is made as it is at the end of a day."""
    outbound, n = base.proactive, len(customers)
    outbound._make_room(n)
    lines = base.people.happenings[:n]
    lines["customer"], lines["kind"], lines["detail"] = customers, event, detail
    base.people.counts[1] = n
    outbound.make_room_for_day(0)


def send(base, day, lines=1e9):
    base.proactive.platform.lines[:] = lines
    send_day(base.people, base.rules, base.proactive.platform, np.uint64(9), day)


def counts(base, kind, day=slice(None)):
    number = list(base.scenario.proactive.messages).index(kind)
    return np.atleast_2d(base.proactive.platform.counts[day, number]).sum(axis=0)


def test_reach_by_attempts():
    """70 / 45 = 1.5556 = 1 + q + q^2 gives q = 0.39753; 45 / (1 - q) = 74.69 % can be reached; twice: 62.89 %."""
    reach = Reach(one=0.45, three=0.70)
    assert reach.missed == pytest.approx(0.39753, abs=1e-5)
    assert reach.reachable == pytest.approx(0.74692, abs=1e-5)
    assert [reach.by(n) for n in (1, 2, 3)] == pytest.approx([0.45, 0.62889, 0.70], abs=1e-5)
    assert Reach(one=0.4, three=0.4).by(3) == pytest.approx(0.4)  # who misses once is never reached
    assert Reach(one=0.0, three=0.0).by(3) == 0.0


def test_attempts_of_a_day():
    """From 9 to 20 every 3 hours: 9, 12, 15, 18. A day apart: one, the next tomorrow; a day and a half: after two."""
    assert attempts_by_day(3 * 3600.0, 11 * 3600.0) == (4, 1)
    assert attempts_by_day(86400.0, 11 * 3600.0) == (1, 1)
    assert attempts_by_day(1.5 * 86400.0, 11 * 3600.0) == (1, 2)


def open_orders(base, n, ends=20):
    rows = base.people.rows[:n]
    rows["phase"], rows["product"], rows["flag_bits"], rows["phase_ends"] = Phase.DELIVERY, 0, Flag.ORDER, ends


def test_three_attempts_reach_seventy_per_cent(base):
    """Attempts a message: 1 + 0.55 + 0.3711 = 1.921; s.e. of the share reached 1 %, of the attempts 2 %."""
    open_orders(base, N)
    happen(base, LifeEvent.ORDER_ACCEPTED, np.arange(N))
    send(base, 5)
    found = counts(base, "line-date")
    assert (found[Measure.DUE], found[Measure.SENT]) == (N, N)
    assert found[Measure.REACHED] / N == pytest.approx(0.70, abs=0.04)
    assert found[Measure.ATTEMPTS] / N == pytest.approx(1.921, abs=0.08)
    assert found[Measure.REACHED] + found[Measure.GIVEN_UP] == N
    assert base.proactive.platform.n_pending[0] == 0
    told = (base.people.rows["marks"][:N] & Mark.TOLD_DATE) > 0
    assert told.sum() == found[Measure.REACHED]
    assert base.people.rows["experience"][:N][told] == pytest.approx(64.0)  # 4 points more
    assert base.people.rows["experience"][:N][~told] == pytest.approx(60.0)
    own = base.people.rows["prompt"][:N][base.people.rows["prompt_on"][:N] == 6]
    assert (own == Prompt.MESSAGE).all()
    assert len(own) == found[Measure.OWN]
    assert found[Measure.OWN] / found[Measure.REACHED] == pytest.approx(0.03, abs=0.02)
    assert (base.people.due[:N][base.people.rows["prompt_on"][:N] == 6] == 6).all()


def test_the_same_customer_is_reached_by_the_same_attempt_whatever_else_is_sent(base):
    open_orders(base, N)
    happen(base, LifeEvent.ORDER_ACCEPTED, np.arange(N))
    send(base, 5)
    all_told = base.people.rows["marks"][:N].copy()
    base.people.rows["marks"][:N] = 0
    happen(base, LifeEvent.ORDER_ACCEPTED, np.arange(N)[::-7])
    send(base, 5)
    assert (base.people.rows["marks"][:N][::-7] == all_told[::-7]).all()


def test_what_no_line_is_free_for_waits_until_the_next_day(base):
    """400 s on lines and 40 s an attempt: 10 attempts a day. A letter-like kind with one attempt would take 30 orders
    in three days; here with three attempts each the first day serves 10 attempts, and all others wait once."""
    open_orders(base, 30)
    happen(base, LifeEvent.ORDER_ACCEPTED, np.arange(30))
    send(base, 5, lines=400.0)
    first = counts(base, "line-date", 5)
    assert first[Measure.ATTEMPTS] == 10
    assert first[Measure.WAITED] == 30 - first[Measure.REACHED] - first[Measure.GIVEN_UP]
    assert base.proactive.platform.n_pending[0] == first[Measure.WAITED]
    for day in range(6, 15):
        send(base, day, lines=400.0)
        assert counts(base, "line-date", day)[Measure.ATTEMPTS] <= 10
    found = counts(base, "line-date")
    assert found[Measure.SENT] == found[Measure.REACHED] + found[Measure.GIVEN_UP] == 30


def test_a_campaign_of_five_days_tries_once_a_day(base):
    happen(base, LifeEvent.TRAFFIC_ALARM, np.arange(500))
    left = []
    for day in range(5, 11):
        send(base, day)
        left.append(counts(base, "traffic-alarm", day)[Measure.ATTEMPTS])
    reach = base.scenario.proactive.reach
    expected = [500 * (1 - reach.by(k)) for k in range(5)]  # 500, 275, 186, 150, 136
    assert left[:5] == pytest.approx(expected, abs=45)
    assert left[5] == 0


def test_a_message_lapses_when_it_is_no_longer_true(base):
    open_orders(base, 20)
    happen(base, LifeEvent.ORDER_ACCEPTED, np.arange(20))
    send(base, 5, lines=0.0)
    base.people.rows["phase"][:20] = Phase.NURSERY  # delivered meanwhile
    send(base, 6)
    assert counts(base, "line-date")[Measure.LAPSED] == 20
    assert counts(base, "line-date")[Measure.SENT] == 0


def test_kinds_concern_their_products_and_steps(base):
    open_orders(base, 30)
    base.people.rows["product"][:10] = 2  # ULL
    happen(base, LifeEvent.ORDER_ACCEPTED, np.arange(30))
    send(base, 5)
    assert counts(base, "switch-date")[Measure.DUE] == 10
    assert counts(base, "line-date")[Measure.DUE] == 20
    base.people.rows["phase"][:30], base.people.rows["credit_stage"][:30] = Phase.ACTIVE, 5
    happen(base, LifeEvent.CREDIT_STEP, np.arange(30), detail=5)
    send(base, 6)
    assert counts(base, "credit-notice")[Measure.SENT] == counts(base, "credit-notice")[Measure.ATTEMPTS] == 30
    assert counts(base, "credit-phone")[Measure.DUE] == 0


def test_a_repair_is_checked_the_day_before_it_is_closed(base):
    """Fault on day 5, repair due on day 8: asked on day 7. Who says no is repaired later, and needs not call."""
    rows = base.people.rows[:N]
    rows["flag_bits"], rows["ticket_ends"] = Flag.TICKET, 8
    happen(base, LifeEvent.FAULT, np.arange(N), detail=3)
    for day in (5, 6):
        send(base, day)
        assert counts(base, "repair-check", day)[Measure.SENT] == 0
    send(base, 7)
    found = counts(base, "repair-check", 7)
    number = list(base.scenario.proactive.messages).index("repair-check")
    fixed, not_fixed = base.proactive.platform.answer_counts[7, number, :2]
    assert np.array([fixed, not_fixed, N - found[Measure.REACHED]]) / N == pytest.approx([0.62, 0.10, 0.28], abs=0.045)
    assert found[Measure.REOPENED] == not_fixed
    assert ((rows["marks"] & Mark.CHECKED) > 0).sum() == fixed
    assert (rows["ticket_ends"] > 8).sum() == not_fixed
    assert base.people.flows[7, LifeEvent.REOPENED] == not_fixed == base.people.counts[1]
    assert (rows["prompt_on"] == NEVER).all()
    base.proactive.make_room_for_day(0)
    send(base, 8)  # those repaired again the next day are asked at once, the others the day before
    assert counts(base, "repair-check", 8)[Measure.DUE] == not_fixed


def test_who_is_not_told_of_traffic_disputes_the_bill(base):
    """35 % would dispute after 30 days; told are 1 - (1 - p) ... of five attempts, and telling averts 80 % of these."""
    happen(base, LifeEvent.TRAFFIC_ALARM, np.arange(N))
    for day in range(5, 36):
        send(base, day)
    found = counts(base, "traffic-alarm")
    told = base.scenario.proactive.reach.by(5)
    assert found[Measure.AVERTED] / N == pytest.approx(0.35 * 0.8 * told, abs=0.035)
    assert found[Measure.UNTOLD] / N == pytest.approx(0.35 * (1 - 0.8 * told), abs=0.035)
    rows = base.people.rows[:N]
    complains = (rows["flag_bits"] & Flag.COMPLAINT) > 0
    assert complains.sum() == found[Measure.UNTOLD]
    asks = (rows["prompt"] == Prompt.BILL) & (rows["prompt_on"] == 36)
    assert (complains & ~asks).sum() <= found[Measure.OWN]  # who calls about the message already has a contact planned


def test_switched_off_nothing_is_sent_and_what_is_untold_happens():
    base = CallCentre(load_scenario("wind-multichannel-off", TINY), seed=4, days=50).demand
    base.people.rows["phase"][:1000] = Phase.ACTIVE
    happen(base, LifeEvent.TRAFFIC_ALARM, np.arange(1000))
    for day in range(5, 36):
        send(base, day)
    found = counts(base, "traffic-alarm")
    assert found[Measure.SENT] == found[Measure.REACHED] == 0
    assert found[Measure.UNTOLD] / 1000 == pytest.approx(0.35, abs=0.06)
    assert not base.spared_shares.any()
    assert not (base.people.rows["marks"] & (Mark.TOLD_DATE | Mark.WELCOMED)).any()


def test_marks_spare_contacts_about_their_intents(base):
    intents = list(base.scenario.intents)
    shares = base.spared_shares
    assert shares[intents.index("ORD"), 1] == pytest.approx(0.25)  # bit 1: told the date
    assert shares[intents.index("TEC"), 2] == pytest.approx(0.20)
    assert shares[intents.index("BIL"), 3] == pytest.approx(0.30)
    assert shares.sum() == pytest.approx(0.75)


def test_those_told_before_the_run_are_as_many_as_are_reached():
    base = CallCentre(load_scenario("wind-multichannel", {**TINY, "scale.sizes.tiny": 0.01}), seed=4, days=1).demand
    rows = base.people.rows
    new = rows["marks"][rows["phase"] == Phase.NURSERY]
    assert ((new & Mark.WELCOMED) > 0).mean() == pytest.approx(0.70, abs=4 * (0.21 / len(new)) ** 0.5)


# ---- a run -----------------------------------------------------------------------------------------------------------

RUN = {**STAFF, "scale.sizes.tiny": 0.003, "run.warm_up": 1, "run.start": "2013-03-29"}


def run(advance):
    model = CallCentre(load_scenario("wind-multichannel", RUN), seed=7, days=4)
    advance(model)
    return model.demand


def by_steps(model):
    while not model.is_over:
        model.step()


@pytest.fixture(scope="module")
def days():
    return run(lambda model: model.run())


def test_no_event_of_life_is_lost(days):
    """Every step of the credit chain and every fault sets one message off; what the last day's platform reopens is
    left for the next day."""
    flows = days.people.flows.sum(axis=0)
    credit = sum(counts(days, f"credit-{kind}")[Measure.DUE] for kind in ("broadcast", "notice", "phone", "action"))
    assert credit == flows[LifeEvent.CREDIT_STEP] > 0
    check = counts(days, "repair-check")[Measure.DUE]
    assert check + days.people.counts[1] == flows[LifeEvent.FAULT] + flows[LifeEvent.REOPENED]
    assert counts(days, "welcome")[Measure.DUE] == flows[LifeEvent.ACTIVATED]


def test_messages_are_sent_lapse_wait_or_end(days):
    counted = days.proactive.platform.counts.sum(axis=0)
    ended = counted[:, Measure.REACHED] + counted[:, Measure.GIVEN_UP]
    pending = days.proactive.platform.pending[: days.proactive.platform.n_pending[0]]
    waiting = np.bincount(pending.kind[pending.next_on != NEVER], minlength=len(counted))
    assert (counted[:, Measure.DUE] == ended + counted[:, Measure.LAPSED] + waiting).all()


def in_one_go(model):
    model.run_until(model.calendar.n_days * 86400.0)


@pytest.mark.parametrize("advance", [by_steps, in_one_go])
def test_steps_days_and_one_go_give_the_same_tables(days, advance):
    other = run(advance)
    assert (other.people.rows == days.people.rows).all()
    assert (other.proactive.platform.counts == days.proactive.platform.counts).all()
    for name, table in days.life_tables().items():
        assert table.equals(other.life_tables()[name]), name


def test_tables_are_by_month_and_leave_the_warm_up_out(days):
    """The warm-up is 28 March; counted are 29, 30, 31 March and 1 April."""
    tables = days.life_tables()
    assert list(tables["proactive"].index) == ["2013-03", "2013-04"]
    assert list(tables["proactive"].days) == [3, 1]
    counted = days.proactive.platform.counts[1:].sum(axis=(0, 1))
    assert tables["messages"].attempts.sum() == counted[Measure.ATTEMPTS]
    assert tables["proactive"].spared.sum() == days.proactive.spared_days[1:].sum()
    checks = tables["messages"][tables["messages"].kind == "repair-check"].sum()
    expected = 0.08 * (checks.answered - checks.reopened) + 0.12 * checks.reopened
    assert checks.fault_calls_spared == pytest.approx(expected)


def test_without_a_platform_nobody_listens():
    base = CallCentre(load_scenario("187-as-is", {**STAFF, "scale.sizes.tiny": 0.0005, "size": "tiny"}), days=1).demand
    assert base.proactive is None
    assert len(base.people.happenings) == 0
    assert "messages" not in base.life_tables()


def test_a_platform_may_send_nothing_and_ask_nobody(tmp_path):
    path = tmp_path / "bare.toml"
    path.write_text(
        'extends = "187-as-is"\n[proactive]\nlines = 1\nopens = "09:00"\ncloses = "20:00"\nduration = "40 s"\n'
        'cost = "0.1 EUR"\nreach = { one = 0.4, three = 0.6 }\nmessages = {}\n'
    )
    changes = {**STAFF, "size": "tiny", "scale.sizes.tiny": 0.0005, "run.warm_up": 0}
    run, plain = (simulate(load_scenario(name, changes), days=2) for name in (path, "187-as-is"))
    assert run.tallies.tobytes() == plain.tallies.tobytes()  # to listen changes nothing
    assert run.tables["life_events"].equals(plain.tables["life_events"])
    assert run.tables["proactive"].drop(columns="days").to_numpy().sum() == 0.0
    assert run.tables["messages"].empty
    assert run.kpis().iloc[0].net_spared_contacts == 0.0
