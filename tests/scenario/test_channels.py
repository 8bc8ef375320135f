"""Channels and blending: each mistake is told in one sentence, and `twin show` says what holds."""

import re

import pytest

from twin.errors import ScenarioError
from twin.scenario.explain import explain_lines
from twin.scenario.load import load, load_scenario

MAIL = '[intents.fault]\nchannel = "e-mail"\nanswer_by = "1 day"'

IVR = '[ivr]\nnavigation = { law = "constant", value = "9 s" }\n[run]'

LEG = '[[legs]]\nkind = "transfer"\nshare = 0.1\nskills = ["SK02"]\nat = 0.5\n'
CONFERENCE = LEG.replace("transfer", "conference") + 'limit = "1 min"\n'
OUTAGE = '[[control.outages]]\nwhat = "slow"\nfactor = 1.2\nat = "10:00"\nlength = "1 h"\n'
CREDIT = '[priorities.all]\ncredit = [{ wait = "10 s", points = 5.0 }]\n'
PREFERS = "[groups.young.prefers]\nstandard = 1\n"

MISTAKES = {
    "unknown channel": (
        [("[intents.fault]", '[intents.fault]\nchannel = "fax"')],
        "intents.fault.channel is 'fax', must be one of phone, chat, e-mail, letter, desk, outbound",
    ),
    "no deadline": (
        [("[intents.fault]", '[intents.fault]\nchannel = "e-mail"')],
        "intents.fault.answer_by is missing, must be given where channel is 'e-mail'",
    ),
    "deadline of a call": (
        [("[intents.fault]", '[intents.fault]\nanswer_by = "1 day"')],
        "intents.fault.answer_by is given, must be left out unless channel is one of e-mail, letter, desk",
    ),
    "patience of a mail": (
        [("[intents.fault]", MAIL + '\npatience = { law = "constant", value = "1 h" }')],
        "intents.fault.patience is given, must be left out where channel is 'e-mail'",
    ),
    "menu for a mail": (
        [("[intents.fault]", MAIL + "\ncontainment = 0.2"), ("[run]", IVR)],
        "intents.fault.containment is 0.2, must be 0 where channel is 'e-mail': there is no menu",
    ),
    "call that may be interrupted": (
        [("[intents.fault]", "[intents.fault]\ninterruptible = true")],
        "intents.fault.interruptible is given, must be left out unless channel is one of e-mail, letter, desk",
    ),
    "time to resume what is never put down": (
        [("[intents.fault]", MAIL + '\nresume_time = "30 s"')],
        "intents.fault.resume_time is 30 s, must be 0 s unless interruptible is true",
    ),
    "a writer kept on hold": (
        [("[intents.fault]", MAIL), ("[run]", CONFERENCE + "[run]")],
        "legs[0].intents covers fault, whose channel is 'e-mail', must name others where kind is 'conference'",
    ),
    "interruption by rank": (
        [("[intents.fault]", MAIL + "\ninterruptible = true"), ("[run]", '[blending]\ndeferred = "by_rank"\n[run]')],
        "intents.fault.interruptible is true, must be false where blending.deferred is 'by_rank'",
    ),
    "unknown order": (
        [("[run]", '[blending]\ndeferred = "first"\n[run]')],
        "blending.deferred is 'first', must be one of after_live, by_rank",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_in_one_sentence(write, mistake):
    changes, sentence = MISTAKES[mistake]
    with pytest.raises(ScenarioError) as error:
        load_scenario(write(*changes))
    assert sentence in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def test_work_may_stand_beside_legs_control_and_other_rules(write):
    path = write(("[intents.fault]", MAIL), ("[run]", LEG + OUTAGE + CREDIT + PREFERS + "[run]"))
    assert load_scenario(path).legs[0].intents is None


def words(path):
    return "\n".join(explain_lines(load(path)))


def test_show_tells_of_mails(write):
    told = words(write(("[intents.fault]", MAIL)))
    assert "fault comes by e-mail, due within 1 day." in told
    assert "Work on fault is taken up when no live contact waits for an operator." in told
    assert "Other channels" not in words(write())


def test_show_tells_of_interruption(write):
    told = words(write(("[intents.fault]", MAIL + "\ninterruptible = true")))
    assert "Work on fault is put down for a live contact and resumed by whoever has time first." in told


# ---- campaigns ------------------------------------------------------------------------------------------------------

CAMPAIGN = """
[intents.sales]
talk = { law = "exponential", mean = "3 min" }
channel = "outbound"

[campaigns.list]
intent = "sales"
count = 500
mode = "predictive"
reach = 0.4
ring_time = { law = "constant", value = "15 s" }
attempts = 3
retry_delay = { law = "constant", value = "2 h" }
opens = "09:00"
closes = "18:00"
nuisance_cap = "3 %"
most_dials = 3.0

[shifts.day]"""

BAD_CAMPAIGNS = {
    "unknown intent": (
        'intent = "sales"',
        'intent = "fault"',
        "campaigns.list.intent is 'fault', must be one of sales",
    ),
    "hours": ('closes = "18:00"', 'closes = "08:00"', "campaigns.list.closes is 08:00, must be after opens, 09:00"),
    "too few hours": ("reach = 0.4", "reach = [0.4, 0.5]", "campaigns.list.reach has 2 values, must have 24"),
    "no cap": (
        'nuisance_cap = "3 %"',
        "",
        "campaigns.list.nuisance_cap is missing, must be given where mode is 'predic",
    ),
    "no preview": (
        '"predictive"',
        '"preview"',
        "campaigns.list.preview_time is missing, must be given where mode is 'prev",
    ),
    "idle cap": (
        '"predictive"',
        '"progressive"',
        "campaigns.list.most_dials is given, must be left out unless mode is",
    ),
    "no delay": (
        "attempts = 3",
        "attempts = 1",
        "campaigns.list.retry_delay is given, must be left out unless attempts",
    ),
    "no numbers": ("count = 500", "count = 0", "campaigns.list.count is 0, must be at least 1"),
    "patience": (
        'channel = "outbound"',
        'channel = "outbound"\npatience = { law = "constant", value = "9 s" }',
        "intents.sales.patience is given, must be left out where channel is 'outbound'",
    ),
    "resolution": ('channel = "outbound"', 'channel = "outbound"\nfcr = 0.5', "intents.sales has containment or fcr"),
}


@pytest.mark.parametrize("mistake", BAD_CAMPAIGNS)
def test_a_mistake_in_a_campaign_is_told(write, mistake):
    old, new, sentence = BAD_CAMPAIGNS[mistake]
    assert old in CAMPAIGN
    with pytest.raises(ScenarioError, match=re.escape(sentence)):
        load_scenario(write(("[shifts.day]", CAMPAIGN.replace(old, new, 1))))


def test_outbound_calls_have_no_rate_and_need_a_route(write):
    with pytest.raises(ScenarioError, match="must be called by a campaign instead"):
        load_scenario(write(("[shifts.day]", CAMPAIGN), ("rates.bill", 'rates.sales = "1 /h"\nrates.bill')))
    first = (
        '[[routes]]\nqueue = "standard"\nskills = ["SK01"]',
        '[[routes]]\nintents = ["bill"]\nqueue = "standard"\nskills = ["SK01"]',
    )
    with pytest.raises(ScenarioError, match=re.escape("intents.sales has no route for its campaign")):
        load_scenario(write(("[shifts.day]", CAMPAIGN), first))
    sited = ('skills = ["SK01"]', 'skills = ["SK01"]\nsites = { in-house = 1.0 }')
    with pytest.raises(ScenarioError, match=re.escape("intents.sales has a route with sites, must have one without")):
        load_scenario(write(("[shifts.day]", CAMPAIGN), sited))


def test_show_tells_of_campaigns(write):
    told = words(write(("[shifts.day]", CAMPAIGN)))
    assert "500 numbers are called about sales (predictive), 09:00 to 18:00, each up to 3 times." in told
    assert "It rings always 15 s; 40 % of the dials are answered." in told
    assert "The pace aims at no more than 3 % nuisance calls." in told
