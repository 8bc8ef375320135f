"""Work on a case is no contact of the customer, and takes the open case out of his memory."""

import numpy as np
import pytest

from twin.kernel.codes import Outcome
from twin.kernel.tables import RECORD
from twin.model import CallCentre
from twin.people.case_flags import close_cases
from twin.people.states import Flag
from twin.scenario.case_schema import Cases
from twin.scenario.load import load_scenario


@pytest.fixture(scope="module")
def model():
    """A day of the tiny As-Is in which cases of a minute are worked on."""
    level = {"share": 1.0, "work": {"law": "constant", "value": "1 min"}}
    plain = load_scenario("187-as-is", {"size": "tiny", "scale.sizes.tiny": 0.004, "run.days": 1, "run.warm_up": 0})
    cases = Cases.model_validate({"levels": {"I": level}})
    found = CallCentre(plain.model_copy(update={"cases": cases}), 3, recording=True)
    found.run()
    found.close()
    return found


def test_work_on_a_case_is_no_contact(model):
    records = np.concatenate(model.records)
    is_case = records["outcome"] == Outcome.CASE_DONE
    assert is_case.sum() == model.world.tallies["cases_done"].sum() > 0
    assert model.customers.get("contacts_3").sum() == (~is_case).sum()


def test_a_closed_case_is_no_longer_open(model):
    records = np.concatenate(model.records)
    closed = records["customer"][records["outcome"] == Outcome.CASE_DONE]
    opened = records["customer"][records["opens_case"]]
    has_case = np.flatnonzero(model.demand.people.rows.flag_bits & Flag.CASE)
    assert set(has_case) <= set(opened)
    assert not set(has_case) & (set(closed) - set(opened[np.isin(opened, closed)]))
    assert len(has_case) < len(set(opened))


def test_the_last_of_the_day_decides():
    """Customer 0: opened, closed. Customer 1: closed, another opened. Customer 2: opened."""
    records = np.zeros(5, RECORD)
    records["customer"] = [0, 0, 1, 1, 2]
    records["outcome"] = [Outcome.HANDLED, Outcome.CASE_DONE, Outcome.CASE_DONE, Outcome.HANDLED, Outcome.HANDLED]
    records["opens_case"] = [True, False, False, True, True]
    flags = np.full(3, Flag.CASE | Flag.ORDER, np.uint8)
    close_cases(flags, records)
    assert flags.tolist() == [Flag.ORDER, Flag.CASE | Flag.ORDER, Flag.CASE | Flag.ORDER]
