"""Quantities as people write them."""

import math

import pytest
from pydantic import BaseModel, ValidationError

from twin.scenario import units
from twin.scenario.words import duration, rate


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("180 s", 180), ("3 min", 180), ("1.5 h", 5400), ("2 days", 172800), ("1 day", 86400), ("250 ms", 0.25),
     ("1 weeks", 604800), ("  10   s ", 10), ("1e2 s", 100), ("1_000 s", 1000), (".5 min", 30), ("-30 s", -30)],
)  # fmt: skip
def test_time_is_read_in_seconds(text, seconds):
    assert units.parse_time(text) == pytest.approx(seconds, rel=1e-15)


@pytest.mark.parametrize("text", ["180", "s", "", "3 fortnights", "3 /h", "three s", 180, 3.5, True, None, [1]])
def test_time_without_a_known_unit_is_refused(text):
    with pytest.raises(ValueError, match=r"must (be a number with its unit|have one of the units)"):
        units.parse_time(text)


def test_rates_wages_and_amounts_are_read_in_base_units():
    assert units.parse_rate("3600 /h") == pytest.approx(1.0)
    assert units.parse_rate("60 /min") == pytest.approx(1.0)
    assert units.parse_wage("36 EUR/h") == pytest.approx(0.01)
    assert units.parse_money("-0.15 EUR") == -0.15


def test_share_is_a_number_or_percent():
    assert units.parse_share(0.05) == units.parse_share("5 %") == 0.05
    assert units.parse_share(1) == 1.0
    assert units.parse_share(10**400) == math.inf
    for wrong in ("5", "5 percent", True, None):
        with pytest.raises(ValueError, match="must"):
            units.parse_share(wrong)


@pytest.mark.parametrize(("text", "seconds"), [("00:00", 0), ("8:30", 30600), ("08:30:15", 30615), ("24:00", 86400)])
def test_clock_is_seconds_after_midnight(text, seconds):
    assert units.parse_clock(text) == seconds


@pytest.mark.parametrize("text", ["24:01", "8:60", "8", "8:3", "noon", 8, None])
def test_impossible_clock_is_refused(text):
    with pytest.raises(ValueError, match="must be a time of day"):
        units.parse_clock(text)


class Quantities(BaseModel):
    """One field of each kind."""

    time: units.Time = 0.0
    positive: units.PositiveTime = 1.0
    share: units.Share = 0.0
    rate: units.Rate = 0.0
    money: units.Money = 0.0


@pytest.mark.parametrize(
    ("values", "allowed"),
    [({"time": "-1 s"}, "at least 0 s"), ({"positive": "0 s"}, "above 0 s"), ({"share": 1.1}, "between 0 and 1"),
     ({"share": "-1 %"}, "between 0 and 1"), ({"rate": "-1 /h"}, "at least 0 /h"), ({"time": "1e999 s"}, "finite"),
     ({"money": "1e999 EUR"}, "finite"), ({"share": 10**400}, "finite")],
)  # fmt: skip
def test_value_out_of_range_says_what_is_allowed(values, allowed):
    with pytest.raises(ValidationError, match=f"must be {allowed}"):
        Quantities(**values)


def test_code_may_give_seconds_as_parsed():
    assert Quantities(time=units.Parsed(90)).time == 90.0


def test_words_use_the_unit_that_reads_best():
    assert [duration(x) for x in (20, 60, 90, 100, 3600, 9000, 86400, 172800)] == [
        "20 s", "1 min", "1.5 min", "100 s", "1 h", "2.5 h", "1 day", "2 days",
    ]  # fmt: skip
    assert rate(200 / 3600) == "200 an hour"
    assert rate(100 / 60) == "100 a minute"
