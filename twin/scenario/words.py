"""Quantities and laws in words: "3 min", "200 an hour", "exponential with mean 3 min"."""

import math
from collections.abc import Sequence

from twin.scenario import laws

_UNITS = ((86400.0, "days"), (3600.0, "h"), (60.0, "min"), (1.0, "s"))


def duration(seconds: float) -> str:
    """A time in the largest unit that gives a short number."""
    for size, unit in _UNITS:
        if seconds >= size and math.isclose(seconds / size * 2, round(seconds / size * 2)):
            return f"{seconds / size:g} {unit if unit != 'days' or seconds != size else 'day'}"
    return f"{seconds / 60:.4g} min" if seconds >= 600 else f"{seconds:.4g} s"


def clock(seconds: float) -> str:
    """A time of day."""
    minutes = round(seconds / 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def rate(per_second: float) -> str:
    """Arrivals per hour, or per minute where they are many."""
    return f"{per_second * 60:g} a minute" if per_second >= 1 else f"{per_second * 3600:g} an hour"


def percent(share: float) -> str:
    return f"{100 * share:.4g} %"


def joined(names: Sequence[str], most: int = 8) -> str:
    """Names as a list in a sentence; a long one is cut."""
    if len(names) > most:
        return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else list(names))


def law(of: laws.Law | None) -> str:
    """A law in words."""
    if of is None:
        return "none"
    text = _shape(of)
    if of.mass is not None:
        between = duration(of.mass.low)
        if of.mass.high > of.mass.low:
            between = f"{between} to {duration(of.mass.high)}"
        text += f", but {percent(of.mass.share)} at {between}"
    return text


def _shape(of: laws.Law) -> str:
    match of:
        case laws.Exponential():
            return f"exponential with mean {duration(of.mean)}"
        case laws.Lognormal(mean=None):
            return f"lognormal with mu {of.mu:g} and sigma {of.sigma:g} of the logarithm of seconds"
        case laws.Lognormal():
            return f"lognormal with mean {duration(of.mean or 0)} and coefficient of variation {of.cv:g}"
        case laws.Gamma() | laws.Weibull():
            return f"{of.law} with mean {duration(of.mean)} and shape {of.shape:g}"
        case laws.Erlang():
            return f"Erlang with mean {duration(of.mean)} and {of.k} stages"
        case laws.Hyperexponential():
            parts = [f"{percent(p)} with mean {duration(m)}" for p, m in zip(of.shares, of.means, strict=True)]
            return f"hyperexponential: {joined(parts)}"
        case laws.Uniform():
            return f"uniform from {duration(of.low)} to {duration(of.high)}"
        case laws.Triangular():
            return f"triangular from {duration(of.low)} over {duration(of.mode)} to {duration(of.high)}"
        case laws.Constant():
            return f"always {duration(of.value)}"
        case laws.Empirical():
            return f"{len(of.values)} quantiles from {duration(of.values[0])} to {duration(of.values[-1])}"
        case laws.Hazard():
            return f"hazard in {len(of.rates)} pieces, {rate(of.rates[0])} at first, {rate(of.rates[-1])} at last"
