"""Following a day of a scenario that replays recorded days, or of customers' lives: planted days found again."""

import datetime

import numpy as np
import pandas as pd
import pytest
from test_track import CENTRE, HALF_HOUR, report

from calibration.track.actions import actions_for
from calibration.track.born import LEAST_DAYS, recorded_noise
from calibration.track.members import Member, Trial, run_trial
from calibration.track.plan import DayPlan
from calibration.track.today import MEASURES, OFFERED, OPERATORS, plan_and_today
from calibration.track.track import Settings, track
from twin.errors import InputError
from twin.scenario.load import load_scenario

MONDAY = datetime.date(2013, 3, 4)
REPLAYED = """kind = "trace"
file = "calls.csv"
at_column = "start_s"
count_column = "offered"
spread = "30 min"
"""
HOURS = np.arange(16, 36)  # half hours from 8:00 to 18:00


def counts_file(folder, days):
    """A file of so many calls in each half hour of the opening."""
    rows = [(day, i * 1800, n) for day, n in days.items() for i in HOURS]
    pd.DataFrame(rows, columns=["date", "start_s", "offered"]).to_csv(folder / "calls.csv", index=False)


def replaying(folder, days, more="", demand=""):
    """The small centre, with recorded days in place of rates."""
    counts_file(folder, days)
    first, rest = CENTRE.split('kind = "rates"')
    rest = rest.split("[intents.call]")[1]
    path = folder / "replay.toml"
    path.write_text(f"{first}{REPLAYED}{demand}\n[intents.call]{rest}{more}".replace(
        "days = 1\n", 'days = 1\nstart = 2013-02-18\n'))  # fmt: skip
    return load_scenario(str(path))


@pytest.fixture
def mondays(tmp_path):
    """Two Mondays of 90 and 110 calls in a half hour, a Tuesday of 300, and the day itself, of 999."""
    return replaying(tmp_path, {"2013-02-18": 90, "2013-02-19": 300, "2013-02-25": 110, "2013-03-04": 999})


def trials(plan, n, level=1.0, presence=1.0, seed=99):
    """Days of the plan at a level (members, intervals, MEASURES)."""
    nothing = report(np.zeros((plan.n, len(MEASURES))))
    _, today = plan_and_today(plan.scenario, nothing, until=0.0)
    action = actions_for(plan.scenario, 0.0, 5)[0][0]
    rng = np.random.default_rng(seed)
    days = []
    for number in range(n):
        contacts = rng.poisson(plan.expected * level)
        days.append(run_trial(Trial(plan, Member(number, level, presence, contacts), action, today, seed)))
    return np.array(days)


# ---- recorded days ----------------------------------------------------------------------------------------------


def test_a_trace_expects_the_mean_of_the_same_weekday_before_and_nothing_of_the_day_itself(mondays):
    plan = DayPlan.of(mondays, MONDAY, HALF_HOUR)
    assert plan.intents == ("call",)
    assert plan.expected[HOURS, 0] == pytest.approx(np.full(20, 100.0))  # (90 + 110) / 2
    assert plan.expected.sum() == pytest.approx(2000.0)
    assert plan.placed[HOURS, 0] == pytest.approx(np.ones(20)), "nobody comes again: what is placed is offered"
    tuesday = DayPlan.of(mondays, datetime.date(2013, 3, 5), HALF_HOUR)
    assert tuesday.expected[HOURS[0], 0] == pytest.approx(300.0)
    wednesday = DayPlan.of(mondays, datetime.date(2013, 3, 6), HALF_HOUR)
    assert wednesday.expected[HOURS[0], 0] == pytest.approx((90 + 300 + 110 + 999) / 4), "no Wednesday: all days"


def test_a_planted_day_of_a_trace_is_found_again(mondays):
    """A day at 1.25 of the Mondays with 0.85 of the operators, seen until 13:00; days differ by 10 % (assumed)."""
    plan = DayPlan.of(mondays, MONDAY, HALF_HOUR)
    assert plan.noise.day_cv == 0.1
    plan, today = plan_and_today(mondays, report(trials(plan, 1, 1.25, 0.85)[0]), until=13 * 3600.0)
    found = track(plan, today, Settings(members=30, presence_sd=0.15, seed=3))
    assert found.level.quantile(0.01) < 1.25 < found.level.quantile(0.99)
    assert found.level.mean > 1.15
    assert abs(found.presence[1] - 0.85) < abs(1.0 - 0.85), "nearer to the truth than the plan"
    assert next(effect.action for effect in found.effects).startswith("put breaks off")


def test_presence_of_a_trace_is_the_mean_of_the_like_days(tmp_path):
    """8 operators on one Monday, 12 on the next, 5 from 13:00 on: 10 and 5; the day's own 99 are not looked at."""
    rows = [(day, at, n) for day, n in (("2013-02-18", 8), ("2013-02-25", 12), ("2013-03-04", 16))
            for at, n in ((28800, n), (46800, 5))]  # fmt: skip
    pd.DataFrame(rows, columns=["date", "start_s", "operators"]).to_csv(tmp_path / "staff.csv", index=False)
    scenario = replaying(
        tmp_path, {"2013-02-18": 20, "2013-02-25": 20, "2013-03-04": 20},
        demand='staffing = "staff.csv"\nstaffing_group = "desk"\n',
    )  # fmt: skip
    plan = DayPlan.of(scenario, MONDAY, HALF_HOUR)
    assert plan.heads["desk"][16:26] == pytest.approx(np.full(10, 10.0))
    assert plan.heads["desk"][26:36] == pytest.approx(np.full(10, 5.0))
    measured = trials(plan, 1)[0]
    assert measured[20, OPERATORS] == pytest.approx(10.0, abs=1.0)


def test_contacts_that_come_again_are_not_counted_twice(tmp_path):
    """Half of those who give up call again: with fewer placed than offered, as many are offered as recorded."""
    again = '[redial]\nshare = 0.5\ndelay = { law = "exponential", mean = "10 min" }\n'
    scenario = replaying(tmp_path, {"2013-02-18": 140, "2013-02-25": 140}, again)
    plan = DayPlan.of(scenario, MONDAY, HALF_HOUR)
    fresh = (plan.expected * plan.placed)[HOURS].sum()
    assert fresh == pytest.approx(2800.0, rel=0.001), "the trace holds who calls the first time"
    assert plan.expected.sum() > 1.1 * fresh
    offered = trials(plan, 6)[:, :, OFFERED].sum(axis=1).mean()
    assert offered == pytest.approx(plan.expected.sum(), rel=0.04)


def test_noise_of_recorded_days_is_told_by_them_where_they_are_enough():
    """Forty days of gamma level (CV 0.2) and Poisson counts; with fewer than eight it is assumed."""
    rng = np.random.default_rng(5)
    dates = [MONDAY + datetime.timedelta(days=i) for i in range(40)]
    totals = np.zeros((40, 48))
    totals[:, HOURS] = rng.poisson(100.0 * rng.gamma(25.0, 1 / 25.0, 40)[:, None] * np.ones(20))
    assert recorded_noise(totals, dates, HALF_HOUR).day_cv == pytest.approx(0.2, abs=0.07)
    assert recorded_noise(totals[: LEAST_DAYS - 1], dates[: LEAST_DAYS - 1], HALF_HOUR).day_cv == 0.1


def test_a_trace_of_no_other_day_is_refused(tmp_path):
    scenario = replaying(tmp_path, {"2013-03-04": 50})
    with pytest.raises(InputError, match="the trace holds no day but 2013-03-04, must hold others"):
        DayPlan.of(scenario, MONDAY, HALF_HOUR)


# ---- customers' lives -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def caring():
    """The 187 at a hundredth of its size after one day: some 900 contacts a day."""
    small = {"size": "tiny", "run.warm_up": 1, "demand.noise.day_cv": 0.4}
    return load_scenario("187-as-is", small)


@pytest.fixture(scope="module")
def caring_plan(caring):
    return DayPlan.of(caring, MONDAY, HALF_HOUR)


def test_a_day_of_customers_offers_what_it_is_told_to(caring, caring_plan):
    """What earlier days send again is placed, what comes again on the day is not, who stays in the menu is on top."""
    plan = caring_plan
    assert plan.intents == tuple(caring.intents)
    assert len(np.unique(plan.pool["segment"])) > 1
    assert len(np.unique(plan.pool["cluster"])) > 1
    offered = trials(plan, 5)[:, :, OFFERED].sum(axis=1).mean()
    assert offered == pytest.approx(plan.expected.sum(), rel=0.06)
    assert DayPlan.of(caring, MONDAY, HALF_HOUR).expected is plan.expected, "the days are lived once"


def test_a_planted_day_of_customers_is_found_again(caring, caring_plan):
    """A day at 1.3 until 13:00: some 500 calls, and those of a crowded day who call again count in."""
    recorded = report(trials(caring_plan, 1, 1.3)[0])
    plan, today = plan_and_today(caring, recorded, until=13 * 3600.0)
    found = track(plan, today, Settings(members=10, seed=3, with_actions=False))
    assert 1.15 < found.level.mean < 1.6
    truth = recorded[recorded.start_s >= 13 * 3600].offered.sum()
    assert 0.8 * found.rest.loc["offered", "q05"] < truth < 1.2 * found.rest.loc["offered", "q95"]


def test_who_is_written_to_from_day_to_day_is_refused():
    with pytest.raises(InputError, match="proactive is given, must be left out to track a day"):
        DayPlan.of(load_scenario("187-to-be-proactive", {"size": "tiny"}), MONDAY, HALF_HOUR)
