"""Rows of history under the names of a scenario: as `twin init` writes them, by title, by the queue alone."""

import pandas as pd
import pytest

from calibration.names import Names, in_names
from twin.scenario.load import load_scenario

CENTRE = """
demand = { kind = "rates", rates = { clienti-vip-ne = "9 /h", bill = "8 /h", fault = "3 /h", order = "2 /h" } }
[intents.clienti-vip-ne]
title = "Clienti VIP / NE"
talk = { law = "exponential", mean = "3 min" }
[intents.bill]
title = "Bolletta"
talk = { law = "exponential", mean = "3 min" }
[intents.fault]
talk = { law = "exponential", mean = "3 min" }
[intents.order]
talk = { law = "exponential", mean = "3 min" }
[skills.all]
[queues.clienti-vip]
title = "Clienti VIP"
[queues.desk]
[queues.sales]
title = "Vendite"
[[routes]]
queue = "desk"
skills = ["all"]
[[routes]]
intents = ["clienti-vip-ne"]
queue = "clienti-vip"
skills = ["all"]
[[routes]]
intents = ["order"]
queue = "sales"
skills = ["all"]
[groups.operators]
count = 9
skills = { all = "primary" }
"""


@pytest.fixture
def scenario(tmp_path):
    (tmp_path / "centre.toml").write_text(CENTRE)
    return load_scenario(str(tmp_path / "centre.toml"))


@pytest.mark.parametrize(
    ("queue", "kind", "intent"),
    [
        ("", "Bill", "bill"),
        ("", "BOLLETTA", "bill"),
        ("Clienti VIP", "NE", "clienti-vip-ne"),
        ("Clienti VIP", "", "clienti-vip-ne"),
        ("vendite", "", "order"),
        ("anything", "Fault", "fault"),
        ("desk", "", None),
        ("desk", "else", None),
        ("", "", None),
        ("", "客服", None),
    ],
)
def test_the_intent_of_a_row(scenario, queue, kind, intent):
    assert Names(scenario).intent(queue, kind) == intent


def test_rows_are_called_as_in_the_scenario_and_the_others_are_named(scenario):
    table = pd.DataFrame(
        {"queue": ["Clienti VIP", "Desk", "Desk", "Else", "Desk"], "type": ["NE", "", "TT", "", "bill"]}
    )
    told, unknown = in_names(table, scenario)
    assert told["type"].tolist() == ["clienti-vip-ne", "", "TT", "", "bill"]
    assert told["queue"].tolist() == ["clienti-vip", "desk", "desk", "Else", "desk"]
    assert unknown == {"TT", "Else"}
