"""A small but rich run whose records and tallies are printed as a digest: run in other modes of the compiler."""

import hashlib
import sys

import numpy as np

from twin.model import CallCentre
from twin.scenario.schema import Scenario

PATIENCE = {"law": "exponential", "mean": "60 s", "mass": {"share": 0.1, "high": "3 s"}}
STAGES = [{"level": 1}, {"level": 2, "after": "15 s"}, {"level": 4, "after": "90 s", "expected_wait": "60 s"}]
REDIAL = {"share": 0.6, "delay": {"law": "constant", "value": "2 min"}, "cumulate_wait": True, "after_blocked": True}
TALK = {"law": "exponential", "mean": "50 s"}
BRIEFING = {"law": "exponential", "mean": "10 s"}
LEGS = [
    {"kind": "transfer", "intents": ["x"], "share": {"none": 0.3}, "skills": ["b"], "at": 0.3, "age": "keep"},
    {"kind": "warm_transfer", "intents": ["y"], "share": 0.2, "skills": ["a"], "after": TALK, "briefing": BRIEFING,
     "limit": "20 s", "patience": "keep"},
    {"kind": "conference", "intents": ["y"], "share": 0.1, "skills": ["a"], "at": 0.5, "limit": "20 s"},
    {"kind": "consultation", "intents": ["x"], "share": 0.2, "skills": ["b"], "at": 0.5, "briefing": BRIEFING,
     "limit": "30 s"},
    {"kind": "escalation", "intents": ["x", "y"], "share": 0.5, "unresolved": True, "skills": ["c"], "talk": TALK,
     "points": 10.0},
]  # fmt: skip
CSI = {
    "waiting_weight": 0.25,
    "accuracy_weight": 0.25,
    "ability_weight": 0.25,
    "courtesy_weight": 0.25,
    "waiting_decay": "100 s",
    "accuracy_resolved": 90.0,
    "accuracy_unresolved": 30.0,
    "ability_base": 40.0,
    "ability_slope": 50.0,
    "courtesy_base": 90.0,
    "courtesy_occupancy_limit": 0.6,
    "courtesy_slope": 1.0,
    "repeat_points": 15.0,
}


def rich(closing="cut", has_case_owners=True):
    """Every rule of the kernel in one centre."""
    return Scenario.model_validate(
        {
            "name": "rich",
            "run": {"days": 2},
            "opening": {"opens": "08:00", "closes": "09:30", "closing": closing},
            "limits": {"trunks": 30, "waiting": 12},
            "skills": {"a": {}, "b": {}, "c": {}},
            "intents": {
                "x": {
                    "talk": {"law": "lognormal", "mean": "90 s", "cv": 0.8},
                    "wrap": {"law": "gamma", "mean": "20 s", "shape": 2.0},
                    "patience": PATIENCE,
                    "fcr": 0.6,
                    "case_share": 0.5,
                    "containment": 0.2,
                    "talk_factors": [1.0, 1.5],
                },
                "y": {"talk": {"law": "weibull", "mean": "60 s", "shape": 0.8}, "patience": PATIENCE, "fcr": 0.8},
            },
            "clusters": {"all": {}},
            "priorities": {"all": {"reserve": {"share": 0.2, "guarantee": "60 s", "points": 10.0}}},
            "queues": {"one": {"max_waiting": 8}, "two": {}},
            "routes": [
                {"queue": "one", "skills": ["a", {"skill": "b", "after": "30 s"}]},
                {"queue": "two", "intents": ["y"], "skills": ["b"], "priority": {"points": 20.0}},
            ],
            "routing": {
                "stages": STAGES,
                "primary_first": True,
                "leave_message_after": "80 s",
                "owner_wait": "30 s" if has_case_owners else None,
            },
            "demand": {"kind": "rates", "rates": {"x": ["150 /h", "220 /h"], "y": "60 /h"}},
            "shifts": {
                "day": {
                    "length": "70 min",
                    "starts": {"08:00": 0.5, "08:20": 0.5},
                    "breaks": {"every": "30 min", "length": "5 min"},
                }
            },
            "groups": {
                "one": {"count": 4, "skills": {"a": 1, "b": 2}, "shift": "day"},
                "two": {"count": 3, "skills": {"b": 1}, "head_count": [3, 1]},
                "out": {"count": 2, "skills": {"a": 4}},
                "top": {"count": 1, "skills": {"c": 1}},
            },
            "redial": REDIAL,
            "recall": {"share": 0.9, "delay": {"law": "exponential", "mean": "10 min"}, "talk_factor": 0.7},
            "ivr": {
                "navigation": {"law": "uniform", "low": "5 s", "high": "20 s"},
                "false_containment": 0.3,
                "false_delay": {"law": "exponential", "mean": "5 min"},
            },
            "satisfaction": CSI,
            "legs": LEGS,
        }
    )


def run(**changes):
    model = CallCentre(rich(**changes), seed=11, recording=True)
    model.run()
    model.close()
    return np.concatenate(model.records), model.world.tallies


def digest(records, tallies):
    """Of everything that is decided by comparison, and of times to a microsecond."""
    code = hashlib.blake2b(digest_size=12)
    for name in records.dtype.names:
        column = records[name]
        if column.dtype.kind == "f":
            column = np.round(np.nan_to_num(column.astype(float), nan=-1.0), 3 if column.dtype == np.float32 else 6)
        code.update(np.ascontiguousarray(column).tobytes())
    for name in (
        "entered",
        "offered",
        "handled",
        "abandoned",
        "blocked",
        "cut",
        "messages",
        "redials",
        "repeats",
        "to_owner",
    ):
        code.update(np.ascontiguousarray(tallies[name]).tobytes())
    return code.hexdigest()


if __name__ == "__main__":
    found = run()
    sys.stdout.write(f"{len(found[0])} {digest(*found)}\n")
