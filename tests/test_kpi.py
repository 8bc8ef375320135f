"""Each KPI on five contacts worked by hand; ratios are those of totals; every cut adds up to the whole."""

import datetime

import numpy as np
import pandas as pd
import pytest

from twin.calendar import Calendar
from twin.errors import InputError
from twin.kernel.codes import Activity
from twin.kernel.measures import Measure
from twin.kernel.tables import N_ACTIVITIES
from twin.kernel.tallies import COMMON_TALLY, MEASURES, RARE_TALLY, Tallies
from twin.kpi import HEADLINES, KPIS, work_out
from twin.kpi.definition import ratio
from twin.scenario.schema import Scenario
from twin.simulation import Run, simulate
from twin.world.names import Cell, Names

# Five contacts enter. One is blocked. One gives up after 4 s, one after 40 s. Two are handled: after 0 s, talk 100 s,
# wrap-up 20 s, by a primary operator, resolved; after 30 s (target 25 s), talk 300 s, by a secondary one, not resolved:
# the customer contacts again the next day. Another enters and is served by the IVR, so six entered.
COUNTS = {
    "entered": 6, "self_served": 1, "blocked": 1, "offered": 4, "handled": 2, "abandoned": 2, "messages": 0, "cut": 0,
    "in_target": 1, "in_20s": 1, "short_abandoned": 1, "lost_in_target": 1, "lost_in_20s": 1, "waited": 3,
    "wait_handled": 30, "wait_lost": 44, "wait_squared": 900 + 16 + 1600, "ivr_time": 120, "talk": 400, "wrap": 20,
    "labour_cost": 4.2, "first_handled": 2, "first_resolved": 1, "first_settled": 1, "recalled": 1, "recalls_any": 0,
    "resolved": 1, "cases": 1, "primary": 1, "secondary": 1, "mismatched": 0, "csi": 80 + 40,
    "csi_waiting": 100 + 74, "csi_accuracy": 90 + 30, "csi_ability": 85 + 70, "csi_courtesy": 90 + 90,
    "staff_idle": 380, "staff_talk": 400, "staff_wrap": 20, "staff_break": 100, "staff_off": 900, "clock_time": 1000,
    "staff_cost": 9.0, "ivr_cost": 0.6, "customer_days": 365.25, "customers_at_end": 2, "arpu_at_risk": 33.0,
    "expected_leavers": 0.5, "transferred": 1, "conferences": 1, "consultations": 1, "unassisted": 1, "hold": 0,
    "wait_again": 30, "abandoned_answered": 1, "closed_2": 1, "closed_3": 0, "staff_hold": 0,
    "dropped": 0, "staff_outage": 100, "wraps_cut": 3, "breaks_postponed": 2,
    "breaks_missed": 1, "lent": 4, "left_early": 5, "stayed_on": 6,
    "unreached": 0,
    "call_backs": 1, "called_back": 1, "called_in_target": 0, "called_wait": 30, "dials": 2, "off_line": 20,
    "balked": 1, "messages_filed": 4, "messages_in_time": 3,
    "deferred": 4, "deferred_handled": 3, "in_deadline": 1, "in_1_day": 1, "in_3_days": 2, "response_time": 600_000,
    "numbers_dialled": 10, "reached": 4, "nuisance": 0,
    "chats": 2, "chat_time": 400, "chat_work": 250,
    "experience": 150, "expectation": 140, "life_left": 0.1, "life_deactivated": 0.02, "life_activated": 0.06,
    "life_saved": 1, "life_wants_to_leave": 10, "life_complaint": 0.05, "life_upsold": 0.03,
    "cases_done": 1, "case_time": 7200, "cases_in_1_day": 1, "cases_in_time": 0, "case_work": 700,
    "cases_by_owner": 1, "case_defects": 0, "chases": 1, "recontacts": 1,
    "menus": 5, "mis_selected": 2, "unrecognised": 1, "false_contained": 1, "web_sessions": 0, "web_served": 0,
    "life_traffic_alarm": 7, "life_overdue": 14, "credit_amount": 83,
    "proactive_sent": 100, "proactive_reached": 70, "proactive_given_up": 20,
    "proactive_spared": 12, "proactive_averted": 2, "proactive_fault_calls_spared": 1, "proactive_own": 3,
    "proactive_cost": 30, "proactive_inform_cost": 18, "proactive_untold": 4, "proactive_interviews": 28,
    "redeemed": 1, "spoken": 4, "chased_early": 1, "leader_cost": 3, "night_served": 1, "out_of_hours": 3,
    "interview_customers": 8, "interviews": 6, "interview_grades": 47, "audits_phone": 50, "audit_errors_phone": 1,
    "audits_written": 20, "audit_errors_written": 1, "covered": 3, "covered_contacts": 4, "profiles_complete": 1.5,
    "profile_days": 2, "upsell_worth": 108, "training_time": 5400, "training_cost": 51, "trained": 2,
    "proactive_days": 28, "proactive_provisioning_messages": 56, "proactive_assurance_messages": 84,
}  # fmt: skip
BY_HAND = {
    "n_entered": 6, "n_self_served": 1, "n_blocked": 1, "n_offered": 4, "n_handled": 2, "n_abandoned": 2,
    "n_messages": 0, "n_cut": 0, "n_dropped": 0,
    "abandonment_share": 2 / 4, "short_abandonment_share": 1 / 4, "blocked_share": 1 / 5,
    "asa": 30 / 2, "mean_wait": 74 / 4,
    "sl20": 1 / 4, "in_target": 1 / 4, "service_level": 1 / 3, "sl20_of_answered": 1 / 2, "waited_share": 3 / 4,
    "aht": 420 / 2, "ivr_time": 120 / 6, "containment": 1 / 6,
    "fcr": 1 / 2, "resolved_at_first": 1 / 2, "recall_share": 1 / 2, "recall_any_share": 1 / 2,
    "transfer_share": 1 / 2, "conference_share": 1 / 2, "consultation_share": 1 / 2, "n_unassisted": 1,
    "hold_time": 0, "further_wait": 30 / 2, "n_abandoned_answered": 1,
    "closed_at_tier_1": 1 / 2, "closed_at_tier_2": 1 / 2, "closed_at_tier_3": 0,
    "match_share": 1 / 2, "mismatch_share": 0, "case_share": 1 / 2,
    "csi": 60, "csi_waiting": 87, "csi_accuracy": 60, "csi_ability": 77.5, "csi_courtesy": 90,
    "occupancy": 420 / 800, "utilisation": 420 / 1000, "operators_on_duty": 1.0,
    "contact_cost": 9.6, "cost_per_contact": 4.8, "cost_per_customer": 9.6, "foc": 6.0,
    "arpu_at_risk": 33.0, "churn": 0.25, "n_wraps_cut": 3, "n_breaks_postponed": 2, "n_breaks_missed": 1, "n_lent": 4,
    "n_left_early": 5, "n_stayed_on": 6, "outage_time": 100,
    "n_unreached": 0, "call_back_share": 1 / 4, "call_back_wait": 30, "dials_per_call_back": 2,
    "wait_on_line": 54 / 4, "in_target_on_line": 1 / 3, "balk_share": 1 / 4, "messages_in_time": 3 / 4,
    "in_deadline": 1 / 4, "in_1_day": 1 / 4, "in_3_days": 2 / 4, "response_time": 200_000,
    "reach_share": 0.4, "nuisance_share": 0,
    "n_chats": 2, "chat_duration": 200, "chats_at_once": 400 / 250,
    "experience": 75, "experience_gap": 5, "left_share": 0.1, "deactivated_share": 0.02, "activated_share": 0.06,
    "net_lines": -0.06,
    "saved_share": 0.1, "complaint_share": 0.05, "upsold_share": 0.03,
    "n_cases_closed": 1, "n_cases_open": 0, "case_time": 7200, "cases_in_1_day": 1, "cases_in_time": 0,
    "written_share": 4 / 6, "self_care_share": 0, "self_care_settled": float("nan"),
    "navigation_time": 24, "menu_containment": 1 / 5, "false_containment": 1, "mis_selection": 2 / 4,
    "recognised": 4 / 5,
    "owner_share": 1, "case_work": 700, "defect_share": 0, "chasing_share": 1, "recontact_share": 1 / 2,
    "outbound_messages": 100, "message_reach": 70 / 90, "spared_contacts": 15, "own_contacts": 3,
    "net_spared_contacts": 12, "message_cost": 30, "cost_per_spared_contact": 1.5, "cost_with_messages": 27.6,
    "untold_contacts": 4,
    "interviews_a_year": 365.25, "provisioning_messages": 2 * 365.25 / 12, "assurance_messages": 3 * 365.25 / 12,
    "redemption": 1 / 4, "recall_chasing_share": 1, "leader_cost": 3, "night_containment": 1 / 4, "n_out_of_hours": 3,
    "survey_score": 47 / 6, "survey_share": 6 / 8, "audit_error_phone": 1 / 50, "audit_error_written": 1 / 20,
    "knowledge_coverage": 3 / 4, "profile_coverage": 0.75, "upgrade_value": 3.24,
    "course_hours": 1.5, "course_cost": 51, "n_taught": 2, "cost_with_courses": 9.6 + 51,
    "traffic_alarms": 365.25 / 4, "credit_contacts": 365.25 / 2, "overdue_amount": 83 * 365.25 / 2,
}  # fmt: skip


@pytest.fixture(scope="module")
def counts():
    return pd.DataFrame([dict.fromkeys(MEASURES, 0.0) | COUNTS])


def test_every_kpi_is_worked_out_here_by_hand():
    assert set(BY_HAND) == set(KPIS)
    assert set(HEADLINES) <= set(KPIS)


@pytest.mark.parametrize("name", BY_HAND)
def test_the_kpi_of_five_contacts(counts, name):
    assert work_out(counts)[name][0] == pytest.approx(BY_HAND[name], nan_ok=True)


@pytest.mark.parametrize("name", KPIS)
def test_a_kpi_tells_its_formula_and_nothing_of_nothing_is_no_number(name):
    kpi = KPIS[name]
    assert kpi.explanation
    assert kpi.unit in ("count", "share", "s", "points", "EUR", "EUR per year", "per year")
    assert kpi.better in (-1, 0, 1)
    nothing = pd.DataFrame([dict.fromkeys([*MEASURES, *COUNTS], 0.0)])
    value = kpi.formula(nothing)[0]
    assert value == 0 or np.isnan(value)


def test_tallies_have_a_column_for_each_measure():
    assert sorted(COMMON_TALLY.names + RARE_TALLY.names) == sorted(measure.name.lower() for measure in Measure)


def test_sums_over_intervals_are_those_of_the_columns():
    tallies = Tallies(np.zeros((3, 2), COMMON_TALLY), np.zeros((3, 2), RARE_TALLY))
    tallies.common["handled"] = [[1, 2], [3, 4], [5, 6]]
    tallies.common["talk"] = [[0.5, 0.25], [1.5, 0.0], [2.5, 7.0]]
    tallies.rare["chats"][2, 1] = 4.0
    sums = tallies.sums(np.array([0, 2]))
    assert sums.shape == (2, len(MEASURES))
    assert sums[:, Measure.HANDLED].tolist() == [6.0, 8.0]
    assert sums[:, Measure.TALK].tolist() == [3.0, 7.25]
    assert sums[:, Measure.CHATS].tolist() == [0.0, 4.0]
    assert sums.sum() == 6 + 8 + 3 + 7.25 + 4


def test_a_scenario_without_rare_measures_touches_nothing_of_their_table(run):
    assert not any(run.tallies[name].any() for name in RARE_TALLY.names)
    assert COMMON_TALLY.itemsize == 216
    assert len(run.tallies[:3]) == 3
    assert not hasattr(run.tallies, "colour")


def scenario(**changes):
    return Scenario.model_validate(
        {
            "name": "kpi",
            "run": {"days": 2, "interval": "30 min"},
            "opening": {"opens": "08:00", "closes": "12:00"},
            "skills": {"a": {}},
            "intents": {
                "ann": {"talk": {"law": "exponential", "mean": "3 min"}},
                "bob": {"talk": {"law": "exponential", "mean": "2 min"}},
            },
            "patience": {"law": "exponential", "mean": "2 min"},
            "clusters": {"all": {}},
            "queues": {"one": {}, "two": {}},
            "routes": [
                {"queue": "one", "skills": ["a"]},
                {"queue": "two", "intents": ["bob"], "skills": ["a"]},
            ],
            "demand": {"kind": "rates", "rates": {"ann": "50 /h", "bob": "20 /h"}},
            "sites": {"in-house": {"wage": "36 EUR/h"}},
            "groups": {"desk": {"count": 4, "skills": {"a": 1}}},
        }
        | changes
    )


@pytest.fixture(scope="module")
def run():
    return simulate(scenario(), seed=2)


CUTS = [
    ["intent"], ["cluster"], ["queue"], ["interval"], ["day"], ["date"], ["weekday"], ["time"], ["hour"],
    ["queue", "hour"], ["hour", "queue"], ["day", "intent", "queue"], ["interval", "intent"], ["date", "time"],
]  # fmt: skip


@pytest.mark.parametrize("by", CUTS, ids=" ".join)
def test_every_cut_adds_up_to_the_whole(run, by):
    whole, parts = run.counts(), run.counts(by)
    for name in MEASURES:
        assert parts[name].sum() == pytest.approx(whole[name][0]), name
    assert parts["staff_cost"].sum() == pytest.approx(whole["staff_cost"][0])
    assert list(parts.index.names) == by
    assert parts.index.is_unique
    if not set(by) & {"intent", "cluster", "queue"}:
        assert parts["staff_talk"].sum() == pytest.approx(whole["staff_talk"][0])


def test_each_row_of_a_cut_holds_its_own_contacts(run):
    parts = run.counts(["hour", "queue"])
    flat = run.tallies
    for hour in (8, 11):
        for queue in ("one", "two"):
            cells = [i for i, cell in enumerate(run.names.cells) if cell.queue == queue]
            rows = [i for i in range(len(flat)) if i % 48 // 2 == hour]
            assert parts.loc[(hour, queue), "entered"] == flat["entered"][np.ix_(rows, cells)].sum()
    assert (run.counts(["queue", "hour"]).swaplevel().sort_index().entered == parts.sort_index().entered).all()


def test_nothing_to_divide_by_is_nan():
    rows = pd.DataFrame({"above": [1, 3, 2, 2, 0], "below": [2.0, 0.0, np.nan, -1.0, 4.0]}, index=list("abcde"))
    found = ratio(rows.above, rows.below)
    assert found.index.equals(rows.index)
    np.testing.assert_array_equal(found, [0.5, np.nan, np.nan, np.nan, 0.0])


def test_ratios_are_those_of_totals(run):
    by_interval = run.counts(["interval"])
    assert run.kpis()["asa"][0] == pytest.approx(by_interval.wait_handled.sum() / by_interval.handled.sum())
    assert run.kpis()["asa"][0] != pytest.approx(run.kpis(["interval"])["asa"].mean())
    share = by_interval.abandoned.sum() / by_interval.offered.sum()
    assert run.kpis(["day"], ["abandonment_share"]).shape == (2, 1)
    assert run.kpis()["abandonment_share"][0] == pytest.approx(share)


def test_labels_of_time_follow_the_calendar(run):
    assert run.counts(["date"]).index.tolist() == ["2013-03-04", "2013-03-05"]
    assert run.counts(["weekday"]).index.tolist() == ["mon", "tue"]
    assert run.counts(["time"]).index[17] == "08:30"
    assert run.counts(["interval"]).index.tolist() == list(range(96))


def test_an_unknown_cut_is_refused(run):
    with pytest.raises(InputError, match="by is 'colour', must be among intent"):
        run.kpis(["colour"])


def test_the_cost_of_a_run_is_that_of_the_hours_on_duty(run):
    on_duty = run.group_time[:, :, [Activity.IDLE, Activity.TALK, Activity.WRAP, Activity.BREAK]].sum()
    assert run.kpis()["contact_cost"][0] == pytest.approx(on_duty * 0.01)
    assert run.kpis(["queue"])["contact_cost"].sum() == pytest.approx(on_duty * 0.01)
    assert run.counts()["clock_time"][0] == 2 * 86400


def test_staff_hours_of_a_hand_made_run():
    calendar = Calendar(datetime.date(2013, 3, 4), 0, 1, 43_200.0)
    names = Names(["ann"], ["all"], ["all"], ["a"], ["one"], ["desk"], ["in-house"], [Cell("ann", "all", "one")])
    tallies = Tallies(np.zeros((2, 1), COMMON_TALLY), np.zeros((2, 1), RARE_TALLY))
    time = np.zeros((2, N_ACTIVITIES))
    time[0, [Activity.IDLE, Activity.TALK]] = 7200.0, 3600.0
    time[1, [Activity.OFF, Activity.WRAP, Activity.BREAK]] = 3600.0, 1800.0, 5400.0
    run = Run(scenario(), 1, 0, names, calendar, tallies, time, time.sum(axis=0)[None, None], time[:1], np.zeros(1))
    hours = {"off": 1.0, "idle": 2.0, "talk": 1.0, "wrap": 0.5, "break": 1.5, "hold": 0.0, "outage": 0.0}
    assert run.staff().loc["desk"].to_dict() == hours
    assert run.kpis()["occupancy"][0] == pytest.approx(1.5 / 3.5)
    assert run.kpis()["utilisation"][0] == pytest.approx(1.5 / 5.0)
    assert run.kpis(["interval"])["operators_on_duty"].tolist() == pytest.approx([0.25, 7200 / 43_200])
