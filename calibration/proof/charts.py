"""Charts of the validation page, drawn as SVG: recorded against the simulated bands."""

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from calibration.estimate.estimates import digits
from calibration.proof.plain import LEVELS
from twin.html import element, figure

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 980, 230, 58, 24, 10  # [px]
LINE = 14  # [px] that a number on the axis takes
NAMED = 18  # [px] for the name of an axis below or above it
SMALL = 300  # [px] of a histogram or a scatter
FAR_UP = 0.6  # of the largest number: if the least is above it, a chart that may does not begin at 0


def _scale(values: Sequence[np.ndarray]) -> float:
    """Top of the axis: the largest number, a little more."""
    found = [float(np.nanmax(one)) for one in values if np.isfinite(one).any()]
    return max([1e-9, *found]) * 1.05


def _bottom(values: Sequence[np.ndarray]) -> float:
    """Where the axis begins: at 0, unless all numbers lie so far up that nothing of them would be seen."""
    known = np.concatenate([one[np.isfinite(one)] for one in values])
    if not len(known) or known.min() < FAR_UP * known.max():
        return 0.0
    return float(max(known.min() - 0.5 * (known.max() - known.min()), 0.0))


def _ticks(bottom: float, top: float) -> list[float]:
    """Round numbers from `bottom` to `top`, 3 to 10 of them."""
    span = top - bottom
    step = 10 ** np.floor(np.log10(span))
    step = step if span / step >= 3 else step / 2 if span / step >= 1.5 else step / 5
    return np.arange(np.ceil(bottom / step) * step, top, step).tolist()


def _axis(top: float, width: float, unit: str, height: float = HEIGHT, bottom: float = 0.0) -> str:
    ticks, parts = _ticks(bottom, top), []
    apart = (height - BOTTOM - TOP) / max(len(ticks), 1)
    for value in ticks[:: max(1, int(np.ceil(LINE / apart)))]:
        y = _y(value, top, height, bottom)
        parts.append(f'<line x1="{LEFT}" x2="{width}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.6g}{escape(unit)}</text>')
    return "".join(parts)


def _y(value: float, top: float, height: float = HEIGHT, bottom: float = 0.0) -> float:
    return height - BOTTOM - (height - BOTTOM - TOP) * (float(value) - bottom) / (top - bottom)


def _svg(width: float, height: float, label: str, body: str) -> str:
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(label)}">'
        f"<title>{escape(label)}</title>{body}</svg>"
    )


def _pieces(known: np.ndarray) -> list[np.ndarray]:
    """Runs of neighbouring places that are known."""
    places = np.flatnonzero(known)
    if not len(places):
        return []
    return [run for run in np.split(places, np.flatnonzero(np.diff(places) > 1) + 1) if len(run)]


def bands_chart(members: np.ndarray, recorded: np.ndarray, names: Sequence[str], label: str, unit: str = "") -> str:
    """Bands of 50 and 90 % over the members, their median, and the recorded values as points.

    Parameters
    ----------
    members : ndarray (members, places); where one does not know a place, nothing is drawn
    recorded : ndarray (places,)
    names : of the places, for the axis and for whoever points at a value
    """
    known = np.isfinite(members).all(axis=0)
    found = np.quantile(np.where(known, members, 0.0), LEVELS, axis=0)
    return quantiles_chart(np.where(known, found, np.nan), recorded, names, label, unit)


def quantiles_chart(
    bands: np.ndarray,
    recorded: np.ndarray,
    names: Sequence[str],
    label: str,
    unit: str = "",
    shaded: Sequence[int] = (),
    from_zero: bool = True,
) -> str:
    """The same of quantiles that are known already.

    Parameters
    ----------
    bands : ndarray (levels, places), at LEVELS
    shaded : places with a ground of their own, those held out
    from_zero : whether the axis begins at 0 even where that leaves nothing to see
    """
    low, q25, middle, q75, high = bands
    known = np.isfinite(bands).all(axis=0)
    top, bottom = _scale([high, recorded]), 0.0 if from_zero else _bottom([low, recorded])
    if bottom:
        top = bottom + 1.1 * (top / 1.05 - bottom)
    step = (WIDTH - LEFT) / max(len(recorded), 1)
    x = LEFT + step * (np.arange(len(recorded)) + 0.5)
    parts = [
        f'<rect class="ahead" x="{x[i] - step / 2:.1f}" y="{TOP}" width="{step:.1f}" height="{HEIGHT - BOTTOM - TOP}"/>'
        for i in shaded
    ]
    parts.append(_axis(top, WIDTH, unit, bottom=bottom))
    for run in _pieces(known):
        parts += [_area(x, run, low, high, (bottom, top), "band90"), _area(x, run, q25, q75, (bottom, top), "band50")]
        line = " ".join(f"{x[i]:.1f},{_y(middle[i], top, bottom=bottom):.1f}" for i in run)
        parts.append(f'<polyline class="middle" points="{line}"/>')
    for i in np.flatnonzero(np.isfinite(recorded)).tolist():
        told = f"{names[i]}: recorded {recorded[i]:.1f}{unit}"
        told += f", simulated {middle[i]:.1f} ({low[i]:.1f} to {high[i]:.1f})" if known[i] else ""
        spot = f'cx="{x[i]:.1f}" cy="{_y(recorded[i], top, bottom=bottom):.1f}"'
        parts.append(f'<circle class="seen" {spot} r="{3 if step > 8 else 2}"><title>{escape(told)}</title></circle>')
    every = max(1, int(np.ceil(70 / step)))
    parts += [
        f'<text x="{min(x[i], WIDTH - 18):.1f}" y="{HEIGHT - 6}" text-anchor="middle">{escape(names[i])}</text>'
        for i in range(0, len(names), every)
    ]
    return _svg(WIDTH, HEIGHT, label, "".join(parts))


def _area(
    x: np.ndarray, run: np.ndarray, low: np.ndarray, high: np.ndarray, axis: tuple[float, float], css: str
) -> str:
    bottom, top = axis
    there = [f"{x[i]:.1f},{_y(high[i], top, bottom=bottom):.1f}" for i in run]
    back = [f"{x[i]:.1f},{_y(low[i], top, bottom=bottom):.1f}" for i in run[::-1]]
    return f'<polygon class="{css}" points="{" ".join(there + back)}"/>'


def scatter(simulated: np.ndarray, recorded: np.ndarray, label: str, unit: str) -> str:
    """Each value recorded (up) against simulated (right), with the line on which they are equal."""
    known = np.isfinite(simulated) & np.isfinite(recorded)
    top = _scale([simulated[known], recorded[known]]) if known.any() else 1.0
    right = SMALL - 10

    def place(value: float) -> float:
        return LEFT + (right - LEFT) * float(value) / top

    diagonal = (
        f'<line class="equal" x1="{LEFT}" y1="{_y(0, top, SMALL):.1f}" x2="{right}" y2="{_y(top, top, SMALL):.1f}"/>'
    )
    spots = "".join(
        f'<circle class="faint" cx="{place(a):.1f}" cy="{_y(b, top, SMALL):.1f}" r="2"/>'
        for a, b in zip(simulated[known], recorded[known], strict=True)
    )
    below = "".join(
        f'<text x="{place(value):.1f}" y="{SMALL - 8}" text-anchor="middle">{value:.6g}</text>'
        for value in _ticks(0.0, top)[::2]
    )
    foot = f'<text x="{right}" y="{SMALL + NAMED - 8}" text-anchor="end">simulated{_in(unit)}</text>'
    body = _axis(top, right, unit, SMALL) + diagonal + spots + below + foot + _upward("recorded", unit)
    return _framed(SMALL + NAMED, label, body)


def histogram(shares: Sequence[float], label: str) -> str:
    """Shares by tenth; a line where each should be."""
    top = max(0.25, *shares) * 1.05
    width = (SMALL - LEFT) / len(shares)
    bars = "".join(
        f'<rect class="bar" x="{LEFT + i * width + 1:.1f}" y="{_y(share, top, 160):.1f}" width="{width - 2:.1f}" '
        f'height="{_y(0, top, 160) - _y(share, top, 160):.1f}"><title>{share:.1%}</title></rect>'
        for i, share in enumerate(shares)
    )
    right = _y(1 / len(shares), top, 160)
    line = f'<line class="equal" x1="{LEFT}" x2="{SMALL}" y1="{right:.1f}" y2="{right:.1f}"/>'
    ends = f'<text x="{LEFT}" y="154">below all</text><text x="{SMALL}" y="154" text-anchor="end">above all</text>'
    axis = _axis(100 * top, SMALL, " %", 160)
    return _framed(160, label, axis + bars + line + ends + _upward("of the recorded values", ""))


def profile(curve: Sequence[tuple[float, float]], label: str) -> str:
    """Distance to the data as one parameter is held at each value; low where the data want it."""
    values, distances = (np.array(column, float) for column in zip(*curve, strict=True))
    top = 1.05 * (float(distances.max()) or 1.0)
    right = SMALL - 10
    spread = float(values.max() - values.min()) or 1.0
    points = " ".join(
        f"{LEFT + (right - LEFT) * (v - values.min()) / spread:.1f},{_y(d, top, 120):.1f}"
        for v, d in zip(values, distances, strict=True)
    )
    ends = (
        f'<text x="{LEFT}" y="114">{digits(values.min(), 4)}</text>'
        f'<text x="{right}" y="114" text-anchor="end">{digits(values.max(), 4)}</text>'
    )
    body = f'{_axis(top, right, "", 120)}<polyline class="middle" points="{points}"/>{ends}'
    return _framed(120, label, body + _upward("distance", ""))


def profiles_row(curves: Mapping[str, Sequence[tuple[float, float]]], told_by: str) -> str:
    """A chart a parameter beside one another, and what they show; nothing of none."""
    if not curves:
        return ""
    said = f"Distance to the data with one parameter held, the others at their best ({told_by}):"
    drawn = [
        figure(profile(curve, f"Distance to the data along {name}"), escape(name)) for name, curve in curves.items()
    ]
    return element("p", said) + f'<div class="row">{"".join(drawn)}</div>'


def _in(unit: str) -> str:
    return f" [{escape(unit.strip())}]" if unit.strip() else ""


def _upward(name: str, unit: str) -> str:
    """What stands on the upright axis of a small chart, above it."""
    return f'<text x="{LEFT}" y="{-NAMED + 12}">{escape(name)}{_in(unit)}</text>'


def _framed(height: float, label: str, body: str) -> str:
    """A small chart with room for the name of its upright axis."""
    return (
        f'<svg viewBox="0 {-NAMED} {SMALL} {height + NAMED:.0f}" role="img" aria-label="{escape(label)}">'
        f"<title>{escape(label)}</title>{body}</svg>"
    )
