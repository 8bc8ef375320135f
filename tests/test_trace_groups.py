"""Recorded days of several groups of operators, and days on which talks are longer or shorter than usual."""

import pandas as pd
import pytest

from twin import load_scenario, simulate
from twin.errors import InputError, ScenarioError

TOML = """
[run]
interval = "30 min"
start = "1999-01-03"
days = 2

[demand]
kind = "trace"
file = "calls.csv"
intent_column = "type"
staffing = "staff.csv"
staffing_group = {groups}
{more}

[intents.bill]
talk = {{ law = "constant", value = "60 s" }}
wrap = {{ law = "constant", value = "10 s" }}

[intents.fault]
talk = {{ law = "constant", value = "100 s" }}

[skills.bills]
[skills.faults]
[queues.bill]
[queues.fault]

[[routes]]
intents = ["bill"]
queue = "bill"
skills = ["bills"]

[[routes]]
intents = ["fault"]
queue = "fault"
skills = ["faults"]

[groups.juniors]
count = 2
skills = {{ bills = "primary" }}

[groups.experts]
count = 1
skills = {{ faults = "primary" }}
"""
CALLS = "date,at_s,type\n1999-01-03,3600,bill\n1999-01-03,3600,fault\n1999-01-04,3600,bill\n1999-01-04,3600,fault\n"
STAFF = "date,start_s,operators,group\n1999-01-03,0,2,juniors\n1999-01-03,7200,1,experts\n1999-01-04,0,1,experts\n"


@pytest.fixture
def write(tmp_path):
    def write_files(groups='["juniors", "experts"]', more="", **files):
        for name, text in {"calls": CALLS, "staff": STAFF, **files}.items():
            (tmp_path / f"{name}.csv").write_text(text)
        path = tmp_path / "replay.toml"
        path.write_text(TOML.format(groups=groups, more=more))
        return load_scenario(path)

    return write_files


def test_each_group_has_the_heads_of_its_own_rows(write):
    """On the first day the expert comes at 2:00, an hour after the fault was called in; on the second no junior comes,
    and the bill waits until the day's end."""
    counts = simulate(write()).counts(by=["intent", "day"])
    assert counts["handled"].to_dict() == {("bill", 0): 1, ("bill", 1): 0, ("fault", 0): 1, ("fault", 1): 1}
    assert counts["wait_handled"].to_dict() == {("bill", 0): 0, ("bill", 1): 0, ("fault", 0): 3600, ("fault", 1): 0}


def test_talk_and_wrap_up_last_as_long_as_the_day_s_level_says(write):
    """Level 1.5 on the first day (60 x 1.5 and 10 x 1.5 s), no row for the second: as usual."""
    staff = "date,start_s,operators,group\n" + "".join(
        f"{date},0,1,{group}\n" for date in ("1999-01-03", "1999-01-04") for group in ("juniors", "experts")
    )
    scenario = write(more='talk_levels = "levels.csv"', staff=staff, levels="date,talk\n1999-01-03,1.5\n")
    counts = simulate(scenario).counts(by=["intent", "day"])
    assert counts["talk"].to_dict() == {("bill", 0): 90, ("bill", 1): 60, ("fault", 0): 150, ("fault", 1): 100}
    assert counts.loc[("bill", 0), "wrap"] == 15


def test_staffing_of_several_groups_must_name_them(write):
    with pytest.raises(InputError, match="'strangers', must be one of juniors, experts"):
        simulate(write(staff=STAFF.replace("experts", "strangers")))
    with pytest.raises(InputError, match="must have group"):
        simulate(write(staff="date,start_s,operators\n1999-01-03,0,2\n1999-01-04,0,2\n"))
    with pytest.raises(ScenarioError, match="'seniors', must be one of juniors, experts"):
        write(groups='["juniors", "seniors"]')


def test_levels_must_be_numbers_above_0(write):
    with pytest.raises(InputError, match="talk_levels has a value that is no number above 0"):
        simulate(write(more='talk_levels = "levels.csv"', levels="date,talk\n1999-01-03,0\n"))
    with pytest.raises(ScenarioError, match=r"absent\.csv', must be a file that is there"):
        write(more='talk_levels = "absent.csv"')


def test_one_group_needs_no_column_of_groups(write):
    table = pd.read_csv(pd.io.common.StringIO(STAFF))
    only = table[table["group"] == "juniors"].drop(columns="group").to_csv(index=False)
    scenario = write(groups='"juniors"', staff=only)
    assert simulate(scenario).counts(by=["intent", "day"]).loc[("bill", 0), "handled"] == 1
