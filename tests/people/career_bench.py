"""A desk whose operators have careers, without contacts: what the tests of single topics ask for."""

from typing import Any

import numpy as np

from twin.people.careers import Careers
from twin.people.staff import draw_persons
from twin.scenario.schema import Scenario
from twin.world.names import Names

SHIFT = {"length": "6 h", "starts": {"09:00": 1.0}, "breaks": {"every": "2 h", "length": "15 min"}}


def scenario(count: int = 100, careers: dict | None = None, **changes: Any) -> Scenario:
    """`count` operators in a group `desk` at site `here`, all with skill a first; proficiency 0.9, 0.65, 0.3."""
    base: dict[str, Any] = {
        "name": "desk",
        "run": {"days": 7},
        "opening": {"opens": "08:00", "closes": "18:00"},
        "skills": {"a": {"alike": ["b"]}, "b": {"alike": ["a"]}, "c": {}},
        "intents": {name: {"talk": {"law": "exponential", "mean": "3 min"}, "fcr": 0.8} for name in ("x", "y", "z")},
        "queues": {"main": {}},
        "routes": [
            {"queue": "main", "skills": [skill], "intents": [intent]}
            for intent, skill in zip("xyz", "abc", strict=True)
        ],
        "demand": {"kind": "rates", "rates": {"x": "10 /h"}},
        "sites": {"here": {"wage": "30 EUR/h"}, "there": {"wage": "20 EUR/h"}},
        "shifts": {"day": SHIFT},
        "groups": {"desk": {"count": count, "site": "here", "shift": "day", "primary": {"a": 1.0},
                            "further": {"b": 1.0, "c": 1.0}}},
        "abilities": {
            "n_held": {"1": 1.0},
            "proficiency": {"primary": 0.9, "secondary": 0.65, "none": 0.3},
            "handle": {"primary": 1.0, "secondary": 1.0, "none": 1.3},
            "fcr": {"primary": 0.0, "secondary": 0.0, "none": -0.15},
            "novice_handle": 0.64,
            "novice_fcr": -0.12,
            "learning_time": "100 days",
        },
        "careers": careers or {},
    }  # fmt: skip
    return Scenario.model_validate(base | changes)


def careers(count: int = 100, rules: dict | None = None, seed: int = 1, **changes: Any) -> Careers:
    """The careers of that desk; everybody has been there for ten years unless there is turnover."""
    made = scenario(count, rules, **changes)
    return Careers(made, Names.of(made), draw_persons(made, seed), seed, 0)


def near(found: float, n: int, share: float) -> bool:
    """Whether a count of `n` lies within four standard deviations of what a share of them gives."""
    return abs(found - n * share) <= 4 * np.sqrt(n * share * (1 - share))
