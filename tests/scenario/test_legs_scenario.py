"""Legs in a scenario file: shares in short, each mistake told in one sentence, and told in words."""

import pytest

from twin.errors import ScenarioError
from twin.scenario.explain import explain_lines
from twin.scenario.load import load, load_scenario

LAW = '{ law = "constant", value = "30 s" }'
TRANSFER = 'kind = "transfer"\nshare = 0.2\nskills = ["SK02"]\nat = 0.5'
WARM = f'kind = "warm_transfer"\nshare = 0.2\nskills = ["SK02"]\nat = 0.5\nlimit = "60 s"\nbriefing = {LAW}'
ESCALATION = f'kind = "escalation"\nshare = 1.0\nskills = ["SK02"]\ntalk = {LAW}\nunresolved = true'
UP = ESCALATION.replace('"SK02"', '"SK01"')


def written(write, *legs):
    return write(("[run]", "".join(f"[[legs]]\n{leg}\n" for leg in legs) + "[run]"))


def test_one_share_holds_for_every_match(write):
    legs = load_scenario(written(write, TRANSFER, TRANSFER.replace("0.2", "{ none = 0.4 }"))).legs
    assert legs[0].share.model_dump() == {"primary": 0.2, "secondary": 0.2, "none": 0.2}
    assert legs[1].share.model_dump() == {"primary": 0.0, "secondary": 0.0, "none": 0.4}


@pytest.mark.parametrize(("leg", "effect"), [(TRANSFER, -0.14), (WARM, -0.14), (ESCALATION, 0.0)])
def test_a_transfer_costs_resolution_unless_told_otherwise(write, leg, effect):
    own = leg + "\nfcr_change = -0.2"
    assert [leg.fcr_effect for leg in load_scenario(written(write, leg, own.replace("1.0", "0.0"))).legs] == [
        effect,
        -0.2,
    ]


MISTAKES = {
    "unknown kind": ([TRANSFER.replace("transfer", "handoff")], "legs[0].kind is 'handoff', must be one of transfer"),
    "unknown skill": ([TRANSFER.replace("SK02", "SK9")], "legs[0].skills[0] is 'SK9', must be one of SK01, SK02"),
    "no skill": ([TRANSFER.replace('"SK02"', "")], "legs[0].skills is empty, must name at least one skill"),
    "unknown queue": ([TRANSFER + '\nqueue = "x"'], "legs[0].queue is 'x', must be standard"),
    "unknown intent": ([TRANSFER + '\nintents = ["x"]'], "legs[0].intents is 'x', must be one of bill, fault"),
    "unknown match": ([TRANSFER.replace("0.2", "{ third = 0.4 }")], "legs[0].share.third is not a known key"),
    "share above 1": ([TRANSFER.replace("0.2", "1.2")], "must be between 0 and 1"),
    "shares above 1": (
        [TRANSFER.replace("0.2", "0.7"), WARM.replace("0.2", "{ none = 0.6 }")],
        "legs[1].share is too much: with the legs before it 1.3 of the talks about bill (none), must be at most 1",
    ),
    "no limit": ([WARM.replace('limit = "60 s"', "")], "legs[0].limit is missing, must be given where kind is 'warm"),
    "limit of a cold transfer": (
        [TRANSFER + '\nlimit = "9 s"'],
        "legs[0].limit has no meaning where kind is 'transfer'",
    ),
    "no briefing": ([WARM.replace(f"briefing = {LAW}", "")], "legs[0].briefing is missing, must be given where kind"),
    "briefing of a cold transfer": ([f"{TRANSFER}\nbriefing = {LAW}"], "legs[0].briefing has no meaning where kind is"),
    "talk of an expert": (
        [WARM.replace("warm_transfer", "consultation") + f"\ntalk = {LAW}"],
        "legs[0].talk has no meaning where kind is 'consultation', must be left out",
    ),
    "consultation at the end": (
        [WARM.replace("warm_transfer", "consultation").replace("at = 0.5", "")],
        "legs[0].at is 1 (the end of the talk), must be below 1",
    ),
    "unresolved transfer": ([TRANSFER + "\nunresolved = true"], "legs[0].unresolved is true, must be false where kind"),
    "two instants": ([f"{TRANSFER}\nafter = {LAW}"], "legs[0].after is given beside at, must be left out"),
    "unresolved half-way": ([ESCALATION + "\nat = 0.5"], "legs[0].at has no meaning where unresolved is true"),
    "nothing left": ([TRANSFER.replace("at = 0.5", "")], "legs[0].talk is missing, must be given where the leg begins"),
    "tier out of reach": (
        [ESCALATION, UP + "\ntier = 3"],
        "legs[1].tier is 3, must be reached by an escalation of tier 2",
    ),
    "tier of other intents": (
        [ESCALATION + '\nintents = ["bill"]', UP + '\ntier = 2\nintents = ["fault"]'],
        "legs[1].tier is 2, must be reached by an escalation of tier 1 of the same intents",
    ),
}


@pytest.mark.parametrize(("legs", "sentence"), MISTAKES.values(), ids=MISTAKES.keys())
def test_wrong_leg_is_told(write, legs, sentence):
    with pytest.raises(ScenarioError) as told:
        load_scenario(written(write, *legs))
    assert len(told.value.problems) == 1
    assert sentence in told.value.problems[0]


def test_skill_of_a_leg_that_nobody_holds_is_told(write):
    path = written(write, TRANSFER.replace("SK02", "SK03"))
    path.write_text(path.read_text() + "\n[skills.SK03]\n")
    with pytest.raises(ScenarioError) as told:
        load_scenario(path)
    assert "skills.SK03 is held by no operator" in told.value.problems[0]


def test_legs_are_told_in_words(write):
    words = "\n".join(explain_lines(load(written(write, TRANSFER + '\nintents = ["bill"]', WARM, ESCALATION))))
    assert "Of the talks about bill, 20 % are transferred to skill SK02, after 50 % of the talk." in words
    assert (
        "stays until then, to skill SK02, after 50 % of the talk; without one within 1 min he goes on alone." in words
    )
    assert "Of the talks that did not resolve the matter, 100 % go up to skill SK02, at the end of the talk." in words
