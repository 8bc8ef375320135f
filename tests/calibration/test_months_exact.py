"""Monthly mode by hand: what runs are given and what is made of what they leave. No centre is simulated."""

import datetime
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from test_months_fit import CENTRE

from calibration.fit.parameters import Box, Parameter
from calibration.fit.record import in_time_column
from calibration.months import problem
from calibration.months.forecast import FORECAST_FROM, MonthForecast, drawn_levels, forecasts, naive
from calibration.months.problem import (
    MonthProblem,
    Target,
    TargetProblem,
    at_level,
    expected_a_day,
    month_problem,
    run_months,
    with_talks,
)
from calibration.months.record import MONTH_KPIS, MonthRecord, recorded_months, simulated_counts
from twin.scenario.load import load, load_scenario

BOX = Box((Parameter("redial", ("redial.share",), 0.1, 0.9),))
YEAR = tuple(f"2013-{number:02d}" for number in range(1, 13))


@pytest.fixture(scope="module")
def centre(tmp_path_factory):
    path = tmp_path_factory.mktemp("exact") / "centre.toml"
    path.write_text(CENTRE)
    return path


def pieces(centre, **values):
    """Summaries of a record by name."""
    n = len(next(iter(values.values())))
    recorded = MonthRecord(YEAR[:n], {name: np.array(of, float) for name, of in values.items()})
    found = MonthProblem(load(centre).resolved, BOX, recorded)
    return dict(zip(found.names, found.observed, strict=True))


# ---- summaries --------------------------------------------------------------------------------------------------


def test_sizes_are_logarithms_and_unknown_months_are_left_out_of_both(centre):
    """Handle times 100 and 400, the third unknown: the root of 40,000; of a run's three only the known two count."""
    values = {"offered": np.ones(3), "aht": np.array([100.0, 400.0, np.nan])}
    found = MonthProblem(load(centre).resolved, BOX, MonthRecord(YEAR[:3], values))
    assert found.names == ("offered", "aht")
    assert found.observed[1] == pytest.approx(np.log(200))
    simulated = MonthRecord(YEAR[:3], {"offered": np.ones(3), "aht": np.array([50.0, 50.0, 9999.0])})
    assert found._vector(simulated)[1] == pytest.approx(np.log(50))


def test_slopes_take_four_months_and_churn_by_satisfaction_six(centre):
    steps = np.arange(6.0)
    values = {"offered": np.exp(steps), "abandonment": 0.02 * steps, "csi": 0.7 + 0.01 * steps,
              "churn": np.exp(-5 * 0.01 * steps)}  # fmt: skip
    found = pieces(centre, **values)
    assert found["abandonment by contacts"] == pytest.approx(0.02)
    assert found["churn by csi"] == pytest.approx(-5)
    assert "churn by csi" not in pieces(centre, **{name: of[:5] for name, of in values.items()})
    assert "abandonment by contacts" in pieces(centre, **{name: of[:4] for name, of in values.items()})
    assert "abandonment by contacts" not in pieces(centre, **{name: of[:3] for name, of in values.items()})
    little = pieces(centre, offered=np.exp([0.1, -0.1, 0.1, -0.1]), abandonment=[0.1, 0.2, 0.1, 0.2])
    assert little["abandonment by contacts"] == pytest.approx(-0.5), "a fifth between months is enough"


def test_what_the_model_may_miss_is_a_variance(centre):
    """Twice the tolerance: (2 x 0.01)^2 of offered, (2 x 0.3)^2 of a slope of logarithms, (2 x 0.05)^2 of shares."""
    values = {name: np.array([1.0, 2, 3, 4]) for name in ("offered", "abandonment", "asa")}
    found = MonthProblem(load(centre).resolved, BOX, MonthRecord(YEAR[:4], values), discrepancy=2)
    assert found.names == ("offered", "abandonment", "asa", "abandonment by contacts", "asa by contacts")
    assert np.sqrt(np.diag(found.model_error)) == pytest.approx([0.02, 0.01, 0.06, 0.1, 0.6])


def test_a_published_figure_counts_by_its_variance():
    targets = (Target("sl20", 0.41, 0.03), Target("mean_wait", 60.0, 5.0))
    found = TargetProblem({}, BOX, targets)
    assert found.model_error.tolist() == [[pytest.approx(0.0009), 0], [0, 25]]
    assert found.observed.tolist() == [0.41, 60.0]


# ---- what a run is given ----------------------------------------------------------------------------------------


@pytest.fixture
def runs(monkeypatch):
    """What each run was given, in place of simulating."""
    given = []

    def simulate(scenario, days, seed, replication):
        talk = {cluster.talk_factor for cluster in scenario.clusters.values()}
        given.append((scenario.run.start, days, seed, replication, scenario.demand.rates["calls"] * 3600, talk))

    monkeypatch.setattr(problem, "simulate", simulate)
    monkeypatch.setattr(problem, "simulated_counts", lambda run, column: pd.DataFrame())
    monkeypatch.setattr(problem, "simulated_months", lambda counts, like: like)
    return given


def test_each_month_is_run_from_its_first_day_with_luck_level_and_talks_of_its_own(centre, runs):
    like = MonthRecord(("2013-01", "2013-02"), {"aht": np.ones(2)})
    run_months(load_scenario(centre), like, (1.0, 2.0), 5, 3, (1.5, 0.5))
    first, second = (datetime.date(2013, month, 1) for month in (1, 2))
    assert [one[:4] for one in runs] == [(first, 31, 5, 3), (second, 28, 6, 3)]
    assert [one[4] for one in runs] == pytest.approx([45, 90])
    factors = [one[5] for one in runs]
    assert len(factors[0]) == len(factors[1]) == 1
    assert factors[0].pop() / factors[1].pop() == pytest.approx(3)


def test_lives_are_run_through_to_the_last_day_of_the_last_month(centre, runs):
    run_months(load_scenario(centre), MonthRecord(("2013-01", "2013-02"), {"aht": np.ones(2)}), None, 5, 3)
    assert [one[:4] for one in runs] == [(datetime.date(2013, 1, 1), 31 + 28, 5, 3)]


def test_talk_factors_multiply_what_clusters_have():
    scenario = load_scenario("187-as-is")
    longer = with_talks(scenario, 1.5)
    assert scenario.clusters
    for name, cluster in scenario.clusters.items():
        assert longer.clusters[name].talk_factor == pytest.approx(1.5 * cluster.talk_factor)
        twice = with_talks(longer, 2.0).clusters[name].talk_factor
        assert twice == pytest.approx(3 * cluster.talk_factor)


def test_a_level_multiplies_every_form_of_demand(centre):
    weekdays = load_scenario(centre, {"demand.rates.calls": ["45 /h", "30 /h", "45 /h", "60 /h"]})
    by_day = {"mon": {"calls": [0.01, 0.02]}}
    weekdays = weekdays.model_copy(update={"demand": weekdays.demand.model_copy(update={"weekday_rates": by_day})})
    found = at_level(weekdays, 2.0).demand
    assert np.array(found.rates["calls"]) * 3600 == pytest.approx([90, 60, 90, 120])
    assert found.weekday_rates["mon"]["calls"] == pytest.approx([0.02, 0.04])


def test_heads_follow_by_a_power_of_the_level(centre):
    """Half of the way after 1/4 of the contacts: the root, half of 20, not 1 - 3/8."""
    given = {
        "groups.operators.follows": 0.5,
        "groups.operators.count": 20,
        "groups.operators.head_count": [12, 20, 16, 16],
    }
    (group,) = at_level(load_scenario(centre, given), 0.25).groups.values()
    assert (group.count, group.head_count) == (10, [6, 10, 8, 8])


def test_levels_of_months_are_over_what_counts_as_usual(centre, monkeypatch):
    """Two months of twice and four times what the scenario expects of their days, where twice counts as usual: 1 and 2.
    Two are tried for what they tell: careers tell the first at the beginning of the second."""
    resolved, tried = load(centre).resolved, []

    def run(scenario, like, levels, seed, replication):
        tried.append((like.months, levels))
        return MonthRecord(like.months, {name: np.full(len(like.months), 0.2) for name in like.values})

    monkeypatch.setattr(problem, "run_months", run)
    months = YEAR[:3]
    expected = expected_a_day(load_scenario(centre), months)
    recorded = MonthRecord(months, {"offered": expected * [2, 4, 2], "abandonment": np.full(3, 0.1)})
    found, mute = month_problem(resolved, BOX, recorded, usual_level=2.0)
    assert mute == []
    assert found.levels == pytest.approx((1, 2, 1))
    assert found.usual_level == 2.0
    assert tried == [(months[:2], pytest.approx((1, 2)))]


def test_all_resolved_for_want_of_recalls_is_no_figure(tmp_path, monkeypatch):
    """A run without recalls tells FCR 1 and recall 0; with them such figures are figures."""
    sections = CENTRE.split("\n[")
    (tmp_path / "plain.toml").write_text("\n[".join(one for one in sections if not one.startswith("recall]")))
    (tmp_path / "whole.toml").write_text(CENTRE)
    told = {"offered": 1.0, "abandonment": 0.0, "fcr": 1.0, "recall": 0.0}
    record = MonthRecord(YEAR[:2], {name: np.full(2, 0.5) for name in told})
    monkeypatch.setattr(
        problem, "run_months", lambda *_: MonthRecord(YEAR[:2], {name: np.full(2, of) for name, of in told.items()})
    )
    without = month_problem(load(tmp_path / "plain.toml").resolved, BOX, record)[1]
    assert without == ["fcr", "recall"]
    assert month_problem(load(tmp_path / "whole.toml").resolved, BOX, record)[1] == []


# ---- forecasts --------------------------------------------------------------------------------------------------


@pytest.fixture
def forecast_runs(monkeypatch):
    """Months, levels, talks and replication of each run in place of running it; handle times are 100 s."""
    made = []

    def record(self, z, replication):
        made.append((self.recorded.months, self.levels, self.talks, replication))
        return MonthRecord(
            self.recorded.months, {name: np.full(len(self.recorded.months), 100.0) for name in self.recorded.values}
        )

    monkeypatch.setattr(MonthProblem, "record", record)
    return made


def fitted(centre, months, levels, usual=1.0, **values):
    recorded = MonthRecord(months, {name: np.array(of, float) for name, of in values.items()})
    whole = MonthProblem(load(centre).resolved, BOX, recorded, levels, seed=3, usual_level=usual)
    return SimpleNamespace(problem=whole, drawn=lambda n: np.zeros((n, 1)))


def test_a_forecast_of_months_is_given_its_own_months_and_no_later_volume(centre, forecast_runs):
    """Two months of the fit at level 1, two to come at 2 and 4 of what counts as usual (1.25 of what is expected)."""
    months, usual = YEAR[:4], 1.25
    offered = usual * expected_a_day(load_scenario(centre), months) * [1, 1, 2, 4]
    found = fitted(centre, months[:2], (1.0, 1.0), usual, offered=offered[:2])
    twin, given, last = forecasts(found, MonthRecord(months, {"offered": offered}), months[:2], 5)
    assert [one.recorded.months for one in (twin, given, last)] == [months[2:]] * 3
    assert {made[0] for made in forecast_runs} == {months[2:]}
    ours, volumes = forecast_runs[:5], forecast_runs[5:]
    assert len(volumes) == 5
    for one, other in zip(ours, volumes, strict=True):
        assert other[1] == pytest.approx((2, 4))
        assert one[3] == other[3], "both with the same luck"
        assert one[2] == (1.0, 1.0), "two months do not tell how talks differ"
        assert one[1] == pytest.approx((1, 1), abs=0.2), "levels walk on from those of the fit"
    assert [made[3] for made in ours] == [FORECAST_FROM + i for i in range(5)]
    assert last.members[0].values["offered"] == pytest.approx(offered[1] * expected_a_day(
        load_scenario(centre), months)[2:] / expected_a_day(load_scenario(centre), months)[1])  # fmt: skip


def test_talks_to_come_differ_as_four_months_of_the_fit_did(centre, forecast_runs):
    """Runs without spread: all of the recorded one is left, in draws of its own, not those of the levels."""
    aht = np.exp([0.3, -0.3, 0.3, -0.3])
    found = fitted(centre, YEAR[:4], (1.0, 1.1, 1.0, 1.1), offered=np.ones(4), aht=aht)
    record = MonthRecord(YEAR[:6], {"offered": np.ones(6), "aht": np.append(aht, [1, 1])})
    forecasts(found, record, YEAR[:4], 400)
    chance, ours = forecast_runs[:4], forecast_runs[4:404]
    assert [made[3] for made in chance] == [2 * FORECAST_FROM + i for i in range(4)]
    talks = np.log([made[2] for made in ours])
    assert talks.std() == pytest.approx(np.log(aht).std(ddof=1), rel=0.1)
    levels = np.log([made[1] for made in ours])
    assert abs(np.corrcoef(talks[:, 0], levels[:, 0])[0, 1]) < 0.2


def test_levels_walk_on_month_by_month_from_the_last():
    """Steps of log 2 up and down from the last, 4: after two months the spread is that of two steps, and not less than
    2 % where the fit tells of no step."""
    found = np.log(drawn_levels(np.array([4.0, 8.0, 4.0]), 2, 4000, 1) / 4)
    assert found.mean(axis=0) == pytest.approx([0, 0], abs=0.05)
    assert found.std(axis=0) == pytest.approx(np.log(2) * np.array([1, 2**0.5]), rel=0.05)
    assert np.log(drawn_levels(np.array([1.0]), 1, 4000, 1)).std() == pytest.approx(0.02, rel=0.05)
    assert np.log(drawn_levels(np.array([1.0, 1, 1]), 1, 4000, 1)).std() == pytest.approx(0.02, rel=0.05)


def test_a_naive_forecast_looks_at_no_month_that_is_held_out():
    """January 2013 is fitted. February 2014 is forecast by it, not by February 2013, which was held out as well."""
    months = tuple(str(month) for month in pd.period_range("2013-01", periods=14, freq="M"))
    recorded = MonthRecord(months, {"abandonment": np.arange(14) / 100})
    found = naive(recorded, months[:1], months[1:], None)
    assert found.members[0].values["abandonment"].tolist() == [0.0] * 13


def test_errors_of_months_are_absolute_and_deviations_recorded_less_simulated():
    """Members 0.10 and 0.14, recorded 0.15 and 0.09: errors 3 points each; 3 points over the root of 2^2 + 0.5^2. Of a
    handle time of 200 and 200 s with 206 recorded: 6 over the tolerance of 1 % of 200."""
    two = ("2013-01", "2013-02")
    members = [MonthRecord(two, {"abandonment": np.full(2, of), "aht": np.full(2, 200.0)}) for of in (0.10, 0.14)]
    found = MonthForecast(
        "x", members, MonthRecord(two, {"abandonment": np.array([0.15, 0.09]), "aht": np.full(2, 206.0)})
    )
    assert found.mean_errors()["abandonment"] == pytest.approx(3)
    assert found.deviations("abandonment") == pytest.approx(np.array([3, -3]) / 4.25**0.5)
    assert found.deviations("aht") == pytest.approx([3, 3])


# ---- records ----------------------------------------------------------------------------------------------------


def test_a_table_s_columns_become_the_kpis_of_the_mean_unit():
    """Of two months the first alone tells who hung up; a unit whose contacts are unknown weighs as one contact."""
    table = pd.DataFrame({
        "month": pd.to_datetime(["2013-01-01", "2013-02-01"]), "unit": "", "offered": [310.0, 280.0],
        "hung_up": [31.0, np.nan], "answered": [200.0, 140.0], "wait_answered_s": [2000.0, 2800.0], "csi": [70.0, 80.0],
    })  # fmt: skip
    found = recorded_months(table).values
    assert found["offered"] == pytest.approx([9, 10])
    assert found["asa"] == pytest.approx([10, 20])
    assert found["csi"] == pytest.approx([0.7, 0.8])
    areas = pd.DataFrame({
        "month": pd.Timestamp("2013-01-01"), "unit": ["a", "b"], "offered": [3.0, np.nan], "recall": [0.1, 0.3],
    })  # fmt: skip
    assert recorded_months(areas).values["recall"] == pytest.approx([(3 * 0.1 + 0.3) / 4])


def test_counts_of_lives_and_careers_by_hand():
    """Stocks of 100 and 102 customers beside prospects, one leaves and one is cut off; 10 positions of which 2 are
    vacant and one leaver, told on the Monday of 4 March for the month before: February."""
    dates = [datetime.date(2013, 2, 27), datetime.date(2013, 2, 28)]
    run = SimpleNamespace(
        counts=lambda by: pd.DataFrame({"offered": [30.0, 50.0], "in_20s": [20.0, 20.0]}, index=pd.Index(dates)),
        tables={
            "life_events": pd.DataFrame({"left": [1, 0], "deactivated": [0, 1]}, index=dates),
            "stocks": pd.DataFrame({"gold": [60, 60], "nursery": [40, 42], "Acquisizioni": [900, 900], "none": [7, 7]},
                                   index=dates),
        },
        careers=SimpleNamespace(months=pd.DataFrame({"day": [28], "n_left": [1], "positions": [10], "vacant": [2]})),
        calendar=SimpleNamespace(warm_up=3, date=lambda day: datetime.date(2013, 2, 1) + datetime.timedelta(day - 3)),
    )  # fmt: skip
    row = simulated_counts(run, "in_20s").loc["2013-02"]
    assert row[["offered", "in_time", "n_days", "customers", "left"]].tolist() == [80, 40, 2, 101, 2]
    assert row[["operators_left", "operators_there"]].tolist() == [1, 8]
    counts = pd.DataFrame(
        {"entered": [5.0], "offered": [9.0], "customers": [100.0], "redials": [2.0], "abandoned": [8.0]}
    )
    assert MONTH_KPIS["foc"].simulated(counts).tolist() == [5.0]
    assert MONTH_KPIS["redial"].simulated(counts).tolist() == [0.25]


def test_answers_within_ten_seconds_are_not_those_within_twenty():
    assert in_time_column(load_scenario("erlang-a"), 10.0) is None
    assert in_time_column(load_scenario("erlang-a"), None) == "in_20s"
    scenario = load_scenario("187-as-is")
    queues = {
        name: queue.model_copy(update={"target": 30.0 + i}) for i, (name, queue) in enumerate(scenario.queues.items())
    }
    assert len(queues) > 1
    assert in_time_column(scenario.model_copy(update={"queues": queues}), 30.0) is None, "one queue's alone"
