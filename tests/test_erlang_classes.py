"""Priority queues, and one operator with any handle times, against known values (verification.md V15, V16)."""

import numpy as np
import pytest

from twin.erlang import ErlangA, pollaczek_khinchine_wait, preemptive_sojourns, priority_waits

FOREVER = 0.0  # patience rate of contacts that never abandon


def test_first_class_of_two_waits_less_as_in_the_literature():
    sojourns = priority_waits(np.array([0.2, 0.6]), 1.0) + 1
    assert sojourns == pytest.approx([2.0, 6.0], rel=1e-13)


def test_one_class_waits_as_without_priorities():
    assert priority_waits(np.array([5.0]), 1.0, 7)[0] == pytest.approx(ErlangA(7, 5.0, 1.0, FOREVER).mean_wait)
    assert preemptive_sojourns(np.array([0.8]), 1.0)[0] == pytest.approx(5.0)


def test_priorities_shift_the_wait_between_classes_and_leave_its_sum():
    rates = np.array([1.0, 2.5, 1.5])
    assert rates @ priority_waits(rates, 1.0, 6) == pytest.approx(5 * ErlangA(6, 5.0, 1.0, FOREVER).mean_wait)
    one_operator = rates / 6
    assert one_operator @ preemptive_sojourns(one_operator, 1.0) == pytest.approx(
        ErlangA(1, 5 / 6, 1.0, FOREVER).mean_number
    )


def test_interrupting_class_does_not_notice_the_others():
    sojourns = preemptive_sojourns(np.array([0.2, 0.6]), np.array([1.0, 2.0]))
    assert sojourns[0] == pytest.approx(1 / (1 - 0.2))
    assert sojourns[1] == pytest.approx((1 / 2 + (0.2 + 0.15) / (1 - 0.5)) / (1 - 0.2))


def test_classes_of_unlike_handle_times_wait_for_the_work_found():
    waits = priority_waits(np.array([0.2, 0.6]), np.array([1.0, 2.0]))
    assert waits == pytest.approx([0.35 / 0.8, 0.35 / (0.8 * 0.5)])


def test_pollaczek_khinchine_gives_one_operator_his_wait_and_half_of_it_without_spread():
    assert pollaczek_khinchine_wait(0.8, 1.0, 1.0) == pytest.approx(ErlangA(1, 0.8, 1.0, FOREVER).mean_wait)
    assert pollaczek_khinchine_wait(0.8, 1.0, 0.0) == pytest.approx(2.0)
