"""The closed forms of `twin.erlang` against exact values (verification.md V15), to their last printed digit."""

from collections.abc import Iterator

import numpy as np

from experiments.verify.case import ExactCase, Row
from twin.erlang import ErlangA, erlang_b, erlang_c, priority_waits

Value = tuple[str, str, float]
"""What is measured, the exact value as printed, ours."""

RATE = 100 / 30  # [1/min] the standard line: 100 calls in 30 min
MU = 1 / 3  # [1/min] AHT 3 min
SOON = 1 / 3  # [min] 20 s

_B = (
    (1, 1, ".5"), (2, 1, ".2"), (10, 5, ".0183845703"), (16, 10, ".0223018720"), (17, 10, ".0129488752"),
    (30, 25, ".0526031722"), (90, 84, ".0446198710"), (100, 100, ".0757004527"), (120, 84, "4.04969e-5"),
)  # fmt: skip
_A = {  # operators: P(wait), P(ab), E[W], occupancy, served within 20 s
    14: (".145260114", ".013983744", ".069918721", ".704297326", ".916792092"),
    13: (".225797084", ".024963304", ".124816518", ".750028228", ".858177700"),
}
_QED = {  # operators: P(wait) and P(ab) for theta .5, 1, 2
    95: ((".807124", ".704821", ".596545"), (".062710846", ".069452840", ".076588390")),
    100: ((".596703", ".513299", ".429999"), (".033030153", ".039860997", ".046683298")),
    105: ((".369605", ".321593", ".271740"), (".015084074", ".020041052", ".025188058")),
}
_M90 = {  # load: P(block), E[W] with a service of 10 min
    77.4: ("1.676626e-4", ".0827683"),
    84.0: (".003643076", ".4500228"),
    90.0: (".023492192", "1.2429632"),
}


def half_a_digit(text: str) -> float:
    """Half a unit of the last printed digit, and a little for the binary form."""
    mantissa, _, exponent = text.lower().partition("e")
    return 0.5 * 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2])) * (1 + 1e-6)


def erlang_b_values() -> Iterator[Value]:
    for c, a, text in _B:
        yield f"B({c}, {a})", text, erlang_b(c, a)


def erlang_c_values() -> Iterator[Value]:
    line = ErlangA(14, RATE, MU, 0)
    yield "14 operators, 10 erl: C", ".174131934", erlang_c(14, 10)
    yield "14 operators, 10 erl: ASA [min]", ".130598950", line.asa
    yield "14 operators, 10 erl: SL (20 s)", ".888350019", line.service_level(SOON)
    yield "14 operators, 10 erl: occupancy", ".714285714", line.occupancy
    yield "15 operators, 10 erl: C", ".102042367", erlang_c(15, 10)
    yield "15 operators, 10 erl: SL (20 s)", ".941452843", ErlangA(15, RATE, MU, 0).service_level(SOON)
    herzog = ErlangA(13, 3.5, MU, 0)
    yield "M/M/13, 3.5/min, AHT 3: E[W] [s]", "26.55689", herzog.mean_wait * 60
    yield "M/M/13, 3.5/min, AHT 3: C", ".368845636", herzog.p_wait
    yield "M/M/13, 3.5/min, AHT 3: SL (20 s)", ".720612293", herzog.service_level(SOON)
    ciw = ErlangA(3, 0.2, 0.1, 0)
    yield "M/M/3, .2, .1: C", ".4444444444", ciw.p_wait
    yield "M/M/3, .2, .1: E[W]", "4.444444", ciw.mean_wait


def erlang_a_values() -> Iterator[Value]:
    names = ("P(wait)", "P(ab)", "E[W] [min]", "occupancy", "served within 20 s")
    for n, texts in _A.items():
        line = ErlangA(n, RATE, MU, 1 / 5)
        ours = (line.p_wait, line.p_abandon, line.mean_wait, line.occupancy, line.served_within(SOON))
        for name, text, value in zip(names, texts, ours, strict=True):
            yield f"{n} operators, 10 erl, patience 5 min: {name}", text, value
    level = ErlangA(14, RATE, MU, 1 / 5).service_level(SOON)
    yield "14 operators, 10 erl, patience 5 min: served within 20 s / (1 - ab within 20 s)", ".923407", level
    herzog, nine = (ErlangA(n, 3.5, MU, 1 / 5, 100) for n in (13, 9))
    yield "M/M/13/100, patience 5 min: E[W] [s]", "9.912803", herzog.mean_wait * 60
    yield "M/M/13/100, patience 5 min: P(ab)", ".033042675", herzog.p_abandon
    yield "M/M/13/100, patience 5 min: served within 20 s", ".816309502", herzog.served_within(SOON)
    yield "M/M/13/100, patience 5 min: virtual wait <= 20 s", ".819421813", herzog.virtual_wait_within(SOON)
    yield "M/M/9/100, patience 5 min: E[W] [s]", "56.618435", nine.mean_wait * 60
    yield "M/M/9/100, patience 5 min: P(ab)", ".188728118", nine.p_abandon
    for n, (waits, losses) in _QED.items():
        for theta, wait, loss in zip((0.5, 1.0, 2.0), waits, losses, strict=True):
            line = ErlangA(n, 100, 1, theta)
            yield f"{n} operators, 100 erl, theta {theta:g}: P(wait)", wait, line.p_wait
            yield f"{n} operators, 100 erl, theta {theta:g}: P(ab)", loss, line.p_abandon
    w1 = ErlangA(290, 100, MU, 1 / 2)
    yield "w1, 290 operators, 300 erl, patience 2 min: P(ab)", ".04570", w1.p_abandon
    yield "w1, 290 operators, 300 erl, patience 2 min: E[W] [min]", ".09140", w1.mean_wait
    yield "w1, 290 operators, 300 erl, patience 2 min: served within 20 s", ".92493", w1.served_within(SOON)
    yield "w1, 290 operators, 300 erl, patience 2 min: utilisation", ".98720", w1.occupancy


def other_values() -> Iterator[Value]:
    v3, v4 = ErlangA(12, 4.2, 0.5, 0), ErlangA(12, 4.2, 0.5, 1)
    yield "V3 in steady state: SL (20 s)", ".899080", v3.service_level(SOON)
    yield "V3 in steady state: E[W] [min]", ".102160", v3.mean_wait
    yield "V3 in steady state: C", ".183889", v3.p_wait
    yield "V4 in steady state: P(ab)", ".029679", v4.p_abandon
    small = ErlangA(2, 3, 4, 0, 3)
    yield "M/M/2/3, 3, 4: N", ".762340037", small.mean_number
    yield "M/M/2/3, 3, 4: P(block)", ".049360146", small.p_block
    for lam, mu, text in ((3, 5, ".5"), (4, 5, "1.0"), (3, 6, ".333333333")):
        yield f"M/M/1-PS ({lam}, {mu}): mean sojourn", text, ErlangA(1, lam, mu, 0).mean_sojourn
    for load, (block, wait) in _M90.items():
        line = ErlangA(90, load / 10, 1 / 10, 0, 120)
        yield f"M/M/90/120, {load:g} erl: P(block)", block, line.p_block
        yield f"M/M/90/120, {load:g} erl: E[W] [min]", wait, line.mean_wait
    first, second = priority_waits(np.array([0.2, 0.6]), 1.0) + 1.0
    yield "M/M/1 with two classes, .2 and .6: sojourn, first", "2.0000000000", first
    yield "M/M/1 with two classes, .2 and .6: sojourn, second", "6.0000000000", second
    shared = ErlangA(3, 10, 12, 0)
    for n, text in enumerate((".432133", ".360111", ".150046", ".041679", ".011578")):
        yield f"capacitated processor sharing, threshold 3, 10 / 12: p{n}", text, shared.state_probability(n)


def _case(name: str, title: str, values) -> ExactCase:
    def rows() -> list[Row]:
        return [
            Row(name, measure, "closed form, to the last printed digit", "exact", float(text), None, float(ours), None,
                half_a_digit(text))
            for measure, text, ours in values()
        ]  # fmt: skip

    return ExactCase(name, title, rows)


EXACT = (
    _case("exact-b", "Erlang B, closed form", erlang_b_values),
    _case("exact-c", "Erlang C, closed form", erlang_c_values),
    _case("exact-a", "Erlang A, closed form", erlang_a_values),
    _case("exact-others", "Other lines, closed form", other_values),
)
