"""What goes on for months: lists renewed, processes put right, knowledge and profiles that grow, grades."""

import numpy as np
import pytest

from twin.kernel.codes import Outcome
from twin.model import CallCentre
from twin.people.grades import Grades
from twin.scenario.load import load_scenario
from twin.scenario.programme_schema import Interviews, Profiles
from twin.simulation import simulate

SMALL = {"size": "tiny", "run.warm_up": 0}


@pytest.fixture(scope="module")
def energy():
    """Twelve days of the energy seller, in which processes are mapped every four days."""
    return simulate(load_scenario("ecare-360", SMALL | {"improvement.every_days": 4}), days=12)


def test_the_matter_with_most_repeats_is_put_right_after_the_first_ones(energy):
    table = energy.tables["improvements"]
    assert table.day.tolist() == [4, 8, 12]
    assert table.intent[0] == "billing"
    before = energy.counts(["day", "intent"]).loc[4:7].groupby("intent").repeats.sum()
    assert table.intent[1] == before.idxmax()
    assert table.repeats[1] == before.max()


def test_a_process_put_right_takes_hold_evenly():
    model = CallCentre(load_scenario("ecare-360", SMALL))
    improving = model.programmes.improving
    improving.log = [[10.0, float(model.names.intents.index("billing")), 7.0]]
    improving.begin_day(25)  # half of the 30 days: half of the 15 %
    stream = list(model.demand.usual.intents).index(model.names.intents.index("billing"))
    assert model.demand.usual.relief[stream] == pytest.approx(1 - 0.15 / 2)
    assert set(np.delete(model.demand.usual.relief, stream).tolist()) == {1.0}
    model.demand.usual.relief[:] = 1.0
    improving.begin_day(100)
    assert model.demand.usual.relief[stream] == pytest.approx(0.85)
    model.close()


def test_editors_write_where_most_was_not_settled_and_least_is_covered():
    model = CallCentre(load_scenario("ecare-360", SMALL | {"knowledge.stale_after": "1000000 days"}))
    base = model.programmes.knowledge
    base.coverage[:] = 0.5
    billing, offers = (model.names.intents.index(name) for name in ("billing", "offers"))
    base.coverage[offers] = 1.0
    model.run_day()
    gained = base.coverage - 0.5
    assert base.coverage[offers] == pytest.approx(1.0, abs=1e-5)
    assert gained[np.arange(len(gained)) != offers].sum() == pytest.approx(3 / 40, abs=1e-4)  # three articles of forty
    handled, resolved = (model.world.tallies[name].sum() for name in ("handled", "resolved"))
    assert handled > resolved
    assert gained[billing] > 0
    model.close()


def test_knowledge_shortens_talks_and_settles_more():
    """Covered wholly: talks 5 % shorter, FCR 3 points higher; matters that all settle, and cases, stay as they are."""
    plain = CallCentre(load_scenario("ecare-360", SMALL)).world.types
    talk, fcr = plain["talk_factor"].copy(), plain["fcr"].copy()
    model = CallCentre(load_scenario("ecare-360", SMALL | {"knowledge.coverage": 1.0}))
    model.run_until(1.0)
    of_customers = model.programmes.knowledge.types.rows
    assert model.world.types["talk_factor"][of_customers] == pytest.approx(0.95 * talk[of_customers])
    own = of_customers[fcr[of_customers] < 1]
    assert model.world.types["fcr"][own] == pytest.approx(np.minimum(fcr[own] + 0.03, 0.999))
    others = np.setdiff1d(np.arange(len(talk)), of_customers)
    assert (model.world.types["talk_factor"][others] == talk[others]).all()
    model.close()


def test_profiles_are_completed_by_each_feed():
    """10,000 profiles, half complete: the Internet completes 10 % of the rest, an operator half of those he meets."""
    feeds = {"internet": {"a_day": 0.1}, "centre": {"a_contact": 0.5}}
    rule = Profiles.model_validate({"customers": 200_000, "complete": 0.5, "talk_factor": 0.9, "feeds": feeds})
    model = CallCentre(load_scenario("poste-unified", SMALL).model_copy(update={"profiles": rule}))  # a twentieth
    base = model.programmes.profiles
    assert base.effect(np.array([1.0])).tolist() == [0.95]
    model.world.common_tallies["handled"][5, 0] = 120
    base.begin_day(0)
    base.end_day(0)
    assert base.fed[:, 0].tolist() == [500.0, 120 * 0.5 * 0.5]
    assert base.complete == pytest.approx(0.5 + (500 + 30) / 10_000)
    assert base.daily()["profiles_complete"][0] == 0.5
    model.close()


def grades_of(**rule):
    model = CallCentre(load_scenario("ecare-360", SMALL))
    grades = Grades(model, Interviews.model_validate({"reach": 1.0, "consent": 1.0} | rule))
    model.close()
    return model, grades


def test_a_grade_is_the_index_of_the_contact_on_the_scale():
    """An index of 87 is 7.83 of 9, 8; of 40 with 5 points more 4.05, 4; of 100 and more 9."""
    _, grades = grades_of()
    keys = np.arange(3, dtype=np.uint64)
    assert grades._grades(np.array([87.0, 40.0, 100.0]), keys).tolist() == [8, 4, 9]
    _, kinder = grades_of(lift=5.0)
    assert kinder._grades(np.array([40.0, 100.0]), keys[:2]).tolist() == [4, 9]


def test_customers_are_asked_once_for_each_matter_and_not_about_written_work():
    model, grades = grades_of()
    records = np.zeros(5, model.world.records.dtype)
    records["outcome"] = [Outcome.HANDLED] * 4 + [Outcome.ABANDONED]
    types = model.world.types
    written = int(np.flatnonzero(types["deferral"] == 3)[0])
    phone = int(np.flatnonzero(types["deferral"] == 0)[0])
    records["type"] = [phone, phone, phone, written, phone]
    records["who"], records["attempt"] = [1, 1, 2, 3, 4], [0, 1, 0, 0, 0]
    records["csi"] = [20.0, 60.0, 100.0, 50.0, np.nan]
    grades.ask(0, records)
    assert grades.sums[:, 0].tolist() == [2, 2, 5 + 9]  # the last answer counts: 60 points are 5.4 of 9


def test_attempts_and_consent_decide_how_many_answer(energy):
    """Three attempts at 45 % reach 1 - 0.55^3 of the customers, of whom 90 % answer: 75 %."""
    share = energy.kpis([], ["survey_share"]).survey_share[0]
    assert share == pytest.approx((1 - 0.55**3) * 0.9, abs=0.02)


def test_a_list_is_renewed():
    """Six numbers, who all answer; new ones every other day."""
    changes = {f"campaigns.{name}.renewed_every": 2 for name in ("retention", "teleselling", "disappointed")}
    changes |= {f"campaigns.{name}.count": 6 for name in ("retention", "teleselling", "disappointed")}
    run = simulate(load_scenario("ecare-360", SMALL | changes | {"campaigns.retention.reach": 1.0}), days=5)
    by_day = run.counts(["day", "intent"]).xs("retention-call", level="intent").spoken
    assert by_day.tolist() == [6, 0, 6, 0, 6]


def test_customers_give_contacts_per_customer(energy):
    table = energy.kpis([], ["foc", "n_entered"]).iloc[0]
    assert table["foc"] == pytest.approx(table["n_entered"] * 365.25 / 12 / (500_000 * 0.25))


def test_sums_by_day_add_up_to_the_whole(energy):
    whole, days = energy.counts(), energy.counts(["day"])
    for name in ("interviews", "interview_grades", "customer_days", "covered", "audits_phone"):
        assert days[name].sum() == pytest.approx(whole[name][0])


def test_a_saved_run_goes_on_as_if_it_had_never_stopped(tmp_path):
    scenario = load_scenario("ecare-360", SMALL | {"improvement.every_days": 3})
    whole, model = (CallCentre(scenario, days=6) for _ in range(2))
    whole.run()
    model.run_until(4.4 * 86400)
    loaded = CallCentre.load(model.save(tmp_path / "run"))
    loaded.run()
    assert loaded.world.tallies.tobytes() == whole.world.tallies.tobytes()
    assert loaded.programmes.daily().equals(whole.programmes.daily())
    for one in (whole, model, loaded):
        one.close()


def test_contacts_come_at_night_where_the_menu_serves():
    """28 days with Sundays: of each hour out of 8-20 Mon-Sat the same part of a day; none of the internal services."""
    run = simulate(load_scenario("poste-unified", SMALL | {"demand.noise.day_cv": 0.0}), days=7)
    by_hour = run.counts(["weekday", "hour"]).entered
    night = [by_hour[day, hour] for day in ("mon", "tue") for hour in (1, 3, 23)]
    a_day = 68_500 * 0.05 * 0.006 * 0.93  # 7 % are internal
    assert np.mean(night) == pytest.approx(a_day, rel=0.35)
    assert by_hour["sun"].sum() > 10 * a_day
    assert run.counts(["intent", "hour"]).entered.loc["internal"].loc[[0, 3, 22]].sum() == 0
    table = run.kpis([], ["night_containment", "n_out_of_hours", "n_blocked"]).iloc[0]
    assert 0.1 < table["night_containment"] < 0.3
    assert table["n_out_of_hours"] == table["n_blocked"]


def test_customers_come_evenly_where_the_market_is_entered():
    """From a twentieth to all within 180 days: after 90 days 0.525 of 125,000."""
    model = CallCentre(load_scenario("ecare-launch", SMALL), days=100)
    assert model.programmes.there(0) == 0.05
    assert model.programmes.there(90) == pytest.approx(0.525)
    assert model.programmes.there(400) == 1.0
    model.programmes.begin_day(90)
    assert model.demand.usual.relief == pytest.approx(0.525)
    assert model.programmes.daily().customer_days[90] == pytest.approx(125_000 * 0.525)
    model.close()
