"""The floor: frames agree with the model at every instant, looking changes nothing, a jump is the same as playing."""

import struct

import numpy as np
import pytest

from twin import CallCentre, load_scenario
from twin.kernel.codes import Activity, Deferral, Phase
from twin.scenario.schema import Scenario
from twin.ui.floor.floor import Floor, of_file, of_scenario
from twin.ui.floor.frame import HEADER, LINE, WAITER, Lines, pack, unpack
from twin.ui.floor.plan import planned_hours
from twin.ui.floor.states import State, kernel_activity

HOUR, DAY = 3600.0, 86400.0
TINY = {"size": "tiny", "scale.sizes.tiny": 0.005, "customers.base": 400000, "run.warm_up": 1, "run.days": 3}
SMALL = {
    "187": ("187-to-be", TINY),
    "careers": ("187-to-be-careers", TINY),
    "chat": ("chat", {"run.days": 1}),
    "cases": ("cases", {"run.days": 1}),
    "call-back": ("call-back", {"run.days": 1}),
    "mixed": ("blended", {"run.days": 1}),
}


def small(name):
    return load_scenario(*SMALL[name])


def n_called_back(model):
    """In line to be called back: beside the backlog of work."""
    contacts = model.world.contacts
    return int(((contacts.phase == Phase.DEFERRED) & (contacts.deferral == Deferral.CALL_BACK)).sum())


def office(**changes):
    """Two operators from 08:00 to 12:00, one of them with a break at 10:00; a call a minute on average."""
    base = {
        "name": "office",
        "run": {"days": 2, "start": "2013-03-04"},
        "opening": {"opens": "08:00", "closes": "12:00"},
        "skills": {"a": {}},
        "intents": {
            "x": {"talk": {"law": "exponential", "mean": "2 min"}, "wrap": {"law": "constant", "value": "20 s"}}
        },
        "patience": {"law": "exponential", "mean": "2 min"},
        "queues": {"main": {}},
        "routes": [{"queue": "main", "skills": ["a"]}],
        "demand": {"kind": "rates", "rates": {"x": "60 /h"}},
        "shifts": {"day": {"length": "4 h", "starts": {"08:00": 1.0}, "breaks": {"every": "2 h", "length": "15 min"}}},
        "groups": {"desk": {"count": 2, "skills": {"a": 1}, "shift": "day"}},
    }
    return Scenario.model_validate(base | changes)


@pytest.fixture
def floor(request):
    made = of_scenario(small(request.param) if hasattr(request, "param") else office(), seed=3)
    yield made
    made.close()


# ---- frames ----------------------------------------------------------------------------------------------------------


def test_a_frame_is_laid_out_as_the_canvas_reads_it():
    """One queue with two in line, one of them told of, and three operators: 40 + 16 + 12 + 14 x 4 + 3 bytes."""
    header = np.zeros(1, HEADER)
    header["sequence"], header["n_operators"], header["n_lines"], header["n_states"] = 7, 3, 1, 14
    header["date"], header["now"], header["clock"], header["speed"], header["n_ivr"] = (
        20130225,
        90000.5,
        3600.5,
        60.0,
        2,
    )
    table, waiters = np.zeros(1, LINE), np.zeros(1, WAITER)
    table[0], waiters[0] = (2, 5, 30.5, 1), (11, 4, 30.5)
    data = pack(header, Lines(table, waiters, 2), np.array([State.TALK, State.OFF, State.TALK], np.uint8))
    assert len(data) == 40 + 16 + 12 + 14 * 4 + 3
    assert struct.unpack_from("<IIHHIddfI", data) == (7, 3, 1, 14, 20130225, 90000.5, 3600.5, 60.0, 2)
    assert struct.unpack_from("<IIfI", data, 40) == (2, 5, 30.5, 1)
    assert struct.unpack_from("<iIf", data, 56) == (11, 4, 30.5)
    assert struct.unpack_from("<14I", data, 68) == (1, 0, 2, *[0] * 11)
    assert data[-3:] == bytes([2, 0, 2])
    assert unpack(data).counts[State.TALK] == 2


@pytest.mark.parametrize("floor", SMALL, indirect=True)
def test_frames_agree_with_the_model_at_every_instant(floor):
    model = floor.model
    seen = set()
    for at in np.arange(7.5 * HOUR, 21 * HOUR, 1234.5):
        floor.advance(at)
        frame = unpack(floor.frame())
        activity = model.world.operators["activity"]
        assert (kernel_activity(floor.states()) == activity).all()
        assert (frame.states == floor.states()[floor.seating.order]).all()
        assert frame.counts.sum() == len(model.persons) == frame.header["n_operators"]
        assert frame.counts[State.IDLE] == model.count_operators("idle")
        assert frame.counts[State.BREAK] == model.count_operators("break")
        for_owner = (model.world.contacts.phase == Phase.OWNER) & (model.world.contacts.gives_up_at > model.now)
        assert frame.lines["n_waiting"].sum() == model.n_waiting + for_owner.sum()
        assert frame.lines["n_work"].sum() == model.backlog + n_called_back(model)
        assert len(frame.waiters) == frame.lines["n_shown"].sum()
        assert (frame.waiters["wait"] >= 0).all()
        seen |= set(np.flatnonzero(frame.counts).tolist())
    assert State.IDLE in seen
    assert len(seen) > 1


def test_the_longest_wait_is_that_of_the_first_in_line(floor):
    """Two operators cannot serve a call a minute of 2 min 20 s: soon three wait at once."""
    floor.advance(8 * HOUR)
    while floor.model.n_waiting < 3:
        floor.step_event()
    contacts = floor.model.world.contacts
    waiting = contacts[(contacts.phase == Phase.WAITING) & (contacts.gives_up_at > floor.now)]
    frame = unpack(floor.frame())
    assert frame.lines["longest"][0] == pytest.approx(floor.now - waiting.joined_at.min(), abs=1e-3)
    assert frame.waiters["wait"].tolist() == sorted(frame.waiters["wait"].tolist(), reverse=True)


def test_chats_and_cases_have_states_of_their_own():
    for name, state in (("chat", State.CHAT), ("cases", State.CASE)):
        floor = of_scenario(small(name), seed=1)
        found = 0
        for at in np.arange(9 * HOUR, 17 * HOUR, 900.0):
            floor.advance(at)
            found += int((floor.states() == state).sum())
        floor.close()
        assert found > 0, name


def test_who_is_planned_and_does_not_come_is_absent():
    """Of the persons whose shift has begun, exactly the roster's absentees are off the floor."""
    floor = of_scenario(load_scenario("187-to-be", TINY | {"abilities.absence.in-house": 0.4}), seed=1)
    floor.advance(DAY + 12 * HOUR)
    model, day, states = floor.model, floor.model.day, floor.states()
    away = model.roster.absent(day)
    weekday = model.calendar.weekday(day)
    for person in model.persons:
        hours = planned_hours(model, person, weekday)
        is_missing = hours is not None and away[person.number]
        assert (states[person.number] == State.ABSENT) == is_missing
    assert (states == State.ABSENT).any()
    floor.close()


def test_operators_stand_by_site_group_and_team():
    floor = of_scenario(small("187"), seed=1)
    seating, persons = floor.seating, floor.model.persons
    assert sorted(seating.order.tolist()) == list(range(len(persons)))
    for block in seating.blocks:
        for place in range(block.first, block.first + block.n):
            person = persons[seating.order[place]]
            assert (person.site, person.group, person.team) == (block.site, block.group, block.team)
            assert seating.place[person.number] == place
    floor.close()


# ---- looking changes nothing -----------------------------------------------------------------------------------------


def records_of(floor):
    return np.concatenate([*[rows for _, rows in floor.past], floor.records_today()])


def bits(rows):
    """Of every column; between columns lie bytes that mean nothing."""
    return [np.ascontiguousarray(rows[name]).tobytes() for name in rows.dtype.names]


@pytest.mark.parametrize("name", ["187", "careers", "chat", "cases"])
def test_a_floor_that_is_looked_at_gives_the_records_of_a_run_that_is_not(name):
    plain = CallCentre(small(name), seed=5, recording=True)
    plain.run()
    floor = of_scenario(small(name), seed=5)
    chance = np.random.default_rng(1)
    if floor.model.customers is not None:
        for row in range(40):
            floor.followed.follow(row, 0.0)
    for _ in range(50):
        floor.step_event()
    while not floor.is_over:
        floor.advance(floor.now + float(chance.exponential(7000.0)))
        floor.frame()
        floor.today()
    assert bits(records_of(floor)) == bits(np.concatenate(plain.records))
    assert floor.model.world.tallies.tobytes() == plain.world.tallies.tobytes()
    assert floor.model.world.operator_time.tobytes() == plain.world.operator_time.tobytes()
    if floor.model.customers is not None:
        assert bits(floor.model.demand.people.rows) == bits(plain.demand.people.rows)
    floor.close()
    plain.close()


def test_a_jump_is_the_same_as_playing(floor):
    other = of_scenario(office(), seed=3)
    shares = list(other.jump(DAY + 10.5 * HOUR))
    while floor.now < DAY + 10.5 * HOUR:
        floor.advance(min(floor.now + 36.0, DAY + 10.5 * HOUR))
    assert floor.frame() == other.frame()
    assert bits(records_of(floor)) == bits(records_of(other))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    other.close()


def test_a_jump_back_runs_the_same_day_again(floor):
    floor.advance(10 * HOUR)
    before = unpack(floor.frame())
    floor.advance(DAY + 9 * HOUR)
    list(floor.jump(10 * HOUR))
    after = unpack(floor.frame())
    assert (after.states == before.states).all()
    assert (after.lines == before.lines).all()
    assert after.header["now"] == before.header["now"]


def test_one_event_is_one_instant(floor):
    """The doors open and both sign on at 08:00; the next event after that is the first arrival."""
    floor.advance(7.9 * HOUR)
    floor.step_event()
    assert floor.now == pytest.approx(8 * HOUR, abs=1e-9)
    assert unpack(floor.frame()).counts[State.IDLE] == 2
    first = float(floor.model.world.arrivals["at"][0])
    floor.step_event()
    assert floor.now == pytest.approx(first, abs=1e-9)
    assert unpack(floor.frame()).counts[State.TALK] == 1


def test_one_interval_is_a_step_of_the_model(floor):
    floor.advance(8.1 * HOUR)
    floor.step_interval()
    assert floor.now == 8.25 * HOUR


def test_the_end_of_the_run_is_the_end_of_the_floor(floor):
    floor.advance(99 * DAY)
    assert floor.is_over
    assert floor.now == 2 * DAY
    assert unpack(floor.frame()).header["date"] == 20130305
    assert unpack(floor.frame()).header["clock"] == DAY


def test_a_saved_model_goes_on_as_a_floor(tmp_path):
    model = CallCentre(office(), seed=3)
    model.run_until(10 * HOUR)
    path = model.save(tmp_path / "half.twin")
    floor, whole = of_file(path), of_scenario(office(), seed=3)
    assert floor.now == 10 * HOUR
    for one in (floor, whole):
        one.advance(11 * HOUR)
    assert unpack(floor.frame()).states.tolist() == unpack(whole.frame()).states.tolist()
    late = whole.records_today()
    late = late[late["ended_at"] >= 10 * HOUR]
    assert bits(floor.records_today()) == bits(late)
    list(floor.jump(9 * HOUR))
    assert floor.now == 10 * HOUR, "before it was saved nothing is known"
    for one in (floor, whole):
        one.close()
    model.close()


def test_records_of_past_days_are_kept_for_a_while_only(monkeypatch):
    monkeypatch.setattr("twin.ui.floor.floor.ROWS_KEPT", 100)
    floor = of_scenario(office(run={"days": 6}), seed=3)
    floor.advance(5.5 * DAY)
    assert [day for day, _ in floor.past] == [4]
    assert floor.kept_from == 4 * DAY
    assert not floor.model.records
    floor.close()


# ---- today -----------------------------------------------------------------------------------------------------------


def test_todays_figures_are_those_of_the_day_alone(floor):
    """The tallies of day 1 after 10:00, by hand: answered within 20 s over offered."""
    floor.advance(DAY + 10 * HOUR)
    tallies = floor.model.world.tallies
    rows = slice(96, 192)
    offered, in_20s = tallies["offered"][rows].sum(), tallies["in_20s"][rows].sum()
    today = floor.today()
    assert offered > 50
    assert today["n_offered"] == offered
    assert today["sl20"] == pytest.approx(in_20s / offered)
    assert floor.handled_today().sum() == tallies["handled"][rows].sum()


def test_time_today_adds_up_to_the_clock(floor):
    floor.advance(DAY + 10.123 * HOUR)
    assert floor.time_today().sum(axis=1) == pytest.approx([10.123 * HOUR] * 2, abs=1e-6)
    assert floor.time_today()[:, Activity.BREAK].sum() > 0


def test_floor_refuses_nothing_but_the_past(floor):
    floor.advance(9 * HOUR)
    floor.advance(8 * HOUR)
    assert floor.now == 9 * HOUR
    assert isinstance(floor, Floor)
