"""Coverage of the documents: all items are there, and what is said to represent one exists."""

import json

import pytest

from experiments.check.coverage import IN, NOT_YET, problem_of, read_items, summary
from twin import cli

N_ITEMS = {"1": 34, "2": 25, "3": 22, "4": 24, "5": 23}
ITEMS = read_items()


def test_each_item_of_the_five_documents_has_a_row():
    assert [item.id for item in ITEMS] == [
        f"{document}.{number}" for document, n in N_ITEMS.items() for number in range(1, n + 1)
    ]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_what_represents_an_item_exists(item):
    assert item.state in (IN, NOT_YET)
    assert item.item
    assert item.check
    assert item.references if item.state == IN else item.reason
    assert [problem for problem in map(problem_of, item.references) if problem] == []


@pytest.mark.parametrize(
    ("reference", "problem"),
    [
        ("kpi:joy", "joy is no KPI"),
        ("scenario:nowhere", "nowhere is not in the library"),
        ("187-to-be:queues.Gold", "187-to-be has no key queues.Gold"),
        ("187-to-be:queues.Premium.target.deeper", "187-to-be has no key"),
        ("nowhere:queues", "nowhere: is not in the library"),
        ("twin.people.migration.fly", "twin.people.migration.fly does not exist"),
        ("twin.scenario.schema.Route.wings", "twin.scenario.schema.Route.wings does not exist"),
        ("nobody.knows", "nobody.knows cannot be imported"),
    ],
)
def test_a_reference_to_nothing_is_found(reference, problem):
    assert problem in problem_of(reference)


@pytest.mark.parametrize(
    "reference",
    [
        "kpi:csi",
        "scenario:erlang-a",
        "187-to-be:routes.0.skills",
        "twin.errors.InputError",
        "twin.scenario.schema.Route.sites",
    ],
)
def test_a_reference_to_something_is_good(reference):
    assert problem_of(reference) is None


def test_the_command_shows_all_items_and_counts_them(capsys):
    assert cli.main(["check", "--coverage"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Poste Italiane unified call centre" in said
    assert " ".join(summary(ITEMS).split()) in said
    assert cli.main(["check", "--coverage", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["n"] == sum(N_ITEMS.values())
    assert told["n_in"] == sum(item["state"] == IN for item in told["items"])
    assert told["items"][0]["references"] == list(ITEMS[0].references)
