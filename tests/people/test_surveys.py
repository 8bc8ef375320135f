"""Surveys: random samples of the size that was wanted, items as in the CSI, intervals and powers worked out by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from twin import CallCentre, load_scenario
from twin.kernel.codes import Outcome
from twin.people.bill_survey import BillSurvey, power, upper_tail
from twin.people.surveys import interval

STAFF = {f"groups.{group}.{key}": value for group in ("post-sales", "caring", "sales", "retention", "outsourcer")
         for key, value in (("count", 3), ("scaled", False))}  # fmt: skip
TINY = {**STAFF, "scale.sizes.tiny": 0.002, "run.warm_up": 0}


@pytest.fixture(scope="module")
def day():
    model = CallCentre(load_scenario("wind-multichannel", TINY), seed=6, days=1, recording=True)
    model.run()
    return model


def copies(day, n):
    """The handled contacts of the day, again and again, as those of `n` other contacts."""
    handled = day.records[0][day.records[0]["outcome"] == Outcome.HANDLED]
    found = np.resize(handled, n)
    found["who"] = np.arange(n)
    found["customer"] = np.arange(n) % day.demand.store.n
    return found


def fresh(day, **changes):
    """The weekly survey alone, with other numbers, before its first day."""
    from twin.people.surveys import Interviews

    rule = day.scenario.proactive
    weekly = rule.surveys["weekly"].model_copy(update=changes)
    return Interviews(day.demand, rule.model_copy(update={"surveys": {"weekly": weekly}}))


def test_half_width_of_a_mean():
    """60, 70, 80, 90: mean 75, deviations 15, 5, 5, 15, variance 500 / 3, s.e. 6.455, times 1.95996 is 12.65."""
    values = np.array([60.0, 70.0, 80.0, 90.0])
    mean, half_width = interval(4, values.sum(), (values**2).sum())
    assert (mean, half_width) == pytest.approx((75.0, 12.6516), abs=1e-3)
    assert interval(1, 60.0, 3600.0)[0] == 60.0
    assert np.isnan([interval(1, 60.0, 3600.0)[1], *interval(0, 0.0, 0.0)]).all()


def test_each_area_is_sampled_alike_and_shares_of_a_contact_are_carried_over(day):
    """365.25 interviews a year at size 0.002 would be 0.002 a day; taken 6,000 times: 12, at a response of 80 % 15
    sampled, 5 in each of three areas; 4.4 instead are 4, 4, 5 in three days."""
    survey = fresh(day, interviews_a_year=round(365.25 * 6000), response=0.8)
    records = copies(day, 3000)
    survey.ask(0, records)
    assert survey.sampled[0, 0].tolist() == [5, 5, 5]
    survey = fresh(day, interviews_a_year=round(365.25 * 6000), response=12 / 13.2)
    sampled = []
    for _ in range(3):
        survey.ask(0, records)
        sampled.append(survey.sampled[0, 0].tolist())
    assert sampled == [[4, 4, 4], [4, 4, 4], [5, 5, 5]]


def test_the_sampled_answer_with_the_given_share(day):
    survey = fresh(day, interviews_a_year=round(365.25 * 60_000), response=0.2)  # 200 sampled in each area
    survey.ask(0, copies(day, 3000))
    assert survey.sampled[0, 0].tolist() == [200, 200, 200]
    assert survey.sums[0, 0, :, 0, 0].sum() == pytest.approx(120, abs=40)  # s.e. 10


def test_a_day_with_too_few_contacts_is_made_up_for(day):
    survey = fresh(day, interviews_a_year=round(365.25 * 6000), response=0.8)
    survey.ask(0, copies(day, 0))
    assert survey.sampled[0, 0].tolist() == [0, 0, 0]
    survey.ask(0, copies(day, 3000))
    assert survey.sampled[0, 0].tolist() == [10, 10, 10]


def test_the_sample_does_not_depend_on_the_order_of_the_records(day):
    records = copies(day, 3000)
    one, other = (fresh(day, interviews_a_year=round(365.25 * 60_000)) for _ in range(2))
    one.ask(0, records)
    other.ask(0, records[::-1].copy())
    assert one.sums == pytest.approx(other.sums)


def test_contacts_belong_to_the_first_area_that_takes_them(day):
    """52 % of the customers have broadband: their faults are of that area, the others' of voice; bills of neither."""
    records = copies(day, 6000)
    survey = fresh(day)
    areas = survey._areas_of(records)
    intents = np.array(list(day.scenario.intents))[day.world.types.intent[records["type"]]]
    assert (areas[intents == "BIL"] == 0).all()
    faults = areas[intents == "TEC"]
    assert set(faults) == {1, 2}
    assert (faults == 1).mean() == pytest.approx(0.52, abs=0.05)
    assert (survey._areas_of(records) == areas).all()


def test_items_make_up_the_csi_of_the_contact(day):
    handled = day.records[0][day.records[0]["outcome"] == Outcome.HANDLED]
    rule = day.scenario.satisfaction
    items = fresh(day).items(handled)
    weights = (rule.waiting_weight, rule.accuracy_weight, rule.ability_weight, rule.courtesy_weight)
    csi = items @ np.array(weights) - rule.repeat_points * handled["n_answered"]
    inside = (handled["csi"] > 0) & (handled["csi"] < 100) & (items[:, 3] > 0) & (items[:, 3] < 100)
    assert inside.sum() > 20
    assert csi[inside] == pytest.approx(handled["csi"][inside], abs=1e-3)
    assert items[:, 3].max() <= rule.courtesy_base + 1e-3  # what is left over is courtesy, not an error of the others
    assert set(items[:, 1]) <= {rule.accuracy_resolved, rule.accuracy_unresolved}


def test_chance_of_so_many_failures():
    assert upper_tail(3, 1, 0.5) == pytest.approx(0.875)
    assert upper_tail(10, 4, 0.5) == pytest.approx(1 - (1 + 10 + 45 + 120) / 1024)
    assert (upper_tail(5, 0, 0.1), upper_tail(5, 1, 0.0), upper_tail(5, 5, 1.0)) == (1.0, 0.0, 1.0)


def test_power_of_a_sample():
    """10 asked, 10 % fail without trouble, level 5 %: three or more come by chance with 7.0 %, four with 1.3 %; so four
    are needed, and an area where half fail has them with 82.8 %."""
    assert power(10, 0.5, 0.1, 0.05) == pytest.approx(0.828125)
    assert power(10, 0.1, 0.1, 0.05) == pytest.approx(0.0128, abs=1e-4)


def test_critical_areas_are_found_with_the_power_of_the_sample():
    """2 % against 8 %, 150 asked, level 1 %: at least 8 needed, power about 92 %."""
    rule = load_scenario("wind-multichannel", TINY).proactive.bill_delivery
    n = 40_000
    base = SimpleNamespace(
        store=SimpleNamespace(n=n),
        seed=np.uint64(3),
        people=SimpleNamespace(rows={"phase": np.full(n, 5)}),
        calendar=SimpleNamespace(warm_up=0, date=lambda day: SimpleNamespace(isoformat=lambda: str(day))),
    )
    survey = BillSurvey(base, rule.model_copy(update={"areas": 60, "critical": 30}))
    survey.ask(0)
    survey.ask(1)  # not due
    table = survey.table()
    assert len(table) == 60
    assert table.interviews.mean() == pytest.approx(150, abs=6)
    expected = power(150, 0.08, 0.02, 0.01)
    assert table[table.is_critical].is_found.mean() == pytest.approx(expected, abs=4 * (expected * 0.1 / 30) ** 0.5)
    assert table.power.mean() == pytest.approx(expected, abs=0.03)
    assert table[~table.is_critical].is_found.mean() <= 0.1
