"""A small valid scenario to bend, written to a file."""

from collections.abc import Callable
from pathlib import Path

import pytest

VALID = """
title = "Two skills, two shifts"

[run]
interval = "30 min"

[opening]
opens = "08:00"
closes = "20:00"

[demand]
kind = "rates"
rates.bill = "100 /h"
rates.fault = [
    "50 /h", "60 /h", "60 /h", "60 /h", "60 /h", "60 /h", "60 /h", "60 /h", "60 /h", "60 /h", "60 /h", "9 /h",
]

[intents.bill]
talk = { law = "lognormal", mean = "305 s", cv = 0.9 }
wrap = { law = "constant", value = "55 s" }

[intents.fault]
talk = { law = "exponential", mean = "470 s" }

[patience]
law = "weibull"
mean = "385 s"
shape = 0.85

[skills]
SK01 = {}
SK02 = {}

[queues.standard]

[[routes]]
queue = "standard"
skills = ["SK01"]

[[routes]]
intents = ["fault"]
queue = "standard"
skills = ["SK02", "SK01"]

[shifts.day]
length = "6 h"
starts = { "08:00" = 0.5, "14:00" = 0.5 }

[groups.young]
count = 20
shift = "day"
skills = { SK01 = "primary" }

[groups.old]
count = 20
shift = "day"
primary = { SK01 = 0.2, SK02 = 0.8 }
"""


@pytest.fixture
def valid_text() -> str:
    """The valid scenario as text."""
    return VALID


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write the valid scenario, with replacements, as a file."""

    def write_file(*changes: tuple[str, str], text: str = VALID, name: str = "peak.toml") -> Path:
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = tmp_path / name
        path.write_text(text)
        return path

    return write_file
