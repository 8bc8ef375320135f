"""The small rich run with every rule of waiting, printed as a digest: run in other modes of the compiler."""

import sys

import numpy as np
from small_run import digest, rich

from twin.model import CallCentre
from twin.scenario.waiting_schema import Waiting

CURVE = {"waits": ["20 s", "150 s"], "values": [0.1, 0.6]}
KEPT = {
    "expected_wait": "40 s",
    "after": ["30 s", "55 s"],
    "accept": CURVE,
    "place": "kept",
    "ring": {"law": "exponential", "mean": "8 s"},
    "reach": 0.6,
    "retries": 1,
    "retry_delay": {"law": "exponential", "mean": "3 min"},
}
PROMISED = KEPT | {"place": "promised", "promise": {"quiet_from": ["08:40", "09:20"], "spread": "5 min", "rank": 1}}
TOLD = {"balk": CURVE, "patience_factor": {"waits": ["20 s", "90 s"], "values": [1.5, 0.6]}, "every": "20 s"}
REDRAWN = TOLD | {"patience": {"law": "weibull", "mean": "50 s", "shape": 0.8}}
WORK = {"handle": {"law": "lognormal", "mean": "60 s", "cv": 0.5}, "deadline": "26 h"}


def run():
    """One queue keeps places, the other promises instants; each has its own estimator."""
    base = rich(closing="serve_out")
    one = Waiting.model_validate({"call_back": KEPT, "announcement": TOLD, "message": WORK})
    two = Waiting.model_validate({"call_back": PROMISED, "announcement": REDRAWN, "estimator": "last_entry"})
    queues = {"one": base.queues["one"], "two": base.queues["two"].model_copy(update={"waiting": two})}
    model = CallCentre(base.model_copy(update={"waiting": one, "queues": queues}), seed=11, recording=True)
    model.run()
    model.close()
    return np.concatenate(model.records), model.world.tallies


if __name__ == "__main__":
    found = run()
    sys.stdout.write(f"{len(found[0])} {digest(*found)}\n")
