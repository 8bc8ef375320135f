"""A daily volume: rates by intent and quarter hour, hours of areas, clusters drawn for each contact."""

import numpy as np
import pytest

from twin.errors import ScenarioError
from twin.scenario.load import load_scenario
from twin.simulation import simulate
from twin.world.volume import with_rates

FILE = """
[opening]
opens = "08:00"
closes = "10:00"
[demand]
kind = "volume"
a_day = 1000
mix = { question = 0.6, inside = 0.4 }
clusters = { small = 0.25, large = 0.75 }
hour_shares = { 08 = 0.3, 09 = 0.7 }
[demand.areas.internal]
intents = ["inside"]
opens = "08:00"
closes = "09:30"
[clusters.small]
[clusters.large]
[intents.question]
talk = { law = "constant", value = "60 s" }
[intents.inside]
talk = { law = "constant", value = "60 s" }
[skills.all]
[queues.all]
[[routes]]
queue = "all"
skills = ["all"]
[groups.operators]
count = 40
skills = { all = "primary" }
"""


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "volume.toml"
    file.write_text(FILE, encoding="utf-8")
    return str(file)


def test_volume_is_split_by_intent_hour_and_quarter(path):
    rates = with_rates(load_scenario(path)).demand.rates
    # Questions: 600 a day, 30 % of them from 8 to 9: 180 in 3600 s; 420 from 9 to 10.
    assert rates["question"] == pytest.approx([180 / 3600] * 4 + [420 / 3600] * 4)
    # Inside: 400 a day, all before 9:30. The second hour's share is made in half an hour: 0.7 of them in 1800 s.
    assert rates["inside"] == pytest.approx([120 / 3600] * 4 + [280 / 1800] * 2 + [0.0] * 2)


def test_volume_is_scaled_by_the_size(path):
    scenario = load_scenario(path, {"scale.sizes.half": 0.5, "size": "half"})
    assert with_rates(scenario).demand.rates["question"][0] == pytest.approx(90 / 3600)


def test_contacts_come_in_their_hours_and_of_their_clusters(path):
    run = simulate(load_scenario(path, {"run.days": 4}), recording=True)
    records = run.records
    # 4 x 1000 contacts, of which a quarter is small: within five standard deviations, 5 sqrt(4000 x 3 / 16) = 137.
    assert len(records) == pytest.approx(4000, abs=5 * 4000**0.5)
    assert np.count_nonzero(records.cluster == "small") == pytest.approx(len(records) / 4, abs=137)
    assert np.all(records[records.intent == "inside"].entered_at % 86400 < 9.5 * 3600)


def test_first_cluster_takes_all_where_none_is_stated(path, tmp_path):
    file = tmp_path / "plain.toml"
    file.write_text(FILE.replace("clusters = { small = 0.25, large = 0.75 }\n", ""), encoding="utf-8")
    run = simulate(load_scenario(str(file)), days=1, recording=True)
    assert set(run.records.cluster) == {"small"}


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("demand.mix", {"question": 0.5, "inside": 0.4}, "demand.mix has shares that sum to 0.9"),
        ("demand.mix", {"question": 0.6, "inside": 0.3, "nothing": 0.1}, "nothing"),
        ("demand.clusters", {"small": 0.5, "large": 0.1}, "demand.clusters has shares that sum to"),
        ("demand.clusters", {"large": 0.5, "huge": 0.25}, "huge"),
        ("demand.hour_shares", {"08": 0.5, "09": 0.4}, "demand.hour_shares has shares that sum to 0.9"),
        ("demand.hour_shares", {"08": 0.3, "late": 0.7}, "is not an hour"),
        ("demand.hour_shares", {"08": 0.2, "12": 0.1}, "must be 0 outside the opening hours, 08:00 to 10:00"),
        ("demand.hour_shares", {"08": 1.5, "09": -0.5}, "must be at least 0"),
        ("demand.areas.internal.closes", "11:00", "must be so within the opening hours, 08:00 to 10:00"),
        ("demand.areas.internal.intents", ["outside"], "outside"),
        ("demand.areas.other", {"intents": ["inside"], "opens": "08:00", "closes": "09:00"}, "two areas"),
        ("demand.areas.internal", {"intents": ["inside"], "opens": "09:30", "closes": "09:30"}, "is open from"),
    ],
)
def test_wrong_volume_is_told(path, key, value, told):
    with pytest.raises(ScenarioError, match=told):
        load_scenario(path, {key: value})


def test_area_without_contacts_is_told(path):
    with pytest.raises(ScenarioError, match="in an hour with a share above 0"):
        load_scenario(path, {"demand.hour_shares": {"08": 0.0, "09": 1.0}, "demand.areas.internal.closes": "09:00"})


def test_what_the_centre_calls_is_no_demand(path):
    with pytest.raises(ScenarioError, match="called by the centre"):
        load_scenario(path, {"intents.inside.channel": "outbound"})


def test_each_cluster_needs_a_route(path):
    with pytest.raises(ScenarioError, match="has no route for contacts of cluster large"):
        load_scenario(path, {"routes": [{"queue": "all", "skills": ["all"], "clusters": ["small"]}]})
