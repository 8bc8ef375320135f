"""A centre so small that all plans can be tried: four hours, one line, shifts of two hours from each full hour on."""

SCENARIO = """
title = "Tiny"
[run]
interval = "1 h"
days = 5
[opening]
opens = "08:00"
closes = "12:00"
[demand]
kind = "rates"
period = "1 h"
rates.call = ["20 /h", "40 /h", "40 /h", "20 /h"]
[intents.call]
talk = { law = "exponential", mean = "3 min" }
[patience]
law = "exponential"
mean = "3 min"
[skills.calls]
[queues.calls]
[[routes]]
queue = "calls"
skills = ["calls"]
[sites.in-house]
wage = "20 EUR/h"
[shifts.half]
length = "2 h"
starts = { "08:00" = 1.0 }
rules = { starts_every = "1 h" }
[groups.team]
count = 4
shift = "half"
skills = { calls = "primary" }
"""

STUDY = """
scenario = "tiny.toml"
budget = 20000
[groups.team]
most = 12
[[targets]]
measure = "answered_within"
at_least = "75 %"
every = "1 h"
[[targets]]
measure = "abandonment"
at_most = "10 %"
every = "day"
probability = "75 %"
[search]
days = 40
days_a_run = 20
margins = [0.0, 1.0]
[test]
days = 100
candidates = 4
"""


def write_study(folder, study=STUDY, scenario=SCENARIO):
    """Both files in a folder; the study's path."""
    (folder / "tiny.toml").write_text(scenario)
    path = folder / "study.toml"
    path.write_text(study)
    return path
