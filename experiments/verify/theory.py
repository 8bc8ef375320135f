"""The simulation against theory: lines whose steady state is known exactly, and Little's law."""

from experiments.verify.case import Case, Measure, exact
from experiments.verify.sample import by_looks

CLOCK = 86400.0


def _inside(m):
    """Mean number waiting or talking, by Little's law from what contacts went through."""
    return (m.wait_handled + m.wait_lost + m.talk) / m.clock_time


def _occupancy(m):
    return (m.staff_talk + m.staff_wrap) / (m.staff_talk + m.staff_wrap + m.staff_idle)


def _within(m):
    return m.in_20s / m.offered


def _erlang_a(name: str, title: str, scenario: str, n: int, p_wait, p_abandon, wait, occupancy, within, **size) -> Case:
    waited = () if p_wait is None else (Measure("P(wait)", "wait above 0 / offered", lambda m: m.waited / m.offered,
                                                (exact(p_wait),)),)  # fmt: skip
    return Case(
        name,
        title,
        scenario,
        (
            *waited,
            Measure("P(abandon)", "gave up / offered", lambda m: m.abandoned / m.offered, (exact(p_abandon),)),
            Measure("E[W] [min]", "waits of all calls, lost ones included / offered",
                    lambda m: (m.wait_handled + m.wait_lost) / m.offered / 60.0, (exact(wait),)),
            Measure("occupancy", "time talking / (time talking + time idle)", _occupancy, (exact(occupancy),)),
            Measure("served within 20 s", "answered within 20 s / offered", _within, (exact(within),)),
            Measure("P(abandon) / (theta E[W])", "the identity P(ab) = theta E[W]", _identity(scenario), (exact(1.0),)),
        ),
        overrides={"groups.operators.count": n},
        **size,
    )  # fmt: skip


def _identity(scenario: str):
    patience = {"erlang-a": 300.0, "w1": 120.0}[scenario]
    return lambda m: m.abandoned * patience / (m.wait_handled + m.wait_lost)


ERLANG_A = (
    _erlang_a("erlang-a", "Erlang A: 100 calls in 30 min, 14 operators, patience 5 min", "erlang-a", 14,
              0.145260114, 0.013983744, 0.069918721, 0.704297326, 0.916792092, chunks=4, days=100),
    _erlang_a("erlang-a-13", "Erlang A: the same with 13 operators", "erlang-a", 13,
              0.225797084, 0.024963304, 0.124816518, 0.750028228, 0.858177700, chunks=4, days=100),
    _erlang_a("w1", "Erlang A: 100 calls a minute, 290 operators, patience 2 min", "w1", 290,
              None, 0.04570, 0.09140, 0.98720, 0.92493, chunks=3, days=10),
)  # fmt: skip

ERLANG_C = Case(
    "erlang-c",
    "Erlang C: 100 calls in 30 min, 14 operators, endless patience",
    "erlang-a",
    (
        Measure("C", "wait above 0 / offered", lambda m: m.waited / m.offered, (exact(0.174131934),)),
        Measure("ASA [min]", "waits of answered calls / answered", lambda m: m.wait_handled / m.handled / 60.0,
                (exact(0.130598950),)),
        Measure("SL (20 s)", "answered within 20 s / offered", _within, (exact(0.888350019),)),
        Measure("occupancy", "time talking / (time talking + time idle)", _occupancy, (exact(0.714285714),)),
    ),
    chunks=4,
    days=100,
    without=("patience",),
)  # fmt: skip

MMNK = Case(
    "mmnk",
    "M/M/2/3: two operators, room for one to wait",
    "mmnk",
    (
        Measure("N", "mean number of calls inside", _inside, (exact(0.762340037),)),
        Measure("P(block)", "blocked / arrived", lambda m: m.blocked / m.entered, (exact(0.049360146),)),
    ),
    chunks=2,
    days=100,
)


def _sojourn(queue: str):
    return lambda m: (m[f"wait_handled_{queue}"] + m[f"talk_{queue}"]) / m[f"handled_{queue}"] / 60.0


PRIORITY = Case(
    "mm1-priority",
    "M/M/1 with two classes, the first goes first and never interrupts",
    "mm1-priority",
    tuple(
        Measure(f"sojourn, {queue} [min]", "mean time from arrival to end of talk", _sojourn(queue), (exact(value),))
        for queue, value in (("first", 2.0), ("second", 6.0))
    ),
    chunks=4,
    days=250,
    batch=5,
)


def _little(queue: str):
    return lambda m: m[f"waiting_{queue}"] * CLOCK / (m[f"wait_handled_{queue}"] + m[f"wait_lost_{queue}"])


def _little_case(scenario: str, queues: tuple[str, ...], **size) -> Case:
    looked = "looked at after each interval"
    return Case(
        f"little-{scenario}",
        f"Little's law in {scenario}",
        scenario,
        (
            *(
                Measure(f"L / (lambda W), {queue}", f"mean number waiting, {looked} / (arrival rate x mean wait)",
                        _little(queue), (exact(1.0),))
                for queue in queues
            ),
            Measure("busy / (lambda E[S])", f"mean number talking, {looked} / (arrival rate x mean talk)",
                    lambda m: m.talking * CLOCK / m.talk, (exact(1.0),)),
        ),
        sample=by_looks,
        overrides={"run.interval": "5 min"},
        **size,
    )  # fmt: skip


LITTLE = (
    _little_case("erlang-a", ("calls",), chunks=2, days=20),
    _little_case("mm1-priority", ("first", "second"), chunks=2, days=20),
)

THEORY = (*ERLANG_A, ERLANG_C, MMNK, PRIORITY, *LITTLE)
