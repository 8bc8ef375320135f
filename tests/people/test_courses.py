"""Courses at a date: who goes, the hours off the telephone, the skill afterwards, and nothing else."""

import numpy as np
import pytest
from training_bench import ABILITIES, COURSE, one_gap

from twin.kernel.codes import Event
from twin.model import CallCentre
from twin.people.persons import Held
from twin.saving import parts_of
from twin.simulation import run_of, simulate

HOUR, DAY = 3600.0, 86400.0


def live(model, days, first=0):
    """The nights and rosters of these days, without a call; when each operator leaves, by day [clock h]."""
    leaves = []
    for day in range(first, first + days):
        if model.careers is not None:
            model.careers.begin_day(day, day % 7, model.engine)
        model.courses.begin_day(day, day % 7, model.engine)
        rows = model.roster.day(day, day % 7)
        ends = {row.who: (row.at - day * DAY) / HOUR for row in rows if row.kind == Event.SHIFT_END}
        leaves.append([ends[who] for who in range(len(model.persons))])
    return leaves


def members(model):
    return np.flatnonzero(model.courses.course >= 0).tolist()


def test_hours_end_shifts_early_and_the_skill_is_held_the_morning_after():
    """Five hours at two a day: 15, 15 and 16 h in place of 17 h for the first two of six who are alike."""
    model = CallCentre(one_gap(COURSE | {"on": 1}))
    leaves = live(model, 5)
    assert [day[:3] for day in leaves] == [[17, 17, 17], [15, 15, 17], [15, 15, 17], [16, 16, 17], [17, 17, 17]]
    assert all(day[6] == 17 for day in leaves)
    assert [set(person.skills) for person in model.persons[:3]] == [{"a", "b"}, {"a", "b"}, {"a"}]
    sums = model.courses.daily()
    assert (sums["training_time"][:5] / HOUR).tolist() == [0, 4, 4, 2, 0]
    assert sums["training_cost"][:5].tolist() == [0, 120, 120, 60, 0]
    assert sums["trained"][:5].tolist() == [0, 0, 0, 0, 2]
    assert (model.courses.hours, model.courses.cost) == (10.0, 300.0)


def test_skill_is_there_only_after_the_last_hour():
    model = CallCentre(one_gap(COURSE | {"hours": 4.0}))
    live(model, 2)
    assert set(model.persons[0].skills) == {"a"}
    live_on = model.courses.begin_day(2, 2, model.engine)
    assert set(model.persons[0].skills) == {"a", "b"}
    assert len(live_on) == 0  # nobody is on duty at midnight


def test_who_does_not_come_learns_later():
    courses = CallCentre(one_gap(COURSE)).courses
    courses.begin_day(0, 0, None)
    early = courses.end_early(np.array([1, 2]), np.full(2, 8 * HOUR))
    assert (early / HOUR).tolist() == [2.0, 0.0]
    assert courses.left[:3].tolist() == [5.0, 3.0, 0.0]
    early = courses.end_early(np.array([0, 1]), np.array([1.5, 0.0]) * HOUR)  # what is left of their shifts
    assert (early / HOUR).tolist() == [1.5, 0.0]


def test_a_course_may_have_its_own_price():
    courses = CallCentre(one_gap(COURSE | {"cost_an_hour": "50 EUR"})).courses
    courses.begin_day(0, 0, None)
    courses.end_early(np.array([0, 1]), np.full(2, 8 * HOUR))
    assert courses.cost == 4 * 50.0


@pytest.mark.parametrize(
    ("course", "found"),
    [
        ({"count": 2}, [0, 2]),  # 1 holds c besides a
        ({"count": 2, "who": "alike"}, [1, 0]),  # c is like b
        ({"count": 2, "who": "idlest"}, [4, 3]),
        ({"operators": [3, 5], "group": None, "count": None}, [3, 5]),
        ({"team": 1, "group": None, "count": None}, [4, 5]),
        ({"count": None}, [0, 1, 2, 3, 4, 5]),
        ({"count": 6, "group": None}, [0, 1, 2, 3, 4, 5]),  # who holds b already, 6, is not asked
    ],
)
def test_who_goes(course, found):
    """Six operators in teams of four and two; 1 also holds c, which is like b; 4 and 3 were idle, the others busy."""
    skills = {"a": {}, "b": {"alike": ["c"]}, "c": {}}
    model = CallCentre(one_gap(COURSE | course, skills=skills, team_size=4))
    courses = model.courses
    courses.known.level[1, 2] = 2
    time = model.world.operator_time
    time[:7, 1:3] = [[1, 9], [1, 9], [1, 9], [5, 5], [9, 1], [1, 9], [9, 1]]  # idle, talk
    courses.begin_day(0, 0, model.engine)
    assert members(model) == sorted(found)


def test_nobody_is_in_two_courses_and_those_of_none_go_first():
    one = COURSE | {"hours": 2.0, "count": 2}
    model = CallCentre(one_gap(one, one | {"skill": "c"}, one | {"skill": "c", "on": 2}, skills={"c": {}}))
    live(model, 1)
    assert model.courses.course.tolist() == [0, 0, 1, 1, -1, -1, -1]
    live(model, 3, first=1)
    assert [sorted(person.skills) for person in model.persons[:6]] == [
        ["a", "b"], ["a", "b"], ["a", "c"], ["a", "c"], ["a", "c"], ["a", "c"],
    ]  # fmt: skip


def test_nobody_is_worse_with_the_course_than_without():
    """A stranger to b takes 1.30 times as long, a secondary one 1.05 (1 + 0.64 n): n may be (1.30 / 1.05 - 1) / 0.64 =
    0.372 at most, not the 0.7 that 30 % retained would leave. Who holds c, like b, answers as a secondary already:
    nothing is left to lose. Without such times all of the 0.7 stays."""
    skills = {"a": {}, "b": {"alike": ["c"]}, "c": {}}
    for novice_handle, stranger in ((0.64, 0.372), (0.0, 0.7)):
        rules = ABILITIES | {"novice_handle": novice_handle, "novice_fcr": -0.12}
        model = CallCentre(one_gap(COURSE | {"hours": 2.0}, skills=skills, abilities=rules))
        model.courses.known.level[1, 2], model.courses.known.proficiency[1, 2] = 2, 0.65
        model.courses.known.level[0, 2] = 127
        live(model, 1)
        model.courses.course[:2], model.courses.left[:2] = 0, 0.0  # both have had it
        model.courses.begin_day(1, 1, model.engine)
        novice = model.courses.known.novice[:2, 1]
        assert novice == pytest.approx([stranger, 0.0], abs=5e-4)


def test_practice_closes_the_gap_like_the_learning_time():
    """Proficiency 0.60 goes to 0.65, the scenario's of secondary skills: after 100 days 1 - 1/e of the way."""
    model = CallCentre(one_gap(COURSE | {"hours": 2.0}, abilities=ABILITIES))
    live(model, 2)
    known = model.courses.known
    now, later = known.abilities(1)[0, 1], known.abilities(101)[0, 1]
    assert now.proficiency == pytest.approx(0.60)
    assert later.proficiency == pytest.approx(0.65 - 0.05 / np.e)
    assert now.handle == pytest.approx(1.3)  # as long as before, no longer
    assert later.handle == pytest.approx(1.05 + 0.25 / np.e)
    assert model.persons[0].skills["b"] == Held(2, 0.60, pytest.approx(0.372, abs=1e-3))
    assert known.abilities(101)[2, 1].proficiency == 0.3  # who was not taught


@pytest.mark.parametrize("careers", [None, {"absence": {"share": {"in-house": 0.1}}}])
def test_a_course_that_is_still_to_come_changes_nothing(careers):
    changes = {"run": {"days": 3}, **({"careers": careers} if careers else {})}
    plain = simulate(one_gap(**changes), recording=True)
    planned = simulate(one_gap(COURSE | {"on": 3}, **changes), recording=True)
    assert planned.records.equals(plain.records)
    shared = [name for name in plain.kpis() if name in planned.kpis()]
    assert plain.kpis()[shared].equals(planned.kpis()[shared])
    assert planned.kpis()["course_hours"][0] == 0.0
    assert "course_hours" not in plain.kpis()


def test_hours_cost_and_the_gain_are_counted():
    """2 x 5 h in the first week. One operator for 1.33 Erlang of y loses many; with two more who learned it few."""
    plain, planned = (simulate(one_gap(*courses)) for courses in ((), (COURSE,)))
    kpis = planned.kpis()
    assert (kpis.course_hours[0], kpis.course_cost[0], kpis.n_taught[0]) == (10.0, 300.0, 2.0)
    assert kpis.cost_with_courses[0] == pytest.approx(kpis.contact_cost[0] + 300.0)
    assert planned.facts["training_hours"] == 10.0
    assert planned.facts["training_cost"] == 300.0
    before, after = (run.kpis(["queue"]).loc["second"] for run in (plain, planned))
    assert before.abandonment_share > 0.25
    assert after.abandonment_share < 0.15
    by_day = planned.kpis(["day"]).course_hours
    assert by_day[:4].tolist() == [4.0, 4.0, 2.0, 0.0]
    on_duty = planned.staff().loc["desk", ["idle", "talk", "wrap", "break", "hold"]].sum()
    assert on_duty == pytest.approx(6 * 8 * 28 - 10.0, abs=6.0)  # who talks at the end of a shift stays a little


@pytest.mark.parametrize("careers", [None, {"absence": {"share": {"in-house": 0.0}}}])
def test_a_saved_run_goes_on_in_the_middle_of_a_course(tmp_path, careers):
    changes = {"careers": careers} if careers else {}
    scenario = one_gap(COURSE, COURSE | {"on": 3, "hours": 4.0}, run={"days": 8}, abilities=ABILITIES, **changes)
    model = CallCentre(scenario, recording=True)
    model.run_until(4.5 * DAY)
    assert {"courses"} | ({"courses.plain"} if careers is None else set()) <= parts_of(model).keys()
    loaded = CallCentre.load(model.save(tmp_path / "half.run"))
    assert loaded.operators[0].skills == model.operators[0].skills
    assert "b" in loaded.operators[0].skills
    for one in (model, loaded):
        one.run()
    a, b = (run_of(one) for one in (model, loaded))
    assert a.records.equals(b.records)
    assert a.kpis().equals(b.kpis())
    assert a.facts == b.facts
    assert model.courses.hours == 18.0


def test_with_careers_the_skill_lives_in_their_table():
    careers = {"absence": {"share": {"in-house": 0.0}}, "training": {"refresh_hours": 0.0, "plans": False}}
    model = CallCentre(one_gap(COURSE, careers=careers, abilities=ABILITIES))
    table = model.careers.table
    table.rows.refresh_left = 0.0
    leaves = live(model, 4)
    assert [day[0] for day in leaves] == [15, 15, 16, 17]
    assert table.level[:3, 1].tolist() == [2, 2, 127]
    assert table.proficiency[0, 1] == 0.6
    assert table.novice[0, 1] == pytest.approx(0.372, abs=1e-3)
    assert table.own[0].tolist() == [True, True]
    assert not table.of_modules[0, 1]  # the course taught it, the skill map's modules do not
    events = model.careers.log.table(0)
    mine = events[events.operator == 0]
    assert mine[["day", "event", "skill"]].values.tolist() == [[0, "module", "b"], [3, "skill_gained", "b"]]


def test_who_leaves_takes_the_hours_along():
    model = CallCentre(one_gap(COURSE, careers={"absence": {"share": {"in-house": 0.0}}}))
    live(model, 1)
    assert members(model) == [0, 1]
    model.careers.table.rows.generation[0] += 1
    model.courses.begin_day(1, 1, model.engine)
    assert members(model) == [1]
    assert model.courses.left[0] == 0.0
