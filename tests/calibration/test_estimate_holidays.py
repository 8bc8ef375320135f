"""Italian holidays: known dates."""

import datetime

import pandas as pd
import pytest

from calibration.estimate.holidays import day_kinds, easter, italian_holidays
from twin.errors import InputError


@pytest.mark.parametrize(
    ("year", "month", "day"), [(1999, 4, 4), (2000, 4, 23), (2008, 3, 23), (2011, 4, 24), (2013, 3, 31), (2038, 4, 25)]
)
def test_easter_falls_on_its_known_dates(year, month, day):
    assert easter(year) == datetime.date(year, month, day)


def test_national_holidays_of_2013_are_the_twelve_and_easter_sunday():
    days = italian_holidays([2013])
    assert len(days) == 12
    assert days[datetime.date(2013, 4, 1)] == "Easter Monday"
    assert days[datetime.date(2013, 6, 2)] == "Republic Day"
    assert datetime.date(2013, 10, 4) not in days


def test_the_second_of_june_is_a_holiday_again_from_2001_and_the_17th_of_march_was_one_in_2011():
    days = italian_holidays([2000, 2001, 2010, 2011, 2012])
    assert datetime.date(2000, 6, 2) not in days
    assert datetime.date(2001, 6, 2) in days
    assert [year for year in (2010, 2011, 2012) if datetime.date(year, 3, 17) in days] == [2011]


def test_a_patron_is_added_by_town_or_by_day_and_never_renames_a_national_holiday():
    assert italian_holidays([2013], "Roma")[datetime.date(2013, 6, 29)] == "patron"
    assert italian_holidays([2013], (9, 8))[datetime.date(2013, 9, 8)] == "patron"
    assert italian_holidays([2013], "Venezia")[datetime.date(2013, 4, 25)] == "Liberation Day"


def test_an_unknown_town_or_an_early_year_is_refused():
    with pytest.raises(InputError, match="patron is 'Atlantis', must be"):
        italian_holidays([2013], "Atlantis")
    with pytest.raises(InputError, match="year is 1970, must be 1986 or later"):
        italian_holidays([1970])


def test_kinds_of_days_around_easter_and_a_thursday_holiday():
    # 2013: Easter Monday 1 April, so Tuesday is `after`; Thursday 25 April makes Friday 26 a bridge.
    dates = pd.DatetimeIndex(["2013-03-30", "2013-04-01", "2013-04-02", "2013-04-03", "2013-04-25", "2013-04-26"])
    kinds = day_kinds(dates, italian_holidays([2013]))
    assert list(kinds) == ["ordinary", "holiday", "after", "ordinary", "holiday", "bridge"]


def test_a_holiday_on_a_sunday_makes_monday_no_different():
    # 2 June 2013 is a Sunday; the step back over Sundays ends on Saturday 1 June, which is no holiday.
    assert list(day_kinds(pd.DatetimeIndex(["2013-06-03"]), italian_holidays([2013]))) == ["ordinary"]
