"""A centre with one gap: six who know a and have time, one who knows b and is asked for more than he can give."""

import tomllib
from typing import Any

from twin.scenario.merge import merge
from twin.scenario.schema import Scenario

TOML = """
title = "One gap"
[run]
days = 28
interval = "1 h"
[opening]
opens = "09:00"
closes = "17:00"
[demand]
kind = "rates"
rates.x = "20 /h"
rates.y = "20 /h"
[intents.x]
talk = { law = "exponential", mean = "4 min" }
fcr = 0.7
[intents.y]
talk = { law = "exponential", mean = "4 min" }
fcr = 0.7
[patience]
law = "exponential"
mean = "5 min"
[recall]
share = 0.5
delay = { law = "exponential", mean = "3 h" }
[skills]
a = {}
b = {}
[queues.first]
[queues.second]
[[routes]]
intents = ["x"]
queue = "first"
skills = ["a"]
[[routes]]
intents = ["y"]
queue = "second"
skills = ["b"]
[sites.in-house]
wage = "20 EUR/h"
[money]
ivr_contact = "0 EUR"
trained_hour = "30 EUR"
[shifts.day]
length = "8 h"
starts = { "09:00" = 1.0 }
[groups.desk]
count = 6
shift = "day"
skills = { a = "primary" }
[groups.few]
count = 1
shift = "day"
skills = { b = "primary" }
"""
ABILITIES = {
    "proficiency": {"primary": 0.9, "secondary": 0.65, "none": 0.3},
    "handle": {"primary": 1.0, "secondary": 1.05, "none": 1.3},
    "fcr": {"primary": 0.0, "secondary": 0.0, "none": -0.15},
    "novice_handle": 0.64,
    "novice_fcr": -0.12,
    "learning_time": "100 days",
}
COURSE = {"skill": "b", "group": "desk", "count": 2, "hours": 5.0}


def one_gap(*courses: dict[str, Any], **changes: Any) -> Scenario:
    """That centre with courses, and with other changes."""
    base = {"name": "one-gap", **tomllib.loads(TOML), "training": list(courses)}
    return Scenario.model_validate(merge(base, changes))
