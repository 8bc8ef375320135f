"""A small run in which every rule of who answers whom has its say, printed as a digest as in `small_run.py`."""

import sys

import numpy as np
from small_run import digest

from twin.model import CallCentre
from twin.scenario.schema import Scenario

CREDIT = [{"wait": "10 s", "points": 0.0}, {"wait": "40 s", "points": 60.0}, {"wait": "90 s", "points": -20.0}]
GATES = [
    {"skill": "b", "waiting_above": 2, "waiting_down_to": 1},
    {"skill": "c", "after": "15 s", "until": "40 s", "idle_above": 1},
]


def ruled(contact_rule="points"):
    """Three kinds of contact, two sites, queues that prefer, stages with gates."""
    talk = {"law": "lognormal", "mean": "90 s", "cv": 0.8}
    patience = {"law": "exponential", "mean": "90 s"}
    routes = [
        {"queue": "one", "skills": ["a", *GATES], "operator_rule": "random"},
        {"queue": "two", "intents": ["y"], "skills": ["b", {"skill": "a", "ratio_above": 0.2}]},
        {"queue": "two", "intents": ["z"], "skills": ["c"], "operator_rule": "best_proficiency", "away_after": "20 s",
         "sites": {"here": 0.4, "there": 0.6}},
    ]  # fmt: skip
    priority = {"reserve": {"operators": 1, "guarantee": "60 s"}}
    if contact_rule == "points":
        priority["credit"] = CREDIT
    return Scenario.model_validate(
        {
            "name": "ruled",
            "opening": {"opens": "08:00", "closes": "10:00"},
            "skills": {"a": {}, "b": {}, "c": {}},
            "sites": {"here": {}, "there": {}},
            "intents": {name: {"talk": talk, "patience": patience} for name in ("x", "y", "z")},
            "priorities": {"all": priority},
            "queues": {"one": {}, "two": {}},
            "routes": routes,
            "routing": {"contact_rule": contact_rule, "operator_rule": "least_occupied"},
            "demand": {"kind": "rates", "rates": {"x": "150 /h", "y": "90 /h", "z": "120 /h"}},
            "groups": {
                "one": {"count": 5, "site": "here", "skills": {"a": 1, "c": 2}},
                "two": {"count": 3, "site": "there", "skills": {"b": 1, "c": 1}, "prefers": {"two": 1}},
                "all": {"count": 2, "site": "there", "skills": {"a": 2, "b": 2, "c": 1}},
            },
        }
    )


def run(contact_rule="points"):
    model = CallCentre(ruled(contact_rule), seed=11, recording=True)
    model.run()
    model.close()
    return np.concatenate(model.records), model.world.tallies


def line(contact_rule):
    records, tallies = run(contact_rule)
    return f"{len(records)} {digest(records, tallies)}\n"


if __name__ == "__main__":
    sys.stdout.write("".join(line(rule) for rule in ("points", "longest_queue", "local_first")))
