"""A centre round the clock whose operators come, go, learn, are moved; its digest, for other modes of the compiler."""

import hashlib
import sys

import numpy as np

from twin.model import CallCentre
from twin.scenario.schema import Scenario

DAY = 86400.0


def round_the_clock(**changes):
    night = {"length": "8 h", "starts": {"06:00": 0.3, "14:00": 0.4, "22:00": 0.3},
             "breaks": {"every": "3 h", "length": "15 min"}}  # fmt: skip
    skills = {"a": {"alike": ["b"], "queue": "main"}, "b": {"alike": ["a"], "queue": "main"}, "c": {"queue": "main"}}
    base = {
        "name": "clock",
        "run": {"days": 10, "interval": "30 min"},
        "skills": skills,
        "intents": {
            name: {"talk": {"law": "exponential", "mean": "4 min"}, "fcr": 0.7, "case_share": 0.2} for name in "xyz"
        },
        "patience": {"law": "exponential", "mean": "3 min"},
        "queues": {"main": {}},
        "routes": [
            {"queue": "main", "skills": [skill], "intents": [intent]}
            for intent, skill in zip("xyz", "abc", strict=True)
        ],
        "routing": {"stages": [{"level": 1}, {"level": 2, "after": "20 s"},
                               {"level": 3, "after": "30 s", "expected_wait": "40 s"}]},
        "priorities": {"all": {"reserve": {"share": 0.3, "guarantee": "60 s"}}},
        "recall": {"share": 0.5, "delay": {"law": "exponential", "mean": "3 h"}},
        "demand": {"kind": "rates", "rates": {"x": "40 /h", "y": "25 /h", "z": "15 /h"}},
        "shifts": {"day": night},
        "groups": {"desk": {"count": 30, "shift": "day", "primary": {"a": 0.5, "b": 0.3, "c": 0.2},
                            "further": {"a": 1.0, "b": 1.0, "c": 1.0},
                            "skills": {"a": {"level": 3, "proficiency": 0.3}}}},
        "abilities": {"n_held": {"1": 0.5, "2": 0.5}, "novice_handle": 0.64, "learning_time": "100 days"},
        "careers": {
            "turnover": {"a_year": {"in-house": 9.0}},
            "absence": {"share": {"in-house": 0.1}, "mean": "2 days"},
            "hiring": {"selection_time": "1 days", "class_time": "2 days", "nesting_time": "2 days"},
            "training": {"capacity": 0.5},
            "fatigue": {},
        },
        "migration": {"moves": {"desk": {"a": 0.2, "b": 0.3, "c": 0.5}}, "training_hours": 6.0, "retained_alike": 0.6,
                      "retained_other": 0.3, "certified": 0.6, "expert": 0.9, "months_since": 0.0,
                      "learning_time": "100 days", "on": 2},
    }  # fmt: skip
    return Scenario.model_validate(base | changes)


def run():
    """A small one for a day, and the first hours after the move."""
    large = round_the_clock()
    desk = large.groups["desk"].model_copy(update={"count": 8})
    plan = large.migration.model_copy(update={"on": 1})
    rates = large.demand.model_copy(update={"rates": {"x": 6 / 3600, "y": 4 / 3600, "z": 2 / 3600}})
    small = large.model_copy(update={"groups": {"desk": desk}, "migration": plan, "demand": rates})
    model = CallCentre(small, seed=4)
    model.run_until(1.25 * DAY)
    model.close()
    return model


def digest(model):
    """Of counts, and of what operators know to nine places."""
    code = hashlib.blake2b(digest_size=12)
    for name in ("entered", "offered", "handled", "abandoned", "resolved", "repeats", "primary", "mismatched"):
        code.update(np.ascontiguousarray(model.world.tallies[name]).tobytes())
    table = model.careers.table
    code.update(table.level.tobytes())
    for values in (table.proficiency, table.rows["leave_left"], table.rows["move_left"], table.answered):
        code.update(np.round(np.asarray(values), 9).tobytes())
    return code.hexdigest()


if __name__ == "__main__":
    sys.stdout.write(digest(run()) + "\n")
