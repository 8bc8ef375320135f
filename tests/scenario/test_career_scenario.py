"""Careers in a scenario: what is refused, what `twin show` says, several bases, the library's two scenarios."""

import pytest

from twin.errors import ScenarioError
from twin.model import CallCentre
from twin.scenario.explain import explain_lines
from twin.scenario.load import load, load_scenario

CAREERS = "[careers.turnover]\na_year = { in-house = 0.03 }\n"
MISTAKES = {
    "unknown site": (
        "[careers.turnover]\na_year = { rome = 0.1 }",
        "careers.turnover.a_year.rome is not a site, must be in-house",
    ),
    "unknown absence": ("[careers.absence]\nshare = { rome = 0.1 }", "careers.absence.share.rome is not a site"),
    "unknown contract": (
        "[careers.incentives]\ncontracts = { rome = {} }",
        "careers.incentives.contracts.rome is not a site",
    ),
    "unknown skill": ("[careers.practice]\nsenior_skills = ['SK9']", "careers.practice.senior_skills[0] is 'SK9'"),
    "negative rate": (
        "[careers.turnover]\na_year = { in-house = -0.1 }",
        "careers.turnover.a_year.in-house is -0.1, must be at least 0",
    ),
    "born experts": ("[careers.practice]\nnew = 0.7", "careers.practice.new is 0.7, must be at most certified, 0.6"),
    "nothing measured": (
        "[careers.certification]\ntest = 0\nquality = 0\nfcr = 0",
        "careers.certification has weights that are all 0, must have one above 0",
    ),
    "floor above start": (
        "[careers.quality]\nerror = 0.01",
        "careers.quality.floor is 0.02, must be at most error, 0.01",
    ),
    "no shift": (
        "[careers]\n[groups.extra]\ncount = 2\nskills = { SK01 = 1 }",
        "groups.extra has no shift, must have one",
    ),
    "loans": (
        '[careers]\n[[control.loans]]\ngroup = "young"\nskills = { SK02 = "secondary" }\nbegins = "10:00"\n'
        'ends = "12:00"',
        "careers stands beside control.loans or control.loan_rules, must be one or the other for now",
    ),
    "unknown key": ("[careers]\nturn = 1", "careers.turn is not a known key"),
}
MOVE = (
    "[migration]\ntraining_hours = 40\nretained_alike = 0.6\nretained_other = 0.3\ncertified = 0.6\nexpert = 0.9\n"
    'months_since = 0\nlearning_time = "100 days"\non = 3\n[migration.moves]\nyoung = { SK02 = 1.0 }\n'
)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told(write, valid_text, name):
    text, sentence = MISTAKES[name]
    with pytest.raises(ScenarioError) as error:
        load_scenario(write(text=f"{valid_text}\n{text}\n"))
    assert any(sentence in problem for problem in error.value.problems), error.value.problems


def test_a_move_at_a_date_needs_careers(write, valid_text):
    sentence = "migration.on is 3, must stand beside [careers]: training takes time"
    for careers in ("", "[careers]\nactive = false\n"):
        with pytest.raises(ScenarioError, match=r"migration\.on") as error:
            load_scenario(write(text=f"{valid_text}\n{MOVE}{careers}"))
        assert any(sentence in problem for problem in error.value.problems)
    assert load_scenario(write(text=f"{valid_text}\n{MOVE}{CAREERS}")).migration.on == 3


def test_careers_are_told_in_words(write, valid_text):
    rules = "[careers.fatigue]\n[careers.incentives]\ncontracts = { in-house = {} }\nteam = {}\nobjectives = {}\n"
    lines = "\n".join(explain_lines(load(write(text=f"{valid_text}\n{CAREERS}{rules}"))))
    for sentence in (
        "A year 3 % at in-house leave, 3 times as many on probation, and more where occupancy is above 85 %.",
        "selection 28 days (16.67 % pass), class 28 days (8 % fail), nesting 14 days at 1.8 times the handle time",
        "Each month a skill is held from 0.6 on: 0.5 test + 0.3 audited quality + 0.2 FCR on its matters.",
        "After 5 h on duty handle times grow by 0.3 % an hour.",
        "in-house is paid 3 % more at best and 5 % less at worst, by CSI, recall and service level.",
        "where it is lost, 1.3 times as many leave.",
    ):
        assert sentence in lines
    off = explain_lines(load(write(text=f"{valid_text}\n[careers]\nactive = false\n")))
    assert "  They are switched off: the operators stay as they are." in off
    moved = "\n".join(explain_lines(load(write(text=f"{valid_text}\n{MOVE}{CAREERS}"))))
    assert "On day 3 young are moved to their new skills" in moved


def test_careers_switched_off_change_nothing(write, valid_text):
    plain = load_scenario(write(text=valid_text))
    off = load_scenario(write(text=f"{valid_text}\n[careers]\nactive = false\n"))
    worlds = []
    for scenario in (plain, off):
        model = CallCentre(scenario, seed=2)
        model.run_until("10:00")
        worlds.append((model.world.tallies.tobytes(), model.world.operator_time.tobytes(), model.careers))
        model.close()
    assert worlds[0] == worlds[1]


def test_of_several_bases_the_later_go_over_the_earlier(write):
    write(text="[run]\ndays = 3\ninterval = '15 min'\n", name="more.toml")
    write(name="peak.toml")
    found = load_scenario(write(text='extends = ["peak", "more"]\n[run]\nwarm_up = 1\n', name="child.toml"))
    assert (found.run.days, found.run.interval, found.run.warm_up) == (3, 900.0, 1)
    assert "bill" in found.intents


def is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


@pytest.mark.parametrize("name", ["187-as-is-careers", "187-to-be-careers"])
def test_every_number_of_careers_carries_its_mark(name):
    loaded = load(name)
    assert loaded.scenario.careers.active
    assert load(name.removesuffix("-careers")).scenario.careers is None
    keys = [key for key, _ in loaded.provenance.items() if key.startswith("careers.")]
    numbers = [key for key in keys if is_number(loaded.provenance.value_of(key, loaded.resolved))]
    assert len(numbers) > 30
    for key in numbers:
        origin = loaded.provenance[key]
        assert origin.mark, key
        assert origin.source, key
        if origin.range:
            low, high = origin.range
            assert low <= loaded.provenance.value_of(key, loaded.resolved) <= high, key
