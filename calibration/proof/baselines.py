"""What planners use: Erlang C and Erlang A, half hour by half hour, each a steady state of its own."""

from dataclasses import replace

import numpy as np

from calibration.fit.record import Record
from calibration.history.first_numbers import WAIT_LIFT
from calibration.proof.heldout import HeldOut
from twin.erlang import ErlangA, erlang_c

LEAST_OPERATORS = 0.05


def _between(operators: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whole operators below a mean number present (at least 1), and the weight of one more."""
    below = np.maximum(np.floor(operators), 1.0)
    return below, np.clip(operators - below, 0.0, 1.0)


def erlang_a_forecast(record: Record, handle_s: float, patience_s: float) -> Record:
    """Erlang A with the half hour's calls and presence; a fraction of an operator mixes the two whole numbers."""
    lost, wait, quick = (np.zeros_like(record.offered) for _ in range(3))
    below, part = _between(_present(record))
    has_calls, is_of_answered = record.offered > 0, record.measured.waits_of == "answered"
    for extra, weight in ((0, 1 - part), (1, part)):
        system = ErlangA(
            below[has_calls] + extra, record.offered[has_calls] / record.interval_s, 1 / handle_s, 1 / patience_s
        )
        share = weight[has_calls]
        lost[has_calls] += share * system.p_abandon
        wait[has_calls] += share * (system.asa if is_of_answered else system.mean_wait)
        quick[has_calls] += share * system.served_within(record.measured.within_s)
    return _filled(record, lost, wait, quick)


def erlang_c_forecast(record: Record, handle_s: float) -> Record:
    """Erlang C likewise. Nobody gives up; where load exceeds presence the queue grows evenly all through the half hour.

    In such a half hour nobody is answered in time, and the mean wait is half the backlog at its end over the capacity.
    """
    wait, quick = np.zeros_like(record.offered), np.zeros_like(record.offered)
    below, part = _between(_present(record))
    for extra, weight in ((0, 1 - part), (1, part)):
        n = below + extra
        load = record.offered / record.interval_s * handle_s
        stable = (load < n) & (record.offered > 0)
        p_wait = np.asarray(erlang_c(n[stable], load[stable]))
        spare = (n[stable] - load[stable]) / handle_s
        wait[stable] += weight[stable] * p_wait / spare
        quick[stable] += weight[stable] * (1 - p_wait * np.exp(-spare * record.measured.within_s))
        full = (load >= n) & (record.offered > 0)
        wait[full] += weight[full] * (load[full] / n[full] - 1) * record.interval_s / 2
    return _filled(record, np.zeros_like(wait), wait, quick)


def patience_for(record: Record) -> float:
    """Mean patience from waits and losses: seconds waited over calls lost (exponential patience).

    Where the waits of the lost are not reported, WAIT_LIFT stands for them.
    """
    lift = WAIT_LIFT if record.measured.waits_of == "answered" else 1.0
    return lift * record.total("wait_s") / record.total("abandoned")


def gap_for(record: Record, talk_s: float, patience_s: float) -> float:
    """Seconds between two talks with which Erlang A loses as many as were recorded: its best chance."""
    low, high = 0.0, 300.0
    target = record.total("abandoned") / record.total("offered")
    for _ in range(30):
        middle = (low + high) / 2
        found = erlang_a_forecast(record, talk_s + middle, patience_s)
        if found.total("abandoned") / found.total("offered") < target:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def formulas(seen: Record, unseen: Record) -> list[HeldOut]:
    """Erlang C and A for other days, with their arrivals and presence; talk, patience and gap between talks of `seen`.

    None where the record does not tell presence and talk.
    """
    if seen.operators is None or unseen.operators is None or not np.isfinite(seen.total("handle_s")):
        return []
    talk, patience = seen.total("handle_s") / seen.total("answered"), patience_for(seen)
    if not (np.isfinite(patience) and talk > 0):
        return []
    gap = gap_for(seen, talk, patience)
    return [
        HeldOut("Erlang C", [erlang_c_forecast(unseen, talk + gap)], unseen),
        HeldOut("Erlang A", [erlang_a_forecast(unseen, talk + gap, patience)], unseen),
    ]


def _present(record: Record) -> np.ndarray:
    assert record.operators is not None
    return np.maximum(record.operators, LEAST_OPERATORS)


def _filled(record: Record, lost: np.ndarray, wait: np.ndarray, quick: np.ndarray) -> Record:
    """Shares and mean waits as counts of the same calls; of the talks of these days a formula knows nothing."""
    found = replace(
        record,
        abandoned=lost * record.offered,
        in_time=quick * record.offered,
        answered=(1 - lost) * record.offered,
        handle_s=np.full_like(record.offered, np.nan),
    )
    return replace(found, wait_s=wait * found.base("wait_s"))
