"""The published simulations: SSJ's call centre (V1), examples of the ContactCenters guide (V3-V7, V9), pooling (V20).

Values and definitions: verification.md; standard deviations as printed in the result files of the same commits.
Formulas take means a replication (a day, in V9 a week) of the columns of `sample.py`. Published values were made with
1000 replications, V1 with 10,000; the re-runs with 8000 (V3-V6), 12,000 (V7), 5000 (V9) and 40,000 (V1).
"""

from experiments.verify.case import Case, Formula, Measure, Published, exact, printed, rerun
from experiments.verify.sample import multi_skill
from twin.erlang import ErlangA

Printed = tuple[Published, ...]
EXPECTED_V1 = 1660.0
"""Expected calls a day, by which the estimators of V1 divide."""
WEEK = 5
STAFFED_V9 = 12 * 4 * 3600.0 * WEEK
TYPES = ("type0", "type1", "type2")

GOOD = "answered after less than 20 s in queue, calls answered at once included, a day"
OF_SERVED = "good calls / served calls (ratio of totals)"
LATE = "good calls / (served + lost after 20 s in queue)"
SPEED = "total wait of served calls / served calls [min]"
OPEN = "time talking / time on duty, both in opening hours"


def _lost_late(m):
    return m.abandoned - m.lost_in_20s


def _measure(name: str, definition: str, formula: Formula, *published: Published) -> Measure:
    return Measure(name, definition, formula, published)


V1 = Case(
    "v1",
    "V1: SSJ tutorial call centre",
    "v1-ssj",
    (
        _measure("arrivals a day", "calls that arrive, mean over days", lambda m: m.entered,
                 printed("1660.366", 93.620, 10_000), rerun("1660.26", 0.91), exact(EXPECTED_V1)),
        _measure("sd of arrivals a day", "standard deviation between days; exact: sqrt(m + m^2 / a0), a0 = 400",
                 lambda m: (m.squared - m.entered**2) ** 0.5,
                 Published(93.620, "published", 1e-3, replications=10_000), rerun("92.5", n=40_000),
                 exact((EXPECTED_V1 + EXPECTED_V1**2 / 400) ** 0.5)),
        _measure("mean wait [s]", "sum of the waits of all calls, lost ones included / 1660",
                 lambda m: (m.wait_handled + m.wait_lost) / EXPECTED_V1,
                 printed("4.713", 1.997, 10_000), rerun("4.731", 0.020)),
        _measure("QoS (20 s)", "calls with a wait below 20 s, lost ones included / 1660",
                 lambda m: (m.in_20s + m.lost_in_20s) / EXPECTED_V1,
                 printed("0.925", 0.040, 10_000), rerun("0.92474", 0.0004)),
        _measure("loss", "lost calls, those lost at once included / 1660", lambda m: m.abandoned / EXPECTED_V1,
                 printed("0.020", 6.7e-3, 10_000), rerun("0.01988", 0.00007)),
    ),
    chunks=10,
    days=1000,
)  # fmt: skip


def _occupancy(m):
    return m.open_talk / (m.open_talk + m.open_idle)


def _speed(m):
    return m.wait_handled / m.handled / 60.0


V3 = Case(
    "v3",
    "V3: M/M/12 day",
    "v3-mmc",
    (
        _measure("good calls", GOOD, lambda m: m.in_20s, printed("1816.158", 57.043, 1000), rerun("1814.7", 1.3)),
        _measure("SL (20 s)", OF_SERVED, lambda m: m.in_20s / m.handled,
                 printed("0.902", 0.033, 1000), rerun("0.9003", n=8000)),
        _measure("SA [min]", SPEED, _speed, printed("0.099", 0.045, 1000), rerun("0.1006", n=8000)),
        _measure("occupancy", OPEN, _occupancy, printed("0.695", 0.023, 1000), rerun("0.6971", n=8000)),
    ),
    chunks=10,
    days=500,
)  # fmt: skip

V4 = Case(
    "v4",
    "V4: M/M/12 day with abandonment",
    "v4-abandon",
    (
        _measure("good calls", GOOD, lambda m: m.in_20s, printed("1906.008", 35.828, 1000), rerun("1906.35", 0.84)),
        _measure("SL (20 s) of served", OF_SERVED, lambda m: m.in_20s / m.handled,
                 printed("0.975", 7.9e-3, 1000), rerun("0.9745", n=8000)),
        _measure("SL (20 s)", LATE, lambda m: m.in_20s / (m.handled + _lost_late(m)),
                 printed("0.968", 9.9e-3, 1000), rerun("0.9683", n=8000)),
        _measure("SA [min]", SPEED, _speed, printed("0.024", 6.0e-3, 1000), rerun("0.0238", n=8000)),
        _measure("occupancy", OPEN, _occupancy, printed("0.675", 0.019, 1000), rerun("0.6765", n=8000)),
        _measure("abandoned", "calls that gave up, a day", lambda m: m.abandoned,
                 printed("58.609", 15.295, 1000), rerun("59.06", 0.33)),
    ),
    chunks=10,
    days=500,
)  # fmt: skip

V5 = Case(
    "v5",
    "V5: M/M/12 day with at most 5 waiting",
    "v5-blocked",
    (
        _measure("good calls", GOOD, lambda m: m.in_20s, printed("1854.284", 42.176, 1000), rerun("1853.8", 1.0)),
        _measure("SL (20 s) of served", OF_SERVED, lambda m: m.in_20s / m.handled,
                 printed("0.929", 0.019, 1000), rerun("0.9285", n=8000)),
        _measure("SL (20 s), blocked included", "good calls / (served + blocked)",
                 lambda m: m.in_20s / (m.handled + m.blocked), printed("0.920", 0.022, 1000), rerun("0.9199", n=8000)),
        _measure("SA [min]", SPEED, _speed, printed("0.060", 0.016, 1000), rerun("0.0603", n=8000)),
        _measure("occupancy", OPEN, _occupancy, printed("0.689", 0.021, 1000), rerun("0.6903", n=8000)),
        _measure("blocked", "calls that found 5 waiting, a day", lambda m: m.blocked,
                 printed("18.655", 9.831, 1000), rerun("18.70", 0.21)),
    ),
    chunks=10,
    days=500,
)  # fmt: skip

V6 = Case(
    "v6",
    "V6: M/M/12 day, line cut at closing",
    "v6-cut",
    (
        _measure("good calls", GOOD, lambda m: m.in_20s, printed("1816.112", 57.042, 1000), rerun("1815.1", 1.3)),
        _measure("SL (20 s)", OF_SERVED, lambda m: m.in_20s / m.handled,
                 printed("0.902", 0.033, 1000), rerun("0.9007", n=8000)),
        _measure("SA [min]", SPEED, _speed, printed("0.099", 0.045, 1000), rerun("0.1003", n=8000)),
        _measure("occupancy", OPEN, _occupancy, printed("0.695", 0.023, 1000), rerun("0.6970", n=8000)),
        _measure("disconnected", "calls in queue at closing, cut off, a day", lambda m: m.cut,
                 printed("0.433", 1.688, 1000), rerun("0.449", 0.034)),
    ),
    chunks=10,
    days=500,
)  # fmt: skip

_GOOD_V7 = {  # by type: (published, its standard deviation, re-run) of each period
    "type0": (("170.154", 93.722, "170.5"), ("599.334", 83.392, "600.3"), ("15.490", 27.520, "15.9")),
    "type1": (("262.936", 134.377, "262.6"), ("511.648", 86.571, "512.2"), ("34.697", 55.230, "35.1")),
    "type2": (("259.806", 155.150, "260.4"), ("613.732", 99.046, "613.7"), ("24.888", 44.327, "24.7")),
}


def _good_v7(kind: str, period: int) -> Measure:
    text, sd, again = _GOOD_V7[kind][period]
    return _measure(f"good, {kind}, period {period}", "arrived in the period and " + GOOD,
                    lambda m: m[f"good_{kind}_{period}"], printed(text, sd, 1000), rerun(again, n=12_000))  # fmt: skip


V7 = Case(
    "v7",
    "V7: three types of calls, two groups",
    "v7-multiskill",
    (
        _measure("served", "calls answered, a day", lambda m: m.handled,
                 printed("4297.305", 437.605, 1000), rerun("4291.1", 7.7)),
        _measure("abandoned", "calls that gave up, a day", lambda m: m.abandoned,
                 printed("910.335", 551.164, 1000), rerun("904.8", 10.0)),
        _measure("SL (20 s)", LATE, lambda m: m.in_20s / (m.handled + _lost_late(m)),
                 printed("0.501", 0.128, 1000), rerun("0.504", n=12_000)),
        _measure("occupancy of g0",
                 "time talking / (time staffed + time of those over the head count), to the day's end",
                 lambda m: m.busy_g0 / m.staffed_g0, printed("0.881", 0.058, 1000), rerun("0.8797", n=12_000)),
        *(_good_v7(kind, period) for kind in TYPES for period in range(3)),
    ),
    chunks=3,
    days=500,
    sample=multi_skill,
)  # fmt: skip

V9 = Case(
    "v9",
    "V9: telethon, weeks of five days with 24 lines",
    "v9-telethon",
    (
        _measure("arrivals", "calls that arrive, a week", lambda m: m.entered,
                 printed("1000.169", 33.164, 1000), rerun("999.9", n=5000), exact(1000.0)),
        _measure("served", "calls answered, a week", lambda m: m.handled,
                 printed("963.109", 27.984, 1000), rerun("962.9", 0.7)),
        _measure("abandoned", "calls that gave up before 2 min, a week", lambda m: m.abandoned,
                 printed("31.820", 10.437, 1000), rerun("31.77", 0.29)),
        _measure("messages", "calls that left a message at 2 min, a week", lambda m: m.messages,
                 printed("4.960", 2.973, 1000), rerun("5.01", 0.08)),
        _measure("cut", "calls in queue at closing, a week", lambda m: m.cut,
                 printed("0.280", 0.718, 1000), rerun("0.279", n=5000)),
        _measure("good calls", "answered after less than 1 min in queue, a week", lambda m: m.in_target,
                 printed("950.265", 27.173, 1000), rerun("950.1", 0.7)),
        _measure("SA [min]", SPEED, _speed, printed("0.036", 0.012, 1000), rerun("0.0360", n=5000)),
        _measure("occupancy with after-hours work", "all time talking / (12 operators x opening hours)",
                 lambda m: m.staff_talk / STAFFED_V9, printed("0.66772", 0.02650, 1000)),
        _measure("occupancy", OPEN, lambda m: m.open_talk / STAFFED_V9,
                 printed("0.64049", 0.02499, 1000), rerun("0.6407", n=5000)),
    ),
    chunks=4,
    days=2000,
    batch=WEEK,
)  # fmt: skip


def _pooling(m: int, scenario: str, block: Printed, wait: Printed, soon: Printed) -> Case:
    """Batches of 2 days after a day of warm-up.

    The re-run prints no interval for P(W < 30 s). That of its mean wait is as wide as from 160 batches of ours.
    """
    return Case(
        f"v20-m{m}",
        f"V20: skill pooling, {m} skill{'s' if m > 1 else ''} an operator",
        scenario,
        (
            _measure("P(block)", "calls that found 30 waiting / calls", lambda c: c.blocked / c.entered, *block),
            _measure("mean wait of served [min]", SPEED, _speed, *wait),
            _measure("P(W < 30 s)", "answered after less than 30 s / answered",
                     lambda c: c.in_target / c.handled, *soon),
        ),
        chunks=8,
        days=40,
        batch=2,
    )  # fmt: skip


POOL = ErlangA(90, 8.4, 0.1, 0, 120)
"""Exact for m = 6, per minute."""
V20 = (
    _pooling(1, "v20-pooling-m1", (rerun("0.0391", 0.0011),), (rerun("2.470", 0.029),), (rerun("0.496", n=160),)),
    _pooling(2, "v20-pooling", (rerun("0.00428", 0.00028),), (rerun("0.594", 0.014),), (rerun("0.714", n=160),)),
    _pooling(6, "v20-pooling-m6", (rerun("0.00339", 0.00029), exact(0.003643076)),
             (rerun("0.438", 0.016), exact(0.4500228)), (rerun("0.736", n=160), exact(POOL.served_within(0.5)))),
)  # fmt: skip

SIMULATIONS = (V1, V3, V4, V5, V6, V7, V9, *V20)
