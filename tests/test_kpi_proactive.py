"""KPIs of proactive contact, from counts worked out by hand."""

import pandas as pd
import pytest

from twin.kpi import KPIS, work_out

COUNTS = {
    "sent": 100.0, "reached": 70.0, "given_up": 20.0, "spared": 12.0, "averted": 2.0, "fault_calls_spared": 1.0,
    "own": 3.0, "cost": 30.0, "inform_cost": 18.0, "untold": 4.0, "interviews": 28.0, "days": 28.0,
    "provisioning_messages": 56.0, "assurance_messages": 84.0,
}  # fmt: skip
EXPECTED = {
    "messages": 100.0,
    "message_reach": 70 / 90,
    "spared_contacts": 15.0,
    "own_contacts": 3.0,
    "net_spared_contacts": 12.0,
    "message_cost": 30.0,
    "cost_per_spared_contact": 1.5,
    "untold_contacts": 4.0,
    "interviews_a_year": 365.25,
    "provisioning_messages": 2 * 365.25 / 12,
    "assurance_messages": 3 * 365.25 / 12,
    "traffic_alarms": 365.25 / 4,
}


def test_kpis_of_messages_and_interviews():
    counts = pd.DataFrame(
        [{f"proactive_{name}": value for name, value in COUNTS.items()} | {"life_traffic_alarm": 7.0}]
    )
    assert work_out(counts, tuple(EXPECTED)).iloc[0].to_dict() == pytest.approx(EXPECTED)


def test_a_run_without_messages_has_none_of_them():
    counts = pd.DataFrame([{"life_traffic_alarm": 7.0}])
    assert not set(EXPECTED) & set(work_out(counts).columns)
    assert set(EXPECTED) <= set(KPIS)
