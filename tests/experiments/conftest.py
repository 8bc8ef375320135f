"""Two small caring models: the same calls, served by specialists (as-is) or by everybody (to-be)."""

from pathlib import Path

import pytest

AS_IS = """
title = "Specialists"
mark = "A"
source = "made up for the tests"

[run]
interval = "30 min"
days = 2

[opening]
opens = "08:00"
closes = "12:00"

[demand]
kind = "rates"
rates.bill = { value = "60 /h", mark = "D", source = "arithmetic", range = ["50 /h", "70 /h"] }
rates.fault = "40 /h"

[intents.bill]
title = "Bill"
talk = { law = "lognormal", mean = "5 min", cv = 0.9 }
wrap = { law = "constant", value = "30 s" }
fcr = { value = 0.7, range = [0.6, 0.8] }

[intents.fault]
title = "Fault"
talk = { law = "exponential", mean = "7 min" }
fcr = 0.6

[patience]
law = "exponential"
mean = "5 min"

[recall]
share = 0.6
delay = { law = "exponential", mean = "1 h" }

[satisfaction]
waiting_weight = 0.4
accuracy_weight = 0.3
ability_weight = 0.2
courtesy_weight = 0.1
waiting_decay = "5 min"
accuracy_resolved = 90
accuracy_unresolved = 40
ability_base = 40
ability_slope = 50
courtesy_base = 85
courtesy_occupancy_limit = 0.85
courtesy_slope = 0.5
repeat_points = 5

[sites.in-house]
wage = "34 EUR/h"

[skills]
bills = {}
faults = {}

[queues.caring]
target = "20 s"

[queues.post-sales]
target = "20 s"

[[routes]]
intents = ["bill"]
queue = "caring"
skills = ["bills"]

[[routes]]
intents = ["fault"]
queue = "post-sales"
skills = ["faults"]

[groups.bills]
count = 7
skills = { bills = "primary" }

[groups.faults]
count = 6
skills = { faults = "primary" }
"""
TO_BE = """
extends = "as-is"
title = "Everybody does everything"

[queues.standard]
target = "20 s"

[groups.bills]
skills = { bills = "primary", faults = "secondary" }

[groups.faults]
skills = { faults = "primary", bills = "secondary" }
"""


@pytest.fixture
def scenarios(tmp_path: Path) -> tuple[str, str]:
    """Paths of the two scenario files."""
    (tmp_path / "as-is.toml").write_text(AS_IS)
    (tmp_path / "to-be.toml").write_text(TO_BE)
    return str(tmp_path / "as-is.toml"), str(tmp_path / "to-be.toml")


@pytest.fixture(scope="session")
def model_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """The same, made once; not to be written to."""
    folder = tmp_path_factory.mktemp("models")
    (folder / "as-is.toml").write_text(AS_IS)
    (folder / "to-be.toml").write_text(TO_BE)
    return str(folder / "as-is.toml"), str(folder / "to-be.toml")


DESK = """
title = "A desk whose people nearly all start at eight"

[run]
interval = "15 min"
days = 28

[opening]
opens = "08:00"
closes = "20:00"
days = ["mon", "tue", "wed", "thu", "fri"]

[demand]
kind = "rates"
rates.calls = [
    "40 /h", "80 /h", "120 /h", "120 /h", "100 /h", "80 /h", "80 /h", "100 /h", "100 /h", "80 /h", "50 /h", "40 /h",
]

[intents.calls]
talk = { law = "exponential", mean = "240 s" }

[patience]
law = "exponential"
mean = "300 s"

[skills]
desk = {}

[queues.calls]

[[routes]]
queue = "calls"
skills = ["desk"]

[groups.desk]
count = 28
shift = "day"
skills = { desk = "primary" }

[shifts.day]
length = "6 h"
starts = { "08:00" = 0.9, "14:00" = 0.1 }
breaks = { every = "2 h", length = "15 min" }
days_a_week = 5
rules = { longest = "6 h", most_days = 5, rest = "11 h", starts_every = "30 min", break_within = "2 h" }
"""


@pytest.fixture
def desk_file(tmp_path):
    """Write the desk, with replacements, as a file."""

    def write(*changes, name="desk.toml"):
        text = DESK
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = tmp_path / name
        path.write_text(text)
        return path

    return write
