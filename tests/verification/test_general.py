"""Lines that are not Erlang's: their exact values, and cases of `twin verify` that rest on them."""

import dataclasses
import math

import numpy as np
import pytest

from experiments.verify import forward
from experiments.verify.case import estimate
from experiments.verify.general import MMnG
from experiments.verify.renewals import BETWEEN, gm1_wait, kingman_bound
from experiments.verify.run import CASES, verify
from experiments.verify.sample import draw
from twin.erlang import ErlangA

RATE, MU = 200 / 3600, 1 / 180


@pytest.mark.parametrize(
    "name", ["mg1-constant", "mmn-priority", "mmng-lognormal", "gm1-hyperexponential", "erlang-a-day"]
)
def test_case_is_met(name):
    assert [row for row in verify([name]).rows if not row.is_met] == []


def test_with_exponential_patience_general_patience_is_erlang_a():
    theta = 1 / 300
    general = MMnG(14, RATE, MU, lambda x: math.exp(-theta * x), lambda x: -math.expm1(-theta * x) / theta)
    line = ErlangA(14, RATE, MU, theta)
    for name in ("p_wait", "p_abandon", "mean_wait"):
        assert getattr(general, name) == pytest.approx(getattr(line, name), rel=1e-8)
    assert general.served_within(20.0) == pytest.approx(line.served_within(20.0), rel=1e-8)


def test_of_all_patience_with_one_mean_constant_patience_loses_fewest():
    """Known for light to moderate loads (Zeltyn & Mandelbaum 2005, Mandelbaum & Zeltyn 2004)."""
    lost = {name: CASES[f"mmng-{name}"].measures[1].published[0].value for name in ("constant", "uniform", "lognormal")}
    assert lost["constant"] < lost["uniform"] < lost["lognormal"]


def test_poisson_arrivals_make_g_m_1_an_m_m_1():
    assert gm1_wait(lambda s: 1 / (1 + 120 * s), 1 / 84) == pytest.approx(ErlangA(1, 1 / 120, 1 / 84, 0).mean_wait)


def test_the_forward_equations_give_the_values_of_the_case():
    p_wait, waiting = forward.integrate()
    for hour, value in forward.P_WAIT.items():
        assert p_wait[hour] == pytest.approx(value, abs=1e-7)
    assert waiting == pytest.approx(forward.WAITING, abs=1e-7)


def test_at_a_constant_rate_the_forward_equations_end_at_erlang_a(monkeypatch):
    monkeypatch.setattr(forward, "HOURLY", (200,) * 24)
    p_wait, waiting = forward.integrate()
    line = ErlangA(14, 200.0, forward.MU, forward.THETA)
    assert p_wait == pytest.approx(np.full(24, line.p_wait), abs=1e-7)
    assert waiting == pytest.approx(line.mean_wait * 200.0, abs=1e-7)


def test_g_g_1_stays_below_kingmans_bound_and_near_it_in_heavy_traffic():
    """Hyperexponential times between arrivals, constant talks, utilisation .95: the bound is near (Kingman 1962)."""
    case = CASES["gm1-hyperexponential"]
    talk = {"groups.operators.count": 1, "intents.call.talk": {"law": "constant", "value": "114 s"}}
    law, _ = BETWEEN["hyperexponential"]
    cv = math.sqrt(2 * (0.75 * 40**2 + 0.25 * 360**2) / 120**2 - 1)
    bound = kingman_bound(1 / 120, cv, 114.0, 0.0)
    wait, se = estimate(lambda m: m.wait_handled / m.handled, draw(dataclasses.replace(case, overrides=talk), 1, 0))
    assert wait <= bound + 3 * se
    assert wait >= 0.85 * bound - 3 * se
    assert law.shares == [0.75, 0.25]
