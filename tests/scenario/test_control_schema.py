"""The day's control in a scenario: what is refused, what `twin show` says, and which rows of the roster it becomes."""

import numpy as np
import pytest

from twin.errors import ScenarioError
from twin.kernel.codes import Event
from twin.people.control_plan import ControlPlan
from twin.scenario.explain import explain_lines
from twin.scenario.load import load, load_scenario

DAY, HOUR = 86400.0, 3600.0
BREAKS = '[shifts.day]\nbreaks = { every = "2 h", length = "10 min" }'
LOAN = (
    '[[control.loans]]\ngroup = "young"\ncount = 5\nskills = { SK02 = "secondary" }\nbegins = "10:00"\nends = "12:00"'
)
RULE = (
    '[[control.loan_rules]]\ngroup = "old"\ncount = 2\nat_most = 6\nskills = { SK01 = "primary" }\nqueue = "standard"\n'
    'above = "1 min"\nbelow = "20 s"\nidle_share = 0.2'
)
SITE = '[[control.outages]]\nwhat = "site"\nsite = "in-house"\nat = "11:00"\nlength = "1 h"\nday = 1'
CHANCE = (
    '[[control.outages]]\nwhat = "slow"\nfactor = 1.3\nbetween = { law = "exponential", mean = "2 days" }\n'
    'repair = { law = "constant", value = "1 h" }'
)
LEAVE = '[[control.early_leave]]\ngroup = "old"\nidle_share = 0.5'
OVERTIME = '[control.overtime]\nover = { waiting = 0.5 }\nat_most = "30 min"'
WRAP = '[control.wrap]\nover = { expected_wait = "1 min" }\nfactor = 0.5'
MOVED = '[control.breaks]\nover = { waiting = 1 }\nlimit = "1 h"\nat_once = 2'
PAUSE = (
    '[[control.campaign_pauses]]\nqueue = "standard"\nabove = "1 min"\ndown_to = "20 s"\nwaiting_above = 9\n'
    'every = "5 min"'
)
CAMPAIGN = (
    '[intents.sales]\nchannel = "outbound"\ntalk = { law = "constant", value = "1 min" }\n'
    '[campaigns.list]\nintent = "sales"\ncount = 9\nmode = "progressive"\nreach = 0.5\n'
    'ring_time = { law = "constant", value = "9 s" }\nopens = "10:00"\ncloses = "12:00"\n'
)
MISTAKES = {
    "nothing to stop": (PAUSE, "control.campaign_pauses[0] stops campaigns, but there are none, must stand beside"),
    "unknown campaign": (
        CAMPAIGN + PAUSE + '\ncampaigns = ["lost"]',
        "control.campaign_pauses[0].campaigns[0] is 'lost', which is no campaign, must be one of list",
    ),
    "unknown load": (
        CAMPAIGN + PAUSE.replace("standard", "gold"),
        "control.campaign_pauses[0].queue is 'gold', which is no queue",
    ),
    "stops nothing": (
        CAMPAIGN + '[[control.campaign_pauses]]\nqueue = "standard"',
        "control.campaign_pauses[0] stops nothing, must have above, waiting_above, or both",
    ),
    "goes on above": (
        CAMPAIGN + PAUSE.replace("20 s", "2 min"),
        "control.campaign_pauses[0].down_to is 2 min, must be at most above, 1 min",
    ),
    "goes on from nowhere": (
        CAMPAIGN + PAUSE.replace("waiting_above", "waiting_down_to"),
        "control.campaign_pauses[0].waiting_down_to is 9, must be left out without waiting_above",
    ),
    "looked at without a break": (
        CAMPAIGN + PAUSE.replace("5 min", "0.5 s"),
        "control.campaign_pauses[0].every is 0.5 s, must be at least 1 s",
    ),
    "no load": (WRAP.replace('expected_wait = "1 min"', ""), "control.wrap.over needs waiting"),
    "no cut": (WRAP.replace("factor = 0.5", ""), "control.wrap cuts nothing short, must have a factor below 1"),
    "breaks of nobody": (MOVED, "control.breaks moves breaks, but no shift has any"),
    "breaks not moved": ("[control.breaks]", "control.breaks puts nothing off, must have over, at_once, or both"),
    "unknown lender": (LOAN.replace("young", "yung"), "control.loans[0].group is 'yung', which is no group"),
    "unknown skill": (
        LOAN.replace("SK02", "SK9"),
        "control.loans[0].skills.SK9 is 'SK9', which is no skill of a route",
    ),
    "too many": (LOAN.replace("count = 5", "count = 21"), "control.loans[0].count is 21, must be at most 20"),
    "ends too soon": (LOAN.replace("12:00", "09:00"), "control.loans[0].ends is 09:00, must be after begins, 10:00"),
    "unknown borrower": (RULE.replace("standard", "gold"), "control.loan_rules[0].queue is 'gold', which is no queue"),
    "no hysteresis": (
        RULE.replace("20 s", "2 min"),
        "control.loan_rules[0].below is 2 min, must be at most above, 1 min",
    ),
    "less than once": (
        RULE.replace("at_most = 6", "at_most = 1"),
        "control.loan_rules[0].at_most is 1, must be at least",
    ),
    "too often": (RULE + '\nevery = "1 ms"', "control.loan_rules[0].every is 0.001 s, must be at least 1 s"),
    "unknown site": (SITE.replace("in-house", "rome"), "control.outages[0].site is 'rome', which is no site"),
    "no site": (
        SITE.replace('site = "in-house"\n', ""),
        "control.outages[0].site is missing, must be given where what is",
    ),
    "no factor": (CHANCE.replace("factor = 1.3\n", ""), "control.outages[0].factor is missing"),
    "strange key": (SITE + "\nlines = 3", "control.outages[0].lines is 3, must not be given where what is 'site'"),
    "no length": (SITE.replace('length = "1 h"\n', ""), "control.outages[0] must have at and length, or between and"),
    "two days": (SITE + '\ndate = "2013-03-04"', "control.outages[0] has both date and day"),
    "a day by chance": (CHANCE + "\nday = 2", "control.outages[0] has a day and between"),
    "no ivr": (SITE.replace('"site"\nsite = "in-house"', '"ivr"'), "control.outages[0].what is 'ivr', must not be so"),
    "no trunks": (
        SITE.replace('"site"\nsite = "in-house"', '"lines"\nlines = 3'),
        "control.outages[0].what is 'lines', must not be so without limits.trunks",
    ),
    "two rules": (f"{LEAVE}\n{LEAVE}", "control.early_leave[1].group is 'old', must not have two rules"),
    "unknown leaver": (LEAVE.replace("old", "odd"), "control.early_leave[0].group is 'odd', which is no group"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told(write, valid_text, name):
    text, sentence = MISTAKES[name]
    with pytest.raises(ScenarioError) as error:
        load_scenario(write(text=f"{valid_text}\n{text}\n"))
    assert any(sentence in problem for problem in error.value.problems), error.value.problems


@pytest.fixture
def whole(write, valid_text):
    rules = "\n".join([LOAN, RULE, SITE, CHANCE, LEAVE, OVERTIME, WRAP, MOVED, CAMPAIGN, PAUSE])
    text = valid_text.replace("[shifts.day]", BREAKS, 1)
    return load(write(text=f"{text}\n{rules}\n"))


def test_the_rules_are_told_in_words(whole):
    lines = "\n".join(explain_lines(whole))
    for sentence in (
        "While the expected wait is above 1 min, wrap-up is cut to 50 %; the rest is left out.",
        "Breaks are put off while more than 1 wait for each operator on duty, by 1 h at most, and caught up later.",
        "At most 2 in each team are on a break at a time.",
        "5 operators of young answer SK02 (secondary) from 10:00 to 12:00 every day.",
        "2 operators of old answer SK01 (primary) when the expected wait of queue standard is above 1 min and more "
        "than 20 % of them are idle, 6 in all; they return when it is below 20 s, looked at every 5 min.",
        "Site in-house is down, talks in progress are finished: on day 1 from 11:00 for 1 h.",
        "Talk and wrap-up take 1.3 times as long everywhere: time between failures exponential with mean 2 days, "
        "repair always 1 h.",
        "While more than 50 % of old are idle, up to 1 go home early every 15 min.",
        "Campaigns dial nobody from when in queue standard the expected wait is above 1 min or more than 9 wait until "
        "it is at most 20 s and at most 9 wait, looked at every 5 min.",
        "Operators stay up to 30 min after their shift while more than 0.5 wait for each operator on duty.",
    ):
        assert sentence in lines


def test_looks_at_a_pause_are_rows_from_opening_to_closing(whole):
    """Twelve hours, every five minutes; when the doors close, campaigns go on."""
    rows = ControlPlan(whole.scenario, 1).rows(1, 1, (8 * HOUR, 20 * HOUR), True)
    looks = [row[0] - DAY for row in rows if row[1] == Event.PAUSE_CHECK]
    assert looks == [8 * HOUR + 300.0 * i for i in range(144)]
    assert [row for row in rows if row[1] == Event.PAUSE_END] == [(DAY + 20 * HOUR, int(Event.PAUSE_END), 0, 0.0)]


def test_loans_and_outages_become_rows_of_their_day(whole):
    plan = ControlPlan(whole.scenario, 1)
    by_clock = {int(Event.LOAN_BEGIN), int(Event.LOAN_END), int(Event.OUTAGE_BEGIN), int(Event.OUTAGE_END)}
    days = [
        [row for row in plan.rows(day, day, (8 * HOUR, 20 * HOUR), True) if row[1] in by_clock and row[2] == 0]
        for day in range(2)
    ]
    assert [(row[0] / HOUR, Event(row[1]).name) for row in days[0]] == [(10.0, "LOAN_BEGIN"), (12.0, "LOAN_END")]
    assert [(row[0] / HOUR - 24, Event(row[1]).name) for row in days[1]] == [
        (10.0, "LOAN_BEGIN"), (12.0, "LOAN_END"), (11.0, "OUTAGE_BEGIN"), (12.0, "OUTAGE_END"),
    ]  # fmt: skip


def test_failures_by_chance_are_keyed_and_never_overlap(whole):
    def failures(seed):
        plan = ControlPlan(whole.scenario, seed)
        rows = [row for day in range(400) for row in plan.rows(day, day % 7, None, False)]
        return np.array([row[0] for row in rows if row[2] == 1 and row[1] in (Event.OUTAGE_BEGIN, Event.OUTAGE_END)])

    times = failures(1)
    assert (np.diff(times) > 0).all()
    assert times[1::2] - times[::2] == pytest.approx(HOUR)
    assert len(times) / 2 == pytest.approx(400 / (2 + 1 / 24), rel=0.2)
    assert np.array_equal(times, failures(1))
    assert not np.array_equal(times[:4], failures(2)[:4])
