"""A small run in which calls are blended with all other work, as a digest: run in other modes of the compiler."""

import sys

import numpy as np
from small_run import PATIENCE, digest
from waiting_run import KEPT, WORK

from twin.model import CallCentre
from twin.scenario.schema import Scenario

MAIL = {"channel": "e-mail", "answer_by": "1 h", "interruptible": True, "resume_time": "10 s"}
LIST = {"intent": "sales", "ring_time": {"law": "exponential", "mean": "12 s"}, "opens": "08:05", "closes": "09:50"}
RETRY = {"attempts": 3, "retry_delay": {"law": "exponential", "mean": "10 min"}, "reach": 0.4}
LISTS = {
    "ahead": LIST | RETRY | {"count": 900, "mode": "predictive", "nuisance_cap": 0.05, "most_dials": 5.0,
                             "adapts_every": "3 min"},
    "looked at": LIST | {"count": 40, "mode": "preview", "preview_time": {"law": "exponential", "mean": "20 s"},
                         "reach": [0.5] * 24},
}  # fmt: skip


def centre(resumed_by="anyone"):
    """Eight operators, two of them for written work alone; two days."""
    short, long = ({"law": "exponential", "mean": f"{mean} s"} for mean in (60, 150))
    return Scenario.model_validate(
        {
            "name": "channels",
            "run": {"days": 2},
            "opening": {"opens": "08:00", "closes": "10:00"},
            "limits": {"trunks": 12, "waiting": 8},
            "skills": {"a": {}, "b": {}},
            "intents": {
                "call": {"talk": short, "wrap": {"law": "constant", "value": "15 s"}, "patience": PATIENCE, "fcr": 0.7},
                "mail": {"talk": long, "fcr": 0.8} | MAIL,
                "letter": {"talk": long, "channel": "letter", "answer_by": "26 h"},
                "sales": {"talk": short, "channel": "outbound"},
            },
            "priorities": {"all": {"reserve": {"share": 0.1, "guarantee": "20 s"}}},
            "queues": {"calls": {"waiting": {"call_back": KEPT, "message": WORK}}, "written": {}, "out": {}},
            "routes": [
                {"queue": "calls", "skills": ["a"], "priority": {}},
                {"queue": "written", "intents": ["mail", "letter"], "skills": ["b", {"skill": "a", "after": "1 min"}]},
                {"queue": "out", "intents": ["sales"], "skills": ["a"], "priority": {"rank": 1}},
            ],
            "routing": {"stages": [{"level": 1}, {"level": 2, "after": "15 s"}], "leave_message_after": "70 s"},
            "blending": {"resumed_by": resumed_by},
            "campaigns": LISTS,
            "demand": {"kind": "rates", "rates": {"call": "190 /h", "mail": "40 /h", "letter": "10 /h"}},
            "shifts": {
                "day": {
                    "length": "80 min",
                    "starts": {"08:00": 0.5, "08:40": 0.5},
                    "breaks": {"every": "30 min", "length": "5 min"},
                }
            },
            "groups": {
                "phone": {"count": 4, "skills": {"a": 1, "b": 2}, "shift": "day"},
                "all": {"count": 3, "skills": {"a": 1}, "head_count": [3, 1]},
                "desk": {"count": 2, "skills": {"b": 1}},
            },
            "redial": {"share": 0.5, "delay": {"law": "constant", "value": "2 min"}, "cumulate_wait": True},
            "recall": {"share": 0.8, "delay": {"law": "exponential", "mean": "10 min"}},
        }
    )


def run(resumed_by="anyone"):
    model = CallCentre(centre(resumed_by), seed=11, recording=True)
    model.run()
    model.close()
    return np.concatenate(model.records), model.world.tallies


def line(resumed_by):
    records, tallies = run(resumed_by)
    return f"{len(records)} {digest(records, tallies)}\n"


if __name__ == "__main__":
    sys.stdout.write("".join(line(resumed_by) for resumed_by in ("anyone", "same")))
