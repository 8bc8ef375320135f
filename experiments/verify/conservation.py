"""No contact gets lost: the books are looked at after every interval, queue by queue, and must balance exactly."""

from collections.abc import Mapping

import numpy as np

from experiments.verify.case import ExactCase, Row
from experiments.verify.sample import conserved

SEED = 1
OFFERED = "largest |offered - handled - lost - waiting or talking| of a queue after an interval"
ENTERED = "largest |entered - self-served - blocked - offered - in the IVR| of a queue after an interval"
TALK = "largest |operators' talk time / contacts' talk time - 1| of days that end empty"

WITH_ALL: Mapping[str, object] = {
    "demand.rates.pledge": "75 /h",
    "run.interval": "15 min",
    "ivr.navigation.law": "exponential",
    "ivr.navigation.mean": "40 s",
    "ivr.false_containment": 0.3,
    "ivr.false_delay.law": "exponential",
    "ivr.false_delay.mean": "30 min",
    "intents.pledge.containment": 0.2,
    "intents.pledge.fcr": 0.7,
    "redial.share": 0.6,
    "redial.delay.law": "exponential",
    "redial.delay.mean": "3 min",
    "redial.after_blocked": True,
    "recall.share": 0.8,
    "recall.delay.law": "exponential",
    "recall.delay.mean": "2 h",
}
"""The telethon, overloaded, with an IVR, redials and recalls."""

WITH_WAITING: Mapping[str, object] = {
    **WITH_ALL,
    "waiting.call_back.expected_wait": "30 s",
    "waiting.call_back.accept": 0.4,
    "waiting.call_back.place": "kept",
    "waiting.call_back.ring.law": "exponential",
    "waiting.call_back.ring.mean": "10 s",
    "waiting.call_back.reach": 0.6,
    "waiting.call_back.retries": 1,
    "waiting.call_back.retry_delay.law": "exponential",
    "waiting.call_back.retry_delay.mean": "10 min",
    "waiting.announcement.balk": 0.1,
    "waiting.announcement.every": "40 s",
    "waiting.message.handle.law": "exponential",
    "waiting.message.handle.mean": "1 min",
    "waiting.message.deadline": "4 h",
}
"""The same with call-backs, announced waits, and messages that become work."""

RUNS: tuple[tuple[str, str, int, Mapping[str, object]], ...] = (
    ("v1", "v1-ssj", 5, {"run.interval": "15 min"}),
    ("v5", "v5-blocked", 5, {"run.interval": "15 min"}),
    ("v7", "v7-multiskill", 5, {"run.interval": "15 min"}),
    ("v9", "v9-telethon", 10, {"run.interval": "15 min"}),
    ("v9 with IVR, redials and recalls", "v9-telethon", 10, WITH_ALL),
    ("v9 with call-backs and messages, too", "v9-telethon", 10, WITH_WAITING),
    ("v20, two skills", "v20-pooling", 2, {}),
)
ENDING_EMPTY = ("v3-mmc", "v6-cut", "v7-multiskill")


def _rows() -> list[Row]:
    from twin.scenario.load import load_scenario
    from twin.simulation import simulate

    rows = []
    for title, scenario, days, overrides in RUNS:
        worst = conserved(load_scenario(scenario, overrides), SEED, days)
        rows.append(_zero(f"contacts that asked, {title}", OFFERED, worst["offered"], 1e-6))
        rows.append(_zero(f"contacts that entered, {title}", ENTERED, worst["entered"], 1e-6))
    for scenario in ENDING_EMPTY:
        counts = simulate(load_scenario(scenario), 20, SEED).counts(["day"])
        worst_share = float(np.abs(counts.staff_talk / counts.talk - 1.0).max())
        rows.append(_zero(f"talk time, {scenario}", TALK, worst_share, 1e-9))
    return rows


def _zero(measure: str, definition: str, ours: float, tolerance: float) -> Row:
    return Row("conservation", measure, definition, "exact", 0.0, None, ours, None, tolerance)


CONSERVATION = ExactCase("conservation", "Conservation of contacts and of time", _rows)
