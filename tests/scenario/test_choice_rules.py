"""Rules of who answers whom in a scenario file: each mistake is told, and what is right is explained."""

import pytest

from twin.errors import ScenarioError
from twin.scenario.explain import explain_lines
from twin.scenario.load import load, load_scenario

LAST_ROUTE = 'skills = ["SK02", "SK01"]'
YOUNG = "[groups.young]\ncount = 20"
SITES = '[sites.rome]\n[sites.milan]\n[groups.young]\nsite = "rome"\ncount = 20'


def route(text):
    return LAST_ROUTE, text


def gated(gate):
    return route(f'skills = ["SK02", {{ skill = "SK01", {gate} }}]')


def priority(text, rule="points"):
    return ("[run]", f'[routing]\ncontact_rule = "{rule}"\n[priorities]\nall = {{ {text} }}\n[run]')


MISTAKES = {
    "unknown operator rule": (
        [("[run]", '[routing]\noperator_rule = "tallest"\n[run]')],
        "routing.operator_rule is 'tallest', must be one of longest_idle, most_idle",
    ),
    "unknown contact rule": (
        [("[run]", '[routing]\ncontact_rule = "fifo"\n[run]')],
        "routing.contact_rule is 'fifo', must be one of points, priority",
    ),
    "points that are not looked at": (
        [priority("points = 90.0", "priority")],
        "priorities.all.points is not looked at by the contact rule priority, must be left out or",
    ),
    "rank that is not looked at": (
        [priority("rank = 1", "longest_waiting")],
        "priorities.all.rank is not looked at by the contact rule longest_waiting, must be left out",
    ),
    "weight that is not looked at": (
        [priority("weight = 2.0")],
        "priorities.all.weight is not looked at by the contact rule points, must be left out",
    ),
    "points of a reserve that are not looked at": (
        [priority('reserve = { share = 0.1, guarantee = "60 s", points = 5.0 }', "priority")],
        "priorities.all.reserve.points is not looked at by the contact rule priority",
    ),
    "a reserve of nobody": (
        [priority('reserve = { guarantee = "60 s" }')],
        "priorities.all.reserve keeps nobody, must have a share or operators above 0",
    ),
    "a credit back in time": (
        [priority('credit = [{ wait = "9 s", points = 1.0 }, { wait = "3 s", points = 2.0 }]')],
        "priorities.all.credit has waits that fall, must have knots in order of their wait",
    ),
    "closing before opening": (
        [gated('after = "30 s", until = "20 s"')],
        "routes[1].skills[1].until is 20 s, must be above after, 30 s",
    ),
    "shut above where it opens": (
        [gated("waiting_above = 3, waiting_down_to = 4")],
        "routes[1].skills[1].waiting_down_to is 4, must be at most waiting_above, 3",
    ),
    "all kept for others": (
        [gated("idle_above = 90")],
        "routes[1].skills[1].idle_above is 90, must be below 40, the operators who may hold the skill",
    ),
    "no stage that stays open": (
        [route('skills = [{ skill = "SK02", until = "60 s" }, { skill = "SK01", waiting_above = 2 }]')],
        "routes[1].skills has no stage that stays open, must have one without until",
    ),
    "ratio of the first skill": (
        [route('skills = [{ skill = "SK02", ratio_above = 1.0 }, "SK01"]')],
        "routes[1].skills[0].ratio_above is looked at for the route's first skill, must be given for a further one",
    ),
    "away without sites": (
        [route(f'{LAST_ROUTE}\naway_after = "9 s"')],
        "routes[1].away_after is given without sites, must be left out",
    ),
    "unknown site": (
        [(YOUNG, SITES), route(f"{LAST_ROUTE}\nsites = {{ rom = 1.0 }}")],
        "routes[1].sites.rom is not a site, must be one of rome, milan, did you mean rome?",
    ),
    "sites that do not sum to 1": (
        [(YOUNG, SITES), route(f'{LAST_ROUTE}\naway_after = "9 s"\nsites = {{ rome = 0.5, milan = 0.4 }}')],
        "routes[1].sites has shares that sum to 0.9, must sum to 1",
    ),
    "a site with nobody": (
        [(YOUNG, SITES), route(f"{LAST_ROUTE}\nsites = {{ rome = 0.5, milan = 0.5 }}")],
        "routes[1].sites.milan has no operator for the route, must have one or the route an away_after",
    ),
    "sites and expected wait": (
        [
            (YOUNG, SITES),
            route(f'{LAST_ROUTE}\nsites = {{ rome = 1.0 }}\nstages = [{{ level = 1 }}, {{ expected_wait = "9 s" }}]'),
        ],
        "routes[1].sites stands beside a stage by expected_wait, must have only stages by wait",
    ),
    "preference for no queue": (
        [(YOUNG, f"{YOUNG}\nprefers = {{ standart = 1 }}")],
        "groups.young.prefers.standart is not a queue, must be one of standard, did you mean standard?",
    ),
}


@pytest.mark.parametrize(("changes", "sentence"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_rule_that_cannot_be_is_told_in_one_sentence(write, changes, sentence):
    if any("[sites." in new for _, new in changes):
        changes = [*changes, ("[groups.old]", '[groups.old]\nsite = "rome"')]
    with pytest.raises(ScenarioError) as caught:
        load_scenario(write(*changes))
    assert [problem for problem in caught.value.problems if sentence in problem], caught.value.problems
    assert len(caught.value.problems) == 1


def test_a_file_may_state_all_of_it_and_is_explained(write):
    path = write(
        ("[run]", '[routing]\noperator_rule = "random"\ncontact_rule = "local_first"\n[run]'),
        (YOUNG, f"{SITES}\nprefers = {{ standard = 1 }}"),
        ("[groups.old]", '[groups.old]\nsite = "milan"'),
        route(
            'operator_rule = "fewest_skills"\nsites = { rome = 0.25, milan = 0.75 }\naway_after = "40 s"\n'
            'skills = ["SK02", { skill = "SK01", until = "2 min", idle_above = 3, waiting_above = 5,'
            " waiting_down_to = 2, ratio_above = 0.5 }]"
        ),
    )
    text = " ".join(explain_lines(load(path)))
    for words in (
        "one of the free is drawn",
        "A free operator takes contacts of the own site, then the lowest rank",
        "young take queue standard before any other",
        "SK01 (until a wait of 2 min and while more than 3 are free and while more than 5 wait, down to 2 and while "
        "more than 0.5 wait for each operator, and more than there)",
        "each site its own line: rome (25 %) and milan (75 %), other sites after 40 s",
        "the one with fewest skills goes first",
    ):
        assert words in text
