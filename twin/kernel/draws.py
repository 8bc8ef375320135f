"""Laws for times, drawn by inversion: one uniform gives one time, so that common random numbers stay aligned."""

import math

import numpy as np

from twin.kernel.codes import LawKind
from twin.kernel.jit import compiled, entry, inlined
from twin.kernel.logarithm import log_of

LOGIT_LIMIT = 36.0
"""Quantile tables (LawKind.TABLE) hold log(time) at evenly spread values of log(u / (1 - u)), up to this both ways."""
MIDDLE, FAR_OUT = 0.425, 5.0
"""Where the parts of `normal_quantile` meet: distance of the level from a half, root of its negative logarithm."""


@entry
def normal_quantile(u):
    """Quantile of the standard normal law, to 16 digits: Wichura (1988), algorithm AS 241, PPND16."""
    q = u - 0.5
    if abs(q) <= MIDDLE:
        return _in_the_middle(q)
    r = math.sqrt(-log_of(u if q < 0 else 1.0 - u))
    above = _in_the_tails(r) if r <= FAR_OUT else _far_out(r)
    return -above if q < 0 else above


@inlined
def normal_score(u):
    """The same without branches, so that several can be worked out at a time; not for levels that are `FAR_OUT`."""
    q = u - 0.5
    above = _in_the_tails(math.sqrt(-log_of(u if q < 0 else 1.0 - u)))
    middle = _in_the_middle(q)
    return middle if abs(q) <= MIDDLE else (-above if q < 0 else above)


@inlined
def _in_the_middle(q):
    r = 0.180625 - q * q
    top = 2509.0809287301226727 * r + 33430.575583588128105
    top = ((top * r + 67265.770927008700853) * r + 45921.953931549871457) * r + 13731.693765509461125
    top = ((top * r + 1971.5909503065514427) * r + 133.14166789178437745) * r + 3.387132872796366608
    low = 5226.495278852545925 * r + 28729.085735721942674
    low = ((low * r + 39307.89580009271061) * r + 21213.794301586595867) * r + 5394.1960214247511077
    low = ((low * r + 687.1870074920579083) * r + 42.313330701600911252) * r + 1.0
    return q * top / low


@inlined
def _in_the_tails(r):
    r = r - 1.6
    top = 7.7454501427834140764e-4 * r + 0.0227238449892691845833
    top = ((top * r + 0.24178072517745061177) * r + 1.27045825245236838258) * r + 3.64784832476320460504
    top = ((top * r + 5.7694972214606914055) * r + 4.6303378461565452959) * r + 1.42343711074968357734
    low = 1.05075007164441684324e-9 * r + 5.475938084995344946e-4
    low = ((low * r + 0.0151986665636164571966) * r + 0.14810397642748007459) * r + 0.68976733498510000455
    low = ((low * r + 1.6763848301838038494) * r + 2.05319162663775882187) * r + 1.0
    return top / low


@inlined
def _far_out(r):
    r = r - 5.0
    top = 2.01033439929228813265e-7 * r + 2.71155556874348757815e-5
    top = ((top * r + 0.0012426609473880784386) * r + 0.026532189526576123093) * r + 0.29656057182850489123
    top = ((top * r + 1.7848265399172913358) * r + 5.4637849111641143699) * r + 6.6579046435011037772
    low = 2.04426310338993978564e-15 * r + 1.4215117583164458887e-7
    low = ((low * r + 1.8463183175100546818e-5) * r + 7.868691311456132591e-4) * r + 0.0148753612908506148525
    low = ((low * r + 0.13692988092273580531) * r + 0.59983220655588793769) * r + 1.0
    return top / low


@inlined
def interpolate(knots, first, n, position):
    """Straight line between knots first .. first + n - 1 at `position` in [0, n - 1]."""
    i = min(int(position), n - 2)
    weight = position - i
    return knots[first + i] * (1.0 - weight) + knots[first + i + 1] * weight


@compiled
def _triangular(low, mode, high, u):
    bend = (mode - low) / (high - low)
    if u < bend:
        return low + math.sqrt(u * (high - low) * (mode - low))
    return high - math.sqrt((1.0 - u) * (high - low) * (high - mode))


@compiled
def _hyperexponential(knots, first, n, u):
    """Knots: cumulated shares, then means. The uniform picks the branch and is used again, stretched, inside it."""
    below = 0.0
    for i in range(n):
        upto = knots[first + i]
        if u < upto or i == n - 1:
            return -knots[first + n + i] * math.log1p(-min((u - below) / (upto - below), 1.0 - 1e-16))
        below = upto
    return 0.0


@compiled
def _from_hazard(knots, first, n, u):
    """Knots: edges, rates, hazard cumulated to each edge. Solves H(t) = -log(1 - u)."""
    level = -log_of(1.0 - u)
    i = n - 1
    while i > 0 and knots[first + 2 * n + i] > level:
        i -= 1
    while i < n - 1 and knots[first + n + i] == 0.0:  # nobody leaves here
        i += 1
    return knots[first + i] + max(level - knots[first + 2 * n + i], 0.0) / knots[first + n + i]


@compiled
def _from_levels(knots, first, n, u):
    """Knots: values, then levels."""
    low, high = 0, n - 1
    while high - low > 1:
        middle = (low + high) // 2
        if knots[first + n + middle] <= u:
            low = middle
        else:
            high = middle
    left, right = knots[first + n + low], knots[first + n + high]
    return knots[first + low] + (knots[first + high] - knots[first + low]) * (u - left) / (right - left)


@compiled
def _rare_law(law, knots, u):
    kind = law.kind
    if kind == LawKind.WEIBULL:
        return law.a * (-log_of(1.0 - u)) ** law.b
    if kind == LawKind.HYPEREXPONENTIAL:
        return _hyperexponential(knots, law.first_knot, law.n_knots, u)
    if kind == LawKind.UNIFORM:
        return law.a + (law.b - law.a) * u
    if kind == LawKind.TRIANGULAR:
        return _triangular(law.a, law.b, law.c, u)
    if kind == LawKind.EMPIRICAL:
        return _from_levels(knots, law.first_knot, law.n_knots, u)
    if kind == LawKind.HAZARD:
        return _from_hazard(knots, law.first_knot, law.n_knots, u)
    position = (log_of(u) - log_of(1.0 - u) + LOGIT_LIMIT) * (law.n_knots - 1) / (2.0 * LOGIT_LIMIT)
    return math.exp(interpolate(knots, law.first_knot, law.n_knots, max(position, 0.0)))


@compiled
def draw_time(laws, knots, row, u):
    """The time [s] at level `u` in (0, 1) of law `row`."""
    law = laws[row]
    if law.mass > 0.0:
        if u < law.mass:
            return law.mass_low + (law.mass_high - law.mass_low) * (u / law.mass)
        u = min(max((u - law.mass) / (1.0 - law.mass), 1e-17), 1.0 - 1.2e-16)  # rounding must not reach 0 or 1
    if law.kind == LawKind.EXPONENTIAL:
        return law.a * -log_of(1.0 - u)
    if law.kind == LawKind.LOGNORMAL:
        return math.exp(law.a + law.b * normal_quantile(u))
    if law.kind == LawKind.CONSTANT:
        return law.a
    return _rare_law(law, knots, u)


@inlined
def draw_scored(laws, knots, row, u, kind, score):
    """The same, where the `score` of level `u` is known: the standard exponential law's time, the normal's quantile."""
    law = laws[row]
    if law.kind == kind and law.mass == 0.0:
        return law.a * score if kind == LawKind.EXPONENTIAL else math.exp(law.a + law.b * score)
    return draw_time(laws, knots, row, u)


@entry
def draw_times(laws, knots, row, levels):
    """Times of law `row` at each of the `levels`: for tests and tables."""
    times = np.empty(len(levels))
    for i in range(len(levels)):
        times[i] = draw_time(laws, knots, row, levels[i])
    return times
