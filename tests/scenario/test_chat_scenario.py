"""Chats in a scenario file: each mistake is told in one sentence, and what is right is explained."""

import pytest

from twin.errors import ScenarioError
from twin.scenario.explain import explain_lines
from twin.scenario.load import load, load_scenario

FAULT = '[intents.fault]\ntalk = { law = "exponential", mean = "470 s" }'
CHATS = (FAULT, f'{FAULT}\nchannel = "chat"')
RULE = ("[run]", "[chat]\nslowdown = 0.4\n[run]")
OLD = "[groups.old]\ncount = 20"


def changed(old, new):
    return [CHATS, RULE, (old, new)]


MISTAKES = {
    "a channel that is none": (
        [(FAULT, f'{FAULT}\nchannel = "smoke"')],
        "intents.fault.channel is 'smoke', must be",
    ),
    "a chat without the rule": ([CHATS], "intents.fault.channel is 'chat', must not be so without [chat]"),
    "a group without the rule": (
        [(OLD, f"{OLD}\nchats = 2")],
        "groups.old.chats is 2, must not be given without [chat]",
    ),
    "the rule without a chat": ([RULE], "chat is given, but no intent is a chat, must stand beside one"),
    "no slowdown": ([CHATS, ("[run]", "[chat]\nat_once = 3\n[run]")], "chat.slowdown is missing"),
    "a slowdown below 0": (
        [CHATS, ("[run]", "[chat]\nslowdown = -0.1\n[run]")],
        "chat.slowdown is -0.1, must be",
    ),
    "nobody at once": (
        [CHATS, ("[run]", "[chat]\nslowdown = 0.1\nat_once = 0\n[run]")],
        "chat.at_once is 0, must be",
    ),
    "an unknown preference": (
        [CHATS, ("[run]", '[chat]\nslowdown = 0.1\nprefer = "lazy"\n[run]')],
        "chat.prefer is 'lazy', must be",
    ),
    "none at once in a group": (changed(OLD, f"{OLD}\nchats = 0"), "groups.old.chats is 0, must be"),
    "wrap-up": (
        changed(f'{FAULT}\nchannel = "chat"', f'{CHATS[1]}\nwrap = {{ law = "constant", value = "9 s" }}'),
        "intents.fault.wrap is given for a chat, must be left out: what is written up is part of its talk",
    ),
    "containment": (
        changed(
            f'{FAULT}\nchannel = "chat"',
            f'{CHATS[1]}\ncontainment = 0.2\n[ivr.navigation]\nlaw = "constant"\nvalue = "9 s"',
        ),
        "intents.fault.containment is 0.2, must be 0 for a chat, which does not go through the IVR",
    ),
    "a group that has no chats": (
        [
            CHATS,
            RULE,
            ("[[routes]]", '[[routes]]\nintents = ["bill"]'),
            (
                'intents = ["fault"]\nqueue = "standard"\nskills = ["SK02", "SK01"]',
                'intents = ["fault"]\nqueue = "standard"\nskills = ["SK02"]',
            ),
            ("[groups.young]\ncount = 20", "[groups.young]\ncount = 20\nchats = 3"),
        ],
        "groups.young.chats is 3, must be left out, for the group has no skill of a route for chats",
    ),
    "a head count": (
        changed('count = 20\nshift = "day"\nskills', "count = 20\nhead_count = [9,9,9,9,9,9,9,9,9,9,9,9]\nskills"),
        "groups.young.head_count is given for operators who may answer chats, must be left out",
    ),
    "legs": (
        changed("[run]", '[[legs]]\nkind = "transfer"\nshare = 0.1\nskills = ["SK02"]\nat = 0.5\n[run]'),
        "legs[0].intents covers fault, a chat, must name others: chats stay with one operator",
    ),
    "rules of waiting": (
        changed("[run]", "[waiting.announcement]\nbalk = 0.1\n[run]"),
        "queues.standard has rules of waiting and a route for chats, must have a queue of its own for them",
    ),
    "owners": (
        changed("[run]", '[routing]\nowner_wait = "30 s"\n[run]'),
        "chat stands beside routing.owner_wait, must be one or the other",
    ),
    "expected waits": (
        changed("[run]", '[[routing.stages]]\nlevel = 1\n[[routing.stages]]\nexpected_wait = "30 s"\n[run]'),
        "chat stands beside stages with expected_wait, must be one or the other",
    ),
    "a reserve": (
        changed("[run]", '[priorities.all.reserve]\nshare = 0.1\nguarantee = "60 s"\n[run]'),
        "chat stands beside priorities with a reserve, must be one or the other",
    ),
    "a credit": (
        changed("[run]", '[[priorities.all.credit]]\nwait = "9 s"\npoints = 1.0\n[run]'),
        "chat stands beside priorities with a credit, must be one or the other",
    ),
    "another contact rule": (
        changed("[run]", '[routing]\ncontact_rule = "longest_queue"\n[run]'),
        "chat stands beside routing.contact_rule longest_queue, must be one or the other",
    ),
    "thresholds": (
        changed('["SK02", "SK01"]', '["SK02", { skill = "SK01", idle_above = 2 }]'),
        "chat stands beside stages with thresholds, must be one or the other",
    ),
}


@pytest.mark.parametrize(("changes", "sentence"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_rule_that_cannot_be_is_told_in_one_sentence(write, changes, sentence):
    with pytest.raises(ScenarioError) as caught:
        load_scenario(write(*changes))
    assert [problem for problem in caught.value.problems if sentence in problem], caught.value.problems
    assert len(caught.value.problems) == 1, caught.value.problems


def test_chats_may_stand_beside_control_written_work_legs_and_rules_of_waiting(write, valid_text):
    """The last route takes every chat: rules of waiting hold in the other queue."""
    text = (
        '[chat]\nslowdown = 0.4\n[control.overtime]\nover = { waiting = 1.0 }\nat_most = "1 h"\n'
        '[[legs]]\nintents = ["bill"]\nkind = "transfer"\nshare = 0.1\nskills = ["SK02"]\nat = 0.5\n'
        "[queues.standard.waiting.announcement]\nbalk = 0.1\n[queues.talks]\n"
        '[[routes]]\nintents = ["fault"]\nqueue = "talks"\nskills = ["SK02"]\n'
        '[intents.letter]\nchannel = "letter"\nanswer_by = "1 day"\ntalk = { law = "constant", value = "9 min" }\n'
    )
    loaded = load_scenario(write(CHATS, text=f"{valid_text}\n{text}"))
    assert {intent.channel for intent in loaded.intents.values()} == {"phone", "chat", "letter"}


def test_a_trace_is_of_contacts_side_by_side(write, tmp_path):
    trace = 'kind = "trace"\nfile = "calls.csv"\n'
    text = write(CHATS, RULE).read_text()
    begin, end = text.index('kind = "rates"'), text.index("[intents.bill]")
    path = tmp_path / "replay.toml"
    path.write_text(text[:begin] + trace + text[end:])
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    assert any("chat stands beside a trace, whose lengths" in problem for problem in caught.value.problems)


def test_what_a_file_says_of_chats_is_explained(write):
    rule = ("[run]", '[chat]\nat_once = 3\nslowdown = "0.4"\nprefer = "busy"\n[run]'.replace('"0.4"', "0.4"))
    text = " ".join(explain_lines(load(write(CHATS, rule, (OLD, f"{OLD}\nchats = 1")))))
    assert (
        "fault: an operator has up to 3 chats at once (old 1); each further one makes all of them 40 % longer." in text
    )
    assert "A chat goes to the operator in chats who has fewest" in text
    assert "who is in a chat gets no calls" in text


def test_without_slowdown_that_is_said(write):
    text = " ".join(explain_lines(load(write(CHATS, ("[run]", "[chat]\nslowdown = 0.0\n[run]")))))
    assert "up to 2 chats at once; they do not slow each other down" in text
    assert "A chat goes to an idle operator first" in text


def test_without_chats_nothing_is_said_of_them(write):
    assert "chat" not in " ".join(explain_lines(load(write())))
