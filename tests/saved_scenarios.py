"""Small scenarios of rules that keep much from day to day, for the tests of saving."""

from twin.scenario.schema import Scenario


def law(mean):
    return {"law": "exponential", "mean": mean}


CHANNELS = {
    "shares": {"phone": 0.6, "e-mail": 0.1, "web": 0.3},
    "digital_shift": 0.5,
    "queue": "Caring",
    "written": {"e-mail": {"work": law("8 min"), "answer_by": "1 day"}},
    "self_care": {"session": law("4 min"), "success": 0.6, "fallback_delay": law("10 h")},
}


def combined():
    """Calls, mails, two campaigns that pause, legs and the day's control, in a centre of seven."""
    listed = {"intent": "sales", "ring_time": law("12 s"), "opens": "08:05", "closes": "10:50", "reach": 0.4}
    return Scenario.model_validate(
        {
            "name": "combined",
            "run": {"days": 2},
            "opening": {"opens": "08:00", "closes": "11:00"},
            "skills": {"a": {}, "b": {}},
            "intents": {
                "call": {"talk": law("1 min"), "patience": law("90 s"), "fcr": 0.7},
                "mail": {"talk": law("2 min"), "channel": "e-mail", "answer_by": "1 h", "interruptible": True},
                "sales": {"talk": law("1 min"), "channel": "outbound"},
            },
            "queues": {"calls": {}, "written": {}, "out": {}},
            "routes": [
                {"queue": "calls", "skills": ["a"]},
                {"queue": "written", "intents": ["mail"], "skills": ["b", {"skill": "a", "after": "1 min"}]},
                {"queue": "out", "intents": ["sales"], "skills": ["a"], "priority": {"rank": 1}},
            ],
            "campaigns": {
                "ahead": listed
                | {
                    "count": 900,
                    "mode": "predictive",
                    "nuisance_cap": 0.05,
                    "most_dials": 5.0,
                    "adapts_every": "3 min",
                },
                "in turn": listed | {"count": 90, "mode": "progressive", "attempts": 3, "retry_delay": law("40 min")},
            },
            "control": {
                "campaign_pauses": [{"queue": "calls", "waiting_above": 2, "waiting_down_to": 0}],
                "overtime": {"over": {"waiting": 0.5}, "at_most": "10 min"},
                "wrap": {"over": {"waiting": 0.3}, "factor": 0.3, "interrupt": True},
            },
            "legs": [{"kind": "transfer", "intents": ["call"], "share": 0.2, "skills": ["b"], "at": 0.5}],
            "demand": {"kind": "rates", "rates": {"call": "120 /h", "mail": "20 /h"}},
            "shifts": {
                "day": {"length": "2 h", "starts": {"08:00": 0.5, "09:00": 0.5}},
            },
            "groups": {
                "phone": {"count": 4, "skills": {"a": 1, "b": 2}, "shift": "day"},
                "desk": {"count": 3, "skills": {"a": 2, "b": 1}},
            },
            "redial": {"share": 0.5, "delay": law("2 min")},
            "recall": {"share": 0.8, "delay": law("8 h")},
        }
    )


def with_careers(days=2, **changes):
    """A desk on whose second day all are moved; turnover and hiring of years in days."""
    return Scenario.model_validate(
        {
            "name": "careers",
            "run": {"days": days, "interval": "30 min"},
            "skills": {
                "a": {"alike": ["b"], "queue": "main"},
                "b": {"alike": ["a"], "queue": "main"},
                "c": {"queue": "main"},
            },
            "intents": {name: {"talk": law("4 min"), "fcr": 0.7} for name in "xyz"},
            "patience": law("3 min"),
            "queues": {"main": {}},
            "routes": [
                {"queue": "main", "skills": [skill], "intents": [intent]}
                for intent, skill in zip("xyz", "abc", strict=True)
            ],
            "routing": {"stages": [{"level": 1}, {"level": 2, "after": "20 s"}]},
            "recall": {"share": 0.5, "delay": law("3 h")},
            "demand": {"kind": "rates", "rates": {"x": "6 /h", "y": "4 /h", "z": "2 /h"}},
            "shifts": {"day": {"length": "8 h", "starts": {"06:00": 0.3, "14:00": 0.4, "22:00": 0.3}}},
            "groups": {
                "desk": {
                    "count": 12,
                    "shift": "day",
                    "primary": {"a": 0.5, "b": 0.3, "c": 0.2},
                    "further": {"a": 1.0, "b": 1.0, "c": 1.0},
                }
            },
            "abilities": {"n_held": {"1": 0.5, "2": 0.5}, "novice_handle": 0.64, "learning_time": "100 days"},
            "careers": {
                "turnover": {"a_year": {"in-house": 9.0}},
                "absence": {"share": {"in-house": 0.1}, "mean": "2 days"},
                "hiring": {"selection_time": "1 days", "class_time": "2 days", "nesting_time": "2 days"},
                "training": {"capacity": 0.5},
                "fatigue": {},
            },
            "migration": {
                "moves": {"desk": {"a": 0.2, "b": 0.3, "c": 0.5}},
                "training_hours": 6.0,
                "retained_alike": 0.6,
                "retained_other": 0.3,
                "certified": 0.6,
                "expert": 0.9,
                "months_since": 0.0,
                "learning_time": "100 days",
                "on": 1,
            },
        }
        | changes
    )
