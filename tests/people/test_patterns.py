"""Weekly patterns: who works them, when they are on duty, and that shares and patterns go by the same rules."""

import collections

import numpy as np
import pytest

from twin.kernel.codes import Event
from twin.people.patterns import Homes
from twin.people.persons import first_skill
from twin.people.roster import Roster
from twin.people.staff import draw_persons
from twin.scenario.load import load_scenario

BASE = """
[opening]
opens = "08:00"
closes = "20:00"

[demand]
kind = "rates"
rates.bill = "10 /h"
rates.fault = "10 /h"

[intents]
bill.talk = { law = "constant", value = "300 s" }
fault.talk = { law = "constant", value = "300 s" }

[skills]
SK01 = {}
SK02 = {}
SK03 = {}

[queues]
bills = {}
faults = {}

[[routes]]
queue = "faults"
skills = ["SK02"]

[[routes]]
intents = ["bill"]
queue = "bills"
skills = ["SK01", "SK03"]

[[routes]]
intents = ["bill"]
clusters = ["all"]
queue = "bills"
skills = ["SK03", "SK01"]

[groups.billers]
count = 10
shift = "day"
primary = { SK01 = 0.6, SK03 = 0.4 }

[groups.menders]
count = 4
shift = "day"
skills = { SK02 = "primary" }

[groups.both]
count = 3
shift = "day"
skills = { SK01 = "primary", SK02 = "primary" }

[shifts.day]
length = "6 h"
breaks = { every = "2 h", length = "15 min" }
"""
PATTERNS = """
patterns = [
    { queue = "bills", start = "08:00", days = ["mon", "tue"], heads = 5 },
    { queue = "bills", start = "14:00", days = ["mon", "tue"], heads = 5 },
    { queue = "faults", starts = { mon = "09:00", wed = "12:00" }, heads = 1, breaks = ["105 min"] },
    { start = "10:00", days = ["fri"], heads = 1, length = "4 h" },
]
"""


@pytest.fixture
def persons_of(tmp_path):
    def draw(text=BASE + PATTERNS, seed=1):
        path = tmp_path / "patterns.toml"
        path.write_text(text)
        scenario = load_scenario(path)
        return scenario, draw_persons(scenario, seed)

    return draw


def test_home_is_the_queue_of_the_best_skill(persons_of):
    scenario, persons = persons_of()
    homes = Homes(scenario)
    assert homes.of_skill == {"SK01": "bills", "SK02": "faults", "SK03": "bills"}
    assert {person.group: homes.queue(person) for person in persons} == {
        "billers": "bills", "menders": "faults", "both": None,
    }  # fmt: skip


def test_people_work_the_patterns_of_their_queue_in_proportion(persons_of):
    """10 billers on two patterns of 5 heads; who works for both queues has the pattern without a queue."""
    _, persons = persons_of()
    starts = collections.Counter((person.group, person.start / 3600) for person in persons)
    assert starts == {("billers", 8.0): 5, ("billers", 14.0): 5, ("menders", 9.0): 4, ("both", 10.0): 3}
    off = {person.group: person.days_off for person in persons}
    assert off == {"billers": (2, 3, 4, 5, 6), "menders": (1, 3, 4, 5, 6), "both": (0, 1, 2, 3, 5, 6)}


def test_each_skill_is_spread_evenly_over_the_starts(persons_of):
    """6 people of SK01 and 4 of SK03 on two starts of 5: 3 and 2 on each, whatever the chance."""
    for seed in range(5):
        _, persons = persons_of(seed=seed)
        found = collections.Counter((first_skill(p), p.start / 3600) for p in persons if p.group == "billers")
        assert found == {("SK01", 8.0): 3, ("SK01", 14.0): 3, ("SK03", 8.0): 2, ("SK03", 14.0): 2}


def test_people_of_a_queue_that_no_pattern_names_share_all_of_them(persons_of):
    patterns = '\npatterns = [{ queue = "bills", start = "08:00", days = ["mon"], heads = 1 }]\n'
    _, persons = persons_of(BASE + patterns)
    assert {person.start for person in persons} == {8 * 3600.0}


def test_roster_rows_follow_the_pattern(persons_of):
    """Menders: Monday 9:00 to 15:00 with a break at 10:45, Wednesday 12:00 to 18:00, break at 13:45; both: 4 hours."""
    scenario, persons = persons_of()
    roster = Roster(scenario, persons, 1)
    mender = next(person.number for person in persons if person.group == "menders")
    both = next(person.number for person in persons if person.group == "both")

    def hours(day, who, kind):
        rows = roster.day(day, day)
        return [(row.at - day * 86400) / 3600 for row in rows[(rows.who == who) & (rows.kind == kind)]]

    for day, start in ((0, 9.0), (2, 12.0)):
        assert hours(day, mender, Event.SHIFT_START) == [start]
        assert hours(day, mender, Event.SHIFT_END) == [start + 6]
        assert hours(day, mender, Event.BREAK) == [start + 1.75]
    assert hours(1, mender, Event.SHIFT_START) == []
    assert hours(4, both, Event.SHIFT_END) == [14.0]
    assert hours(4, both, Event.BREAK) == [12.0]  # every 2 h of 4: one, as nobody rests at the end


def test_one_pattern_says_the_same_as_one_start(persons_of):
    """Everybody from 8:00, Monday to Sunday, by shares and by a pattern: the same rows."""
    every = '["mon", "tue", "wed", "thu", "fri", "sat", "sun"]'
    _, by_share = persons_of(BASE + '\nstarts = { "08:00" = 1.0 }\n')
    scenario, by_pattern = persons_of(BASE + f'\npatterns = [{{ start = "08:00", days = {every}, heads = 1 }}]\n')
    shares = load_scenario_of(scenario, {"patterns": [], "starts": {"08:00": 1.0}})
    for day in range(7):
        assert np.array_equal(Roster(scenario, by_pattern, 1).day(day, day), Roster(shares, by_share, 1).day(day, day))


def load_scenario_of(scenario, changes):
    shift = scenario.shifts["day"].model_copy(update=changes)
    return scenario.model_copy(update={"shifts": {"day": shift}})
