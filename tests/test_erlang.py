"""Erlang B, C, A and priority queues against published and exact values (verification.md, V3-V5, V15, V16, V20)."""

import pickle
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.linalg import expm, null_space

from twin.erlang import (
    ErlangA,
    UnstableQueueError,
    erlang_b,
    erlang_c,
    pollaczek_khinchine_wait,
    preemptive_sojourns,
    priority_waits,
    required_operators,
)
from twin.errors import TwinError

TWENTY_SECONDS = 1 / 3  # [min]
FOREVER = 0.0  # patience rate of contacts that never abandon


def assert_prints_as(value, printed):
    """The value, rounded to the digits of the printed one, is the printed one."""
    last_digit = Decimal(1).scaleb(Decimal(printed).as_tuple().exponent)
    assert abs(Decimal(float(value)) - Decimal(printed)) <= last_digit * Decimal("0.501"), f"{value} is not {printed}"


# --- V15: exact values, to the digits printed ---


@pytest.mark.parametrize(
    ("n_operators", "offered_load", "printed"),
    [
        (1, 1, ".5"),
        (2, 1, ".2"),
        (10, 5, ".0183845703"),
        (16, 10, ".0223018720"),
        (17, 10, ".0129488752"),
        (30, 25, ".0526031722"),
        (90, 84, ".0446198710"),
        (100, 100, ".0757004527"),
        (120, 84, "4.04969e-5"),
    ],
)
def test_erlang_b_meets_the_exact_values(n_operators, offered_load, printed):
    assert_prints_as(erlang_b(n_operators, offered_load), printed)


def test_seventeen_lines_are_the_fewest_for_two_percent_loss_at_ten_erlang():
    assert erlang_b(16, 10.0) > 0.02 >= erlang_b(17, 10.0)


def test_erlang_c_with_14_operators_meets_pyworkforce():
    queue = ErlangA(14, 100 / 30, 1 / 3, FOREVER)
    assert_prints_as(erlang_c(14, 10.0), ".174131934")
    assert_prints_as(queue.p_wait, ".1741319335950")
    assert_prints_as(queue.asa, ".130598950")
    assert_prints_as(queue.service_level(TWENTY_SECONDS), ".8883500191795")
    assert_prints_as(queue.occupancy, ".714285714")


def test_erlang_c_with_15_operators_meets_pyworkforce():
    queue = ErlangA(15, 100 / 30, 1 / 3, FOREVER)
    assert_prints_as(erlang_c(15, 10.0), ".102042367")
    assert_prints_as(queue.p_wait, ".102042367")
    assert_prints_as(queue.service_level(TWENTY_SECONDS), ".941452843")


def test_erlang_c_with_13_operators_meets_herzog():
    queue = ErlangA(13, 3.5, 1 / 3, FOREVER)
    assert_prints_as(queue.mean_wait * 60, "26.55689")
    assert_prints_as(queue.p_wait, ".368845636")
    assert_prints_as(queue.service_level(TWENTY_SECONDS), ".720612293")


def test_three_operators_of_the_ciw_guide_have_the_exact_wait_not_the_one_of_a_single_run():
    queue = ErlangA(3, 0.2, 0.1, FOREVER)
    assert queue.p_wait == pytest.approx(4 / 9, rel=1e-13)
    assert_prints_as(queue.mean_wait, "4.444444")


def test_limited_queue_meets_the_simmer_vignette():
    queue = ErlangA(2, 3, 4, FOREVER, capacity=3)
    assert_prints_as(queue.mean_number, ".762340037")
    assert_prints_as(queue.p_block, ".049360146")


@pytest.mark.parametrize(("arrival_rate", "service_rate", "sojourn"), [(3, 5, 1 / 2), (4, 5, 1), (3, 6, 1 / 3)])
def test_one_operator_under_processor_sharing_has_the_sojourn_of_one_in_order_of_arrival(
    arrival_rate, service_rate, sojourn
):
    assert ErlangA(1, arrival_rate, service_rate, FOREVER).mean_sojourn == pytest.approx(sojourn, rel=1e-12)


@pytest.mark.parametrize(
    ("n_operators", "p_wait", "p_abandon", "mean_wait", "occupancy", "served_within"),
    [
        (14, ".145260114", ".013983744", ".069918721", ".704297326", ".916792092"),
        (13, ".225797084", ".024963304", ".124816518", ".750028228", ".858177700"),
    ],
)
def test_erlang_a_meets_pyworkforce(n_operators, p_wait, p_abandon, mean_wait, occupancy, served_within):
    queue = ErlangA(n_operators, 100 / 30, 1 / 3, 1 / 5)
    assert_prints_as(queue.p_wait, p_wait)
    assert_prints_as(queue.p_abandon, p_abandon)
    assert_prints_as(queue.mean_wait, mean_wait)
    assert_prints_as(queue.occupancy, occupancy)
    assert_prints_as(queue.served_within(TWENTY_SECONDS), served_within)


def test_service_level_leaves_out_contacts_that_abandon_early():
    assert_prints_as(ErlangA(14, 100 / 30, 1 / 3, 1 / 5).service_level(TWENTY_SECONDS), ".923407")


def test_erlang_a_with_100_places_meets_herzog():
    queue = ErlangA(13, 3.5, 1 / 3, 1 / 5, capacity=100)
    assert_prints_as(queue.mean_wait * 60, "9.912803")
    assert_prints_as(queue.p_abandon, ".033042675")
    assert_prints_as(queue.served_within(TWENTY_SECONDS), ".816309502")
    assert_prints_as(queue.virtual_wait_within(TWENTY_SECONDS), ".819421813")


def test_overloaded_erlang_a_with_100_places_has_the_value_herzog_meant():
    queue = ErlangA(9, 3.5, 1 / 3, 1 / 5, capacity=100)
    assert_prints_as(queue.mean_wait * 60, "56.618435")
    assert_prints_as(queue.p_abandon, ".188728118")


@pytest.mark.parametrize(
    ("n_operators", "p_wait", "p_abandon"),
    [
        (95, (".807124", ".704821", ".596545"), (".062710846", ".069452840", ".076588390")),
        (100, (".596703", ".513299", ".429999"), (".033030153", ".039860997", ".046683298")),
        (105, (".369605", ".321593", ".271740"), (".015084074", ".020041052", ".025188058")),
    ],
)
def test_erlang_a_near_full_load_meets_the_exact_values(n_operators, p_wait, p_abandon):
    queue = ErlangA(n_operators, 100, 1, np.array([0.5, 1, 2]))
    for i in range(3):
        assert_prints_as(queue.p_wait[i], p_wait[i])
        assert_prints_as(queue.p_abandon[i], p_abandon[i])


@pytest.mark.parametrize(
    ("offered_load", "p_block", "mean_wait"),
    [(77.4, "1.676626e-4", ".0827683"), (84, ".003643076", ".4500228"), (90, ".023492192", "1.2429632")],
)
def test_ninety_operators_and_thirty_places_meet_the_exact_values(offered_load, p_block, mean_wait):
    queue = ErlangA(90, offered_load / 10, 1 / 10, FOREVER, capacity=120)
    assert_prints_as(queue.p_block, p_block)
    assert_prints_as(queue.mean_wait, mean_wait)
    assert_prints_as(queue.asa, mean_wait)


def test_capacitated_processor_sharing_has_the_states_of_three_operators():
    queue = ErlangA(3, 10, 12, FOREVER)
    for n_in_system, printed in enumerate([".432133", ".360111", ".150046", ".041679", ".011578"]):
        assert_prints_as(queue.state_probability(n_in_system), printed)


# --- exact values printed elsewhere on the page ---


def test_steady_state_of_the_contactcenters_day_meets_v3_and_v4():
    patient, impatient = ErlangA(12, 4.2, 1 / 2, FOREVER), ErlangA(12, 4.2, 1 / 2, 1.0)
    assert_prints_as(patient.served_within(TWENTY_SECONDS), "0.899080")
    assert_prints_as(patient.mean_wait, "0.102160")
    assert_prints_as(patient.p_wait, "0.183889")
    assert_prints_as(impatient.p_abandon, "0.029679")


def test_large_centre_of_290_operators_meets_its_exact_kpis():
    queue = ErlangA(290, 100, 1 / 3, 1 / 2)
    assert_prints_as(queue.p_abandon, ".04570")
    assert_prints_as(queue.mean_wait, ".09140")
    assert_prints_as(queue.served_within(TWENTY_SECONDS), ".92493")
    assert_prints_as(queue.occupancy, ".98720")


# --- the same numbers by another way ---


@pytest.mark.parametrize(
    ("n_operators", "load", "theta", "capacity"),
    [(3, 2.0, 0.7, 9), (3, 7.0, 0.2, 12), (1, 0.5, 0.0, 4), (5, 9.0, 0.0, 20), (4, 3.0, 2.0, 4)],
)
def test_state_probabilities_solve_the_balance_equations(n_operators, load, theta, capacity):
    queue = ErlangA(n_operators, load, 1.0, theta, capacity)
    state = np.arange(1, capacity + 1)
    leave = np.minimum(state, n_operators) + theta * np.maximum(state - n_operators, 0)
    generator = np.diag(np.full(capacity, load), 1) + np.diag(leave, -1)
    generator -= np.diag(generator.sum(axis=1))
    balance = null_space(generator.T)[:, 0]
    ours = [queue.state_probability(k) for k in range(capacity + 1)]
    assert ours == pytest.approx(balance / balance.sum(), rel=1e-9)


@pytest.mark.parametrize("theta", [0.0, 1e-9, 1e-3, 0.5, 20.0])
def test_waiting_law_is_that_of_one_contact_followed_through_the_queue(theta):
    n_operators, n_places, wait_time = 3, 8, 0.9
    queue = ErlangA(n_operators, 4.0, 1.0, theta, n_operators + n_places)
    arrival = np.array([queue.state_probability(k) for k in range(n_operators + n_places)])
    arrival /= 1 - queue.p_block
    ahead = n_operators + theta * np.arange(n_places)  # rate of departures ahead of the contact, by others waiting
    for own_theta, ours in [(theta, queue.served_within(wait_time)), (0.0, queue.virtual_wait_within(wait_time))]:
        follow = np.zeros((n_places + 1, n_places + 1))  # state 0: being served; i: i-th in the queue
        follow[np.arange(1, n_places + 1), np.arange(n_places)] = ahead
        follow -= np.diag(np.append(0.0, ahead + own_theta))
        served = expm(follow * wait_time)[1:, 0]
        assert ours == pytest.approx(arrival[:n_operators].sum() + arrival[n_operators:] @ served, abs=1e-12)


@pytest.mark.parametrize(
    "queue", [ErlangA(290, 100, 1 / 3, 1 / 2), ErlangA(9, 3.5, 1 / 3, 1 / 5, 20), ErlangA(14, 10 / 3, 1 / 3, FOREVER)]
)
def test_mean_waits_are_the_areas_over_the_waiting_laws(queue):
    def waits_longer(t):
        return 1 - queue.served_within(t) - queue.abandoned_within(t)

    def served_later(t):
        return 1 - queue.p_abandon - queue.served_within(t)

    assert quad(waits_longer, 0, 30, limit=200)[0] == pytest.approx(queue.mean_wait, rel=1e-8)
    assert quad(served_later, 0, 30, limit=200)[0] == pytest.approx(queue.asa * (1 - queue.p_abandon), rel=1e-8)


def test_a_day_in_one_call_gives_the_numbers_of_its_intervals():
    n_operators, arrival_rates = np.array([3, 20, 8]), np.array([0.0, 9.0, 3.0])
    day = ErlangA(n_operators, arrival_rates, 1 / 2, 1.0, capacity=24)
    for measure in ("p_block", "p_wait", "p_abandon", "mean_wait", "asa", "mean_number", "occupancy"):
        each = [
            getattr(ErlangA(int(n), rate, 1 / 2, 1.0, 24), measure)
            for n, rate in zip(n_operators, arrival_rates, strict=True)
        ]
        assert getattr(day, measure) == pytest.approx(each, rel=1e-12, abs=1e-300)
    each = [
        ErlangA(int(n), rate, 1 / 2, 1.0, 24).service_level(0.2)
        for n, rate in zip(n_operators, arrival_rates, strict=True)
    ]
    assert day.service_level(0.2) == pytest.approx(each, rel=1e-12)


# --- V16: properties ---

operators = st.integers(1, 300)
utilisations = st.floats(0.05, 1.6)
patience_rates = st.floats(1e-3, 50)  # per mean handle time


@given(operators, st.floats(0.05, 0.97))
def test_erlang_a_becomes_erlang_c_as_patience_grows(n_operators, utilisation):
    load = n_operators * utilisation
    patient, endless = ErlangA(n_operators, load, 1.0, 1e-6), ErlangA(n_operators, load, 1.0, FOREVER)
    for queue, tolerance in [(patient, 1e-3), (endless, 1e-9)]:
        p_wait, drain_rate = erlang_c(n_operators, load), n_operators - load
        assert queue.p_wait == pytest.approx(p_wait, rel=tolerance, abs=1e-12)
        assert queue.mean_wait == pytest.approx(p_wait / drain_rate, rel=10 * tolerance, abs=1e-12)
        assert queue.served_within(0.1) == pytest.approx(1 - p_wait * np.exp(-drain_rate * 0.1), abs=tolerance)
    assert endless.p_abandon == 0


@given(operators, utilisations, patience_rates)
def test_no_patience_loses_more_than_erlang_b(n_operators, utilisation, theta):
    load = n_operators * utilisation
    assert ErlangA(n_operators, load, 1.0, theta).p_abandon <= erlang_b(n_operators, load) * (1 + 1e-9)


@given(operators, utilisations, patience_rates, st.one_of(st.just(np.inf), st.integers(0, 50)))
def test_share_abandoning_is_patience_rate_times_mean_wait(n_operators, utilisation, theta, n_places):
    queue = ErlangA(n_operators, n_operators * utilisation, 1.0, theta, n_operators + n_places)
    assert queue.p_abandon == pytest.approx(theta * queue.mean_wait, rel=1e-9, abs=1e-300)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 20), utilisations, st.floats(0.0, 5.0), st.integers(0, 30))
def test_littles_law_holds(n_operators, utilisation, theta, n_places):
    arrival_rate = n_operators * utilisation
    queue = ErlangA(n_operators, arrival_rate, 1.0, theta, n_operators + n_places)
    p_state = np.array([queue.state_probability(k) for k in range(n_operators + n_places + 1)])
    assert p_state.sum() == pytest.approx(1.0, abs=1e-12)
    assert p_state @ np.arange(len(p_state)) == pytest.approx(
        arrival_rate * (1 - queue.p_block) * queue.mean_sojourn, rel=1e-9
    )


@given(operators, utilisations, patience_rates, st.floats(0, 10), st.floats(0, 10))
def test_waiting_laws_are_shares_that_grow_with_time(n_operators, utilisation, theta, one_time, other_time):
    queue = ErlangA(n_operators, n_operators * utilisation, 1.0, theta)
    sooner, later = sorted([one_time, other_time])
    for law in (queue.served_within, queue.abandoned_within, queue.virtual_wait_within):
        assert -1e-12 <= law(sooner) <= law(later) + 1e-12 <= 1 + 2e-12
    assert queue.served_within(later) <= queue.virtual_wait_within(later) + 1e-12
    assert queue.abandoned_within(later) <= queue.p_abandon + 1e-12


def test_patience_of_zero_length_leaves_the_loss_system():
    assert ErlangA(10, 8.0, 1.0, 1e9).p_abandon == pytest.approx(erlang_b(10, 8.0), rel=1e-7)
    assert ErlangA(10, 8.0, 1.0, 1.0, capacity=10).p_block == pytest.approx(erlang_b(10, 8.0), rel=1e-12)


# --- staffing ---


@settings(max_examples=50, deadline=None)
@given(st.floats(0.1, 200), st.sampled_from([0.0, 0.01, 0.5, 3.0]), st.floats(0.0, 2.0), st.floats(0.05, 0.999))
def test_required_operators_meet_the_target_and_one_fewer_do_not(load, theta, wait_time, target):
    n_operators = required_operators(load, 1.0, theta, wait_time, target)
    assert ErlangA(n_operators, load, 1.0, theta).service_level(wait_time) >= target
    if n_operators > 1 and (theta > 0 or load < 0.9999 * (n_operators - 1)):  # nearer to full load it is refused
        assert ErlangA(n_operators - 1, load, 1.0, theta).service_level(wait_time) < target


def test_required_operators_without_abandonment_are_those_of_erlang_c():
    assert required_operators(100 / 30, 1 / 3, FOREVER, TWENTY_SECONDS, 0.80) == 14
    assert required_operators(100 / 30, 1 / 3, FOREVER, TWENTY_SECONDS, 0.90) == 15


# --- errors ---


@pytest.mark.parametrize(
    "ask",
    [
        lambda: erlang_c(10, 10.0),
        lambda: ErlangA(10, 10.0, 1.0, FOREVER),
        lambda: ErlangA(np.array([10, 10]), 10.0, 1.0, np.array([1.0, FOREVER])),
        lambda: ErlangA(10, 20.0, 1.0, 1e-7).p_wait,
        lambda: priority_waits(np.array([0.5, 0.5]), 1.0),
        lambda: preemptive_sojourns(np.array([0.5, 0.5]), 1.0),
        lambda: pollaczek_khinchine_wait(1.0, 1.0, 1.0),
    ],
)
def test_queue_that_grows_without_end_is_refused(ask):
    with pytest.raises(UnstableQueueError, match="offered_load") as caught:
        ask()
    assert isinstance(caught.value, TwinError)
    assert np.any(caught.value.offered_load >= caught.value.n_operators)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: ErlangA(0, 1.0, 1.0, 1.0), "n_operators is 0, must be a whole number, 1 or more"),
        (lambda: ErlangA(2.5, 1.0, 1.0, 1.0), "n_operators is 2.5"),
        (lambda: ErlangA(1, -1.0, 1.0, 1.0), "arrival_rate is -1.0, must be 0 or more"),
        (lambda: ErlangA(1, 1.0, 0.0, 1.0), "service_rate is 0.0, must be above 0"),
        (lambda: ErlangA(1, 1.0, 1.0, -1.0), "patience_rate is -1.0, must be 0 or more"),
        (lambda: ErlangA(5, 1.0, 1.0, 1.0, 4), "capacity is 4, must be at least n_operators"),
        (lambda: ErlangA(5, 1.0, 1.0, 1.0).service_level(-1.0), "wait_time is -1.0, must be 0 or more"),
        (lambda: required_operators(1.0, 1.0, 1.0, np.nan, 0.8), "wait_time is nan, must be 0 or more"),
        (lambda: required_operators(1.0, 1.0, 1.0, 1.0, 1.0), "target is 1.0, must be above 0 and below 1"),
        (lambda: priority_waits(np.array([1.0, 1.0]), np.array([1.0, 2.0]), 4), "service_rates"),
    ],
)
def test_impossible_input_is_refused_by_name(ask, message):
    with pytest.raises(ValueError, match=message):
        ask()
