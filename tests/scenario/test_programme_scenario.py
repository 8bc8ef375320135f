"""Self service at night, improvement, knowledge, profiles, interviews, redemption: what is refused, and words."""

import pytest

from twin.errors import ScenarioError
from twin.scenario.explain import explain_lines
from twin.scenario.load import load, load_scenario


@pytest.mark.parametrize(
    ("name", "changes", "sentence"),
    [
        (
            "187-as-is",
            {"interviews": {"reach": 0.5, "consent": 0.5}},
            "interviews stands beside demand.kind 'customers', must stand beside 'volume'",
        ),
        (
            "one-call",
            {"self_service": {"share_an_hour": 0.01}},
            "self_service is given, must stand beside [ivr]: the menu is what serves",
        ),
        (
            "ecare-360",
            {"self_service.opens": "09:00", "self_service.closes": "08:00"},
            "self_service.closes is 08:00, must be after opens, 09:00",
        ),
        ("ecare-360", {"opening.closing": "cut"}, "self_service stands beside opening.closing 'cut'"),
        ("ecare-360", {"limits.trunks": 50}, "self_service stands beside limits.trunks, must be one or the other"),
        (
            "poste-unified",
            {f"intents.{name}.containment": 0.0 for name in ("mail", "parcels", "accounts", "cards", "digital")},
            "self_service serves nobody, must stand beside an intent with containment above 0",
        ),
        ("ecare-360", {"improvement.first": ["bills"]}, "improvement.first[0] is 'bills'"),
        (
            "one-call",
            {"campaigns.welcome.learnt": 0.1},
            "campaigns.welcome.learnt is 0.1, must be 0 without redemption",
        ),
        (
            "one-call",
            {"campaigns.critical.learnt": 0.8},
            "campaigns.critical.learnt is 0.8, must be at most 0.68, what redemption leaves",
        ),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(name, changes, sentence):
    with pytest.raises(ScenarioError) as caught:
        load_scenario(name, changes)
    assert sentence in str(caught.value)


def test_interviews_need_satisfaction(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        "[demand]\nkind = 'volume'\na_day = 100\nmix = { call = 1.0 }\nhour_shares = { 09 = 1.0 }\n"
        "[intents.call]\ntalk = { law = 'exponential', mean = '3 min' }\n[skills.a]\n[queues.q]\n"
        "[[routes]]\nqueue = 'q'\nskills = ['a']\n[groups.g]\ncount = 2\nskills = { a = 'primary' }\n"
        "[interviews]\nreach = 0.5\nconsent = 0.5\n"
    )
    with pytest.raises(ScenarioError, match=r"interviews asks for satisfaction, must stand beside \[satisfaction\]"):
        load_scenario(path)


def test_they_are_told_in_words():
    said = " ".join(explain_lines(load("ecare-360")))
    for words in (
        "The menu serves every day from 00:00 to 24:00",
        "Every 91 days the matter with most repeats is put right (billing first): 15 % of its contacts no longer come",
        "A knowledge base covers 60 % of each matter at first",
        "for a grade from 0 to 9",
        "25 % of those spoken with agree, up to 35 % as the list learns",
        "a new list every 28 days",
        "They come from 500,000 customers",
    ):
        assert words in said
    assert "85 % of 2,000,000 profiles are complete at first" in " ".join(explain_lines(load("poste-unified")))
    assert "Of the matters not settled operators notice 94 %" in " ".join(explain_lines(load("one-call")))
    assert "On the first day 5 % of them are there" in " ".join(explain_lines(load("ecare-launch")))
