"""Proactive contact and life stages in scenario files: one sentence for each mistake, and what is right in words."""

import pytest

from twin.errors import ScenarioError
from twin.people.states import LifeEvent, Mark, Prompt
from twin.scenario.explain import explain_lines
from twin.scenario.lives_schema import EVENTS
from twin.scenario.load import load, load_scenario
from twin.scenario.proactive_schema import MARKS

WIND = "wind-multichannel"
KIND = "proactive.messages"
MISTAKES = {
    "closes first": ({"proactive.closes": "08:00"}, "proactive.closes is 08:00, must be after opens, 09:00"),
    "unknown event": (
        {f"{KIND}.welcome.events": ["activate"]},
        f"{KIND}.welcome.events[0] is 'activate', is not known, did you mean activated",
    ),
    "no event": ({f"{KIND}.welcome.events": []}, f"{KIND}.welcome.events has 0 values, must have at least 1"),
    "unknown product": (
        {f"{KIND}.line-date.products": ["FTTH"]},
        f"{KIND}.line-date.products[0] is 'FTTH', must be one of NIP, ADSL, ULL",
    ),
    "products without orders": (
        {f"{KIND}.welcome.products": ["NIP"]},
        f"{KIND}.welcome.products is given, must be left out unless events name 'order_accepted'",
    ),
    "steps without credit": (
        {f"{KIND}.welcome.steps": [1]},
        f"{KIND}.welcome.steps is given, must be left out unless events name 'credit_step'",
    ),
    "step eight": (
        {f"{KIND}.credit-broadcast.steps": [8]},
        f"{KIND}.credit-broadcast.steps[0] is 8, must be at most 7",
    ),
    "before no date": (
        {f"{KIND}.welcome.when": "day_before"},
        f"{KIND}.welcome.when is 'day_before', must be left out unless every event has a date, as order_accepted",
    ),
    "otherwise when": (
        {f"{KIND}.welcome.otherwise": {"share": 0.1, "contact": "bill"}},
        f"{KIND}.welcome.otherwise.after is missing, must be given unless every event has a date",
    ),
    "lines of a letter": (
        {f"{KIND}.credit-notice.lines": 5},
        f"{KIND}.credit-notice.lines is 5, must be left out where way is 'notice'",
    ),
    "a letter twice": (
        {f"{KIND}.credit-notice.attempts": 2},
        f"{KIND}.credit-notice.attempts is 2, must be 1 where way is 'notice'",
    ),
    "answers beyond 1": (
        {f"{KIND}.welcome.answers.date": 0.7},
        f"{KIND}.welcome.answers has shares that sum to 1.1, must sum to 1",
    ),
    "unknown answer": (
        {f"{KIND}.repair-check.reopens": "no"},
        f"{KIND}.repair-check.reopens is 'no', must be one of fixed, not",
    ),
    "nothing to reopen": (
        {f"{KIND}.welcome.reopens": "date"},
        f"{KIND}.welcome.reopens is given, must be left out unless events are 'fault' and 'reopened'",
    ),
    "impossible reach": (
        {"proactive.reach.three": 0.9},
        "proactive.reach.three is 0.9, must be from one, 0.45, to 1 - (1 - one)^3, 0.8336",
    ),
    "spares what": (
        {"proactive.spares.told_date": {"ORDERS": 0.25}},
        "proactive.spares.told_date.ORDERS is not an intent or a group of intents",
    ),
    "area of what": (
        {"proactive.areas.technical-voice.intents": ["VOICE"]},
        "proactive.areas.technical-voice.intents[0] is 'VOICE'",
    ),
    "more critical than areas": (
        {"proactive.bill_delivery.critical": 21},
        "proactive.bill_delivery.critical is 21, must be at most areas, 20",
    ),
    "unknown stage": (
        {"life_stage.stage": "decline"},
        "life_stage.stage is 'decline', must be one of launch, consolidation, maturity",
    ),
    "unknown site": ({"life_stage.off_shore_site": "moon"}, "life_stage.off_shore_site is 'moon', must be one of"),
}


@pytest.mark.parametrize(("changes", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told(changes, message):
    with pytest.raises(ScenarioError) as told:
        load_scenario(WIND, changes)
    assert message in str(told.value)


def written(tmp_path, text):
    path = tmp_path / "bent.toml"
    path.write_text(text)
    return path


def test_off_shore_operators_need_a_site(tmp_path):
    stage = "foc = 1.0\nchurn = 1.0\nforecast_error = 0.1\nfcr = 0.0\ngross_adds = 0.1\noff_shore = 0.1\n"
    path = written(tmp_path, f'extends = "187-as-is"\n[life_stage]\nstage = "new"\n[life_stage.stages.new]\n{stage}')
    with pytest.raises(ScenarioError, match=r"life_stage.off_shore_site is missing, must be given where the stage"):
        load_scenario(path)


def test_surveys_need_areas(tmp_path):
    path = written(
        tmp_path,
        'extends = "187-as-is"\n[proactive]\nlines = 1\nopens = "09:00"\ncloses = "20:00"\nduration = "40 s"\n'
        'cost = "0.1 EUR"\nreach = { one = 0.4, three = 0.6 }\nmessages = {}\n[proactive.surveys.weekly]\n'
        'interviews_a_year = 100\nresponse = 0.2\nway = "automated"\nperiod = "week"\nspread = 10.0\ncost = "1 EUR"\n',
    )
    with pytest.raises(ScenarioError, match=r"proactive.areas is empty, must name the intents of at least one area"):
        load_scenario(path)


PLATFORM = """[proactive]
lines = 1
opens = "09:00"
closes = "20:00"
duration = "40 s"
cost = "0.1 EUR"
reach = { one = 0.4, three = 0.6 }
messages = {}
"""
STAGE = """[life_stage]
stage = "new"
[life_stage.stages.new]
foc = 1.0
churn = 1.0
forecast_error = 0.1
fcr = 0.0
gross_adds = 0.1
off_shore = 0.0
"""


def test_messages_and_stages_need_customers(tmp_path):
    with pytest.raises(ScenarioError) as told:
        load_scenario(written(tmp_path, f'extends = "erlang-a"\n{PLATFORM}{STAGE}'))
    assert "proactive is given, must stand beside demand.kind 'customers'" in str(told.value)
    assert "life_stage is given, must stand beside [customers]" in str(told.value)


def test_surveys_need_the_four_items(tmp_path):
    survey = """[proactive.areas]
all = { intents = ["TEC"] }
[proactive.surveys.weekly]
interviews_a_year = 100
response = 0.2
way = "automated"
period = "week"
spread = 10.0
cost = "1 EUR"
"""
    loaded = load(written(tmp_path, f'extends = "187-as-is"\n{PLATFORM}{survey}')).scenario
    from twin.scenario.checks import check

    problems = list(check(loaded.model_copy(update={"satisfaction": None})))
    assert [(problem.path, problem.text.split(",")[0]) for problem in problems] == [(("satisfaction",), "is missing")]


def test_names_of_events_and_marks_are_those_of_the_customers():
    assert [event.name.lower() for event in LifeEvent] == list(EVENTS)
    assert all(mark.upper() in Mark.__members__ for mark in MARKS)
    assert {"BILL", "CREDIT", "ORDER", "FAULT"} <= set(Prompt.__members__)


def test_the_library_says_it_in_words():
    loaded = load(WIND, {"size": "national"})
    text = "\n".join(explain_lines(loaded))
    assert "12 lines, 09:00 to 20:00: 11,880 attempts of 40 s a day." in text
    assert "One attempt reaches 45 % of the customers, three reach 70 %." in text
    assert "Maturity: satisfaction first, cost per customer managed: needs x 1, churn x 1" in text
    assert "Survey weekly, by the week: 200,000 interviews a year (automated, 20 % answer) in 3 areas" in text
    assert "Every 28 days 150 customers in each of 20 areas are asked whether the bill came" in text
    off = "\n".join(explain_lines(load("wind-multichannel-off")))
    assert "The platform is switched off: nobody is told anything before he asks." in off


def test_the_same_customers_with_and_without_messages():
    on, off = load_scenario(WIND), load_scenario("wind-multichannel-off")
    assert on.proactive.model_copy(update={"active": False}) == off.proactive
    assert on.customers == off.customers
    assert on.groups == off.groups


def test_assumptions_carry_ranges_that_hold_their_values():
    loaded = load(WIND)
    own = {key: origin for key, origin in loaded.provenance.items() if origin.file == "wind-multichannel.toml"}
    assert all(origin.mark for key, origin in own.items() if key.startswith(("proactive", "life_stage", "customers")))
    assert sum(bool(origin.range) for origin in own.values()) > 50


# ---- stages ----------------------------------------------------------------------------------------------------------


def test_a_stage_is_written_into_demand_lives_intents_and_groups():
    """Consolidation against the 187: needs x 1.3, churn x 1.3, FCR - 0.05; 12 % gross adds are 0.12 / (0.25 x 0.92)
    leads; staff x 1.5: of 501 operators 20 %, 100, work off-shore."""
    plain, staged = load_scenario("187-as-is"), load_scenario(WIND, {"life_stage.stage": "consolidation"})
    for name, cluster in plain.clusters.items():
        assert staged.clusters[name].foc == pytest.approx(1.3 * cluster.foc)
    assert staged.customers.churn.by_tier.basic == pytest.approx(1.3 * 0.11)
    assert staged.customers.churn.nursery == pytest.approx(1.3 * 0.14)
    assert staged.intents["TEC"].fcr == pytest.approx(0.63)
    assert staged.demand.noise.day_cv == 0.12
    assert staged.customers.lives.leads == pytest.approx(0.12 / 0.23)
    assert staged.groups["post-sales"].count == 501 - 100
    assert staged.groups["post-sales off-shore"].count == 100
    assert staged.groups["post-sales off-shore"].site == "off-shore"


def test_stages_order_needs_and_churn_as_s2_says():
    stages = [load_scenario(WIND, {"life_stage.stage": name}) for name in ("launch", "consolidation", "maturity")]
    needs = [stage.clusters["Medium"].foc for stage in stages]
    churn = [stage.customers.churn.by_tier.medium for stage in stages]
    assert needs == sorted(needs, reverse=True)
    assert churn == sorted(churn, reverse=True)
    assert not any(name.endswith("off-shore") for name in stages[0].groups)


def test_moved_operators_move_off_shore_too(tmp_path):
    stage = STAGE.replace("off_shore = 0.0", "off_shore = 0.2").replace(
        "[life_stage]", '[life_stage]\noff_shore_site = "outsourcer"'
    )
    staged = load_scenario(written(tmp_path, f'extends = "187-to-be"\n{stage}'))
    for name in staged.groups:
        if name.endswith(" off-shore") and name.removesuffix(" off-shore") in staged.migration.moves:
            assert staged.migration.moves[name] == staged.migration.moves[name.removesuffix(" off-shore")]
    assert any(name.endswith(" off-shore") for name in staged.migration.moves)
