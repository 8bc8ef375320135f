"""The record of months that page and screen draw: its numbers by hand, read back, refused where it does not fit."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from calibration.fit.identified import FittedParameter
from calibration.history.tables import Quality
from calibration.months.forecast import MonthForecast
from calibration.months.page import MonthValidation, by_month, of_forecasts
from calibration.months.record import MonthRecord
from calibration.months.shown import MonthsShown
from calibration.proof.stored import Stored, read_stored, stored_months
from twin.errors import InputError

AT = ("2015-10", "2015-11", "2015-12")


def months(at=AT, **kpis):
    return MonthRecord(at, {name: np.array(values) for name, values in kpis.items()}, 60.0)


@pytest.fixture
def shown():
    """Abandonment recorded 1.0, 2.0, 4.0 %; members 1 point below and above 2 %. December is held out: two members
    forecast 1 and 3 %, naive is November's 2 %. Offered is told by half hours, turnover of October by nobody."""
    recorded = months(abandonment=[0.01, 0.02, 0.04], offered=[800.0, 900.0, 1000.0], turnover=[0.1, 0.1, 0.1])
    members = [
        months(abandonment=[share] * 3, offered=[800.0, 890.0, 1000.0], turnover=[np.nan, share, share])
        for share in (0.01, 0.03)
    ]
    truth = recorded.of(["2015-12"])
    last = [MonthRecord(("2015-12",), {name: of[2:] for name, of in one.values.items()}) for one in members]
    naive = MonthForecast("naive, the last month", [MonthRecord(("2015-12",), recorded.of(["2015-11"]).values)], truth)
    ahead = [MonthForecast("twin", last, truth), naive]
    return MonthsShown(MonthForecast("twin", members, recorded), ahead, ["abandonment", "turnover"], ["churn"])


def test_shares_counts_and_what_nobody_tells(shown):
    found = shown.told()
    lost = found.kpis["abandonment"]
    assert lost.recorded == [0.01, 0.02, 0.04]
    assert lost.mean == [0.02, 0.02, 0.02]
    assert [band[0] for band in lost.bands] == pytest.approx([0.011, 0.015, 0.02, 0.025, 0.029])
    # recorded less simulated over the spread of 1 point and the tolerance of 0.5: -1 / sqrt(1.25)
    assert lost.deviations[0] == pytest.approx(-1 / 1.25**0.5, abs=1e-5)
    assert found.kpis["offered"].recorded == [800.0, 900.0, 1000.0]
    assert found.kpis["turnover"].mean == [None, 0.02, 0.02]
    assert found.kpis["turnover"].bands[0][0] is None
    assert (found.within_s, found.mute, found.held_out) == (60.0, ["churn"], ["2015-12"])


def test_forecast_stands_beside_naive(shown):
    """Members 1 and 3 %, recorded 4 %: mean 2 %, error 2 points, CRPS 2 - 0.5 points; naive 2 %, off by 2 points."""
    found = shown.told()
    ours, naive = (one.kpis["abandonment"] for one in found.ahead)
    assert (ours.mean, naive.mean) == ([0.02], [0.02])
    assert (ours.mean_error, naive.mean_error) == pytest.approx((0.02, 0.02))
    assert (ours.crps, naive.crps) == pytest.approx((0.015, 0.02))
    assert set(ours.coverage) == {"0.5", "0.9"}
    assert naive.coverage == {}
    assert found.recorded_ahead("abandonment") == [0.04]


def test_what_a_month_was_for(shown):
    found = shown.told()
    assert [found.use("abandonment", month) for month in ("2015-10", "2015-12")] == ["fitted", "held_out"]
    assert found.use("offered", "2015-10") == "half_hours"


def test_the_page_draws_from_the_record(shown):
    """A month that no member tells has no band, and nothing is called NaN."""
    html = by_month(shown.told()) + of_forecasts(shown.told())
    assert "2015-11: recorded 2.0 %, simulated 2.0 (1.1 to 2.9)" in html
    assert "2015-10: recorded 10.0 %</title>" in html
    assert "2 (4)" in html
    assert "NaN" not in html


def fitted():
    one = FittedParameter("heads", "Operators, over the scenario's", 1.2, 1.0, 1.3, 0.1, 0.9)
    return SimpleNamespace(estimates=[one], correlations=[], worst=[("offered", 1.5)], widening=1.0)


@pytest.fixture
def kept(shown):
    return stored_months(MonthValidation("areas", fitted(), shown.told(), None, Quality(n_read=9, n_kept=9)))


def test_months_alone_are_stored_and_read_back(kept):
    found = read_stored(kept.model_dump_json(), "x")
    assert found == kept
    assert (found.days, found.first, found.last, found.is_held_out) == (0, "2015-10-01", "2015-12-31", True)
    assert found.parameters[0].estimate == 1.2
    assert found.quality["kept"] == 9


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: m["kpis"].update(patience=m["kpis"].pop("offered")), "months has 'patience', must be one of"),
        (lambda m: m["at"].append("2016-01"), "months.kpis.abandonment has .* values, must have 4"),
        (lambda m: m["kpis"]["offered"]["bands"].pop(), "months.kpis.offered has"),
        (lambda m: m.update(held_out=["2014-01"]), "months.held_out must be some of months.at"),
        (lambda m: m.update(at=["2015-13", "2015-11", "2015-12"]), "months.at.0: String should match"),
        (lambda m: m["ahead"][0]["kpis"]["offered"]["mean"].append(1.0), "months.ahead of offered has 2 values"),
        (lambda m: m["ahead"][1]["kpis"].pop("offered"), "must hold the same KPIs for each forecast"),
        (lambda m: m.update(kpis={}), "months.kpis: Dictionary should have at least 1 item"),
    ],
)
def test_months_that_do_not_fit_together_are_refused(kept, change, said):
    content = json.loads(kept.model_dump_json())
    change(content["months"])
    with pytest.raises(InputError, match=said):
        read_stored(json.dumps(content), "x.json")


def test_a_calibration_of_neither_days_nor_months_is_refused(kept):
    content = json.loads(kept.model_dump_json()) | {"months": None}
    with pytest.raises(InputError, match="holds neither forecasts nor months"):
        read_stored(json.dumps(content), "x.json")
    assert Stored.model_validate(content).months is None
