"""The validation page: recorded against simulated by interval, day and month, and what the data tell of each parameter.

One HTML file that needs no network.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template

import numpy as np

from calibration.estimate.estimates import digits
from calibration.estimate.everything import Estimates
from calibration.fit.fit import Fit
from calibration.fit.record import Record
from calibration.fit.screen import convergence_sentence
from calibration.history.tables import Quality
from calibration.months.page import by_month, of_forecasts
from calibration.months.shown import MonthTable
from calibration.proof.asked import attainable, targets
from calibration.proof.charts import bands_chart, histogram, profiles_row, scatter
from calibration.proof.heldout import HeldOut, recorded_overall
from calibration.proof.kpis import shown
from twin import __version__
from twin.html import cell, element, figure, head, section, table

WHAT = ("recorded", "simulated")
BY = {"days": "days", "half hours": "intervals"}
"""How the page names what is scored: not every history has half hours."""
LEAST_BUSY = 0.02
"""Of the busiest interval's calls: intervals with fewer are not drawn, their shares are those of single calls."""
LEGEND = (
    'Points: recorded. Line: median of the simulated days; <span class="swatch" style="opacity:.44"></span> half of '
    'them, <span class="swatch" style="opacity:.16"></span> nine in ten.'
)


@dataclass(frozen=True)
class Validation:
    """What a page is made of."""

    title: str
    forecasts: Sequence[HeldOut]
    """The simulated one first, then formulas on the same days."""
    fit: Fit | None = None
    quality: Quality | None = None
    is_held_out: bool = True
    """Whether the days were kept from the fit; otherwise the page says that it proves nothing."""
    direct: Estimates | None = None
    """What the days of the fit tell without any simulation."""
    direct_written: Sequence[str] = ()
    """Which of it the fitted scenario holds, and why not the rest: sentences."""
    months: MonthTable | None = None
    """Months fitted beside the half hours."""
    of_months: str = ""
    """What became of the months: a sentence or two."""
    of_record: str = ""
    """What the history tells, but no run counts: a sentence."""
    is_replayed: bool = True
    """Whether the simulated days have the recorded arrivals and presence; else those that the scenario expects."""

    @property
    def ours(self) -> HeldOut:
        return self.forecasts[0]

    @property
    def recorded(self) -> Record:
        return self.ours.recorded


def page_html(found: Validation) -> str:
    """The whole page."""
    sections = [
        ("short", "In short", _short(found)),
        ("hours", "By time of day", _hours(found)),
        ("days", "By day", _days(found)),
        ("months", "By month", _months(found)),
        ("monthly", "Monthly figures", "" if found.months is None else by_month(found.months)),
        ("ahead", "Months held out", "" if found.months is None else of_forecasts(found.months)),
        ("spread", "Is the spread right?", _spread(found)),
        ("errors", "Where it errs", _errors(found)),
        ("formulas", "Beside the formulas", _formulas(found)),
        ("parameters", "Fitted parameters", _parameters(found)),
        ("direct", "Read directly off history", _direct(found)),
        ("quality", "Data quality", _quality(found)),
    ]
    sections = [one for one in sections if one[2]]
    dates = found.recorded.dates
    made = f"{datetime.date.today():%Y-%m-%d} · caring-twin {__version__}"
    meta = f"{len(dates)} days from {dates[0]} to {dates[-1]} · {made}"
    return Template(files("calibration.proof").joinpath("page.html").read_text("utf-8")).substitute(
        title=escape(found.title),
        style=files("calibration").joinpath("page.css").read_text("utf-8"),
        meta=escape(meta),
        nav="".join(f'<a href="#{key}">{escape(name)}</a>' for key, name, _ in sections),
        sections="\n".join(section(*one) for one in sections),
        foot=escape(_given(found)),
    )


def _given(found: Validation) -> str:
    """What the model was given of the days that the page shows."""
    if found.is_replayed:
        days = "Days held out were" if found.is_held_out else "The days were"
        return f"{days} given to the model as arrivals and presence alone."
    return "Arrivals and operators of the simulated days are those that the scenario expects, not those recorded."


# ---- what was asked ---------------------------------------------------------------------------------------------


def _short(found: Validation) -> str:
    note = "" if found.is_held_out else element(
        "p", "The fit has used these days: the page shows how well it describes them, and proves nothing.", css="note"
    )  # fmt: skip
    rows, chances = [], attainable(found.ours)
    for what, asked, seen, is_met in targets(found.ours):
        word = "met" if is_met else "missed"
        cells = [
            cell(asked, "text"),
            cell(seen, "text"),
            cell(word, f"text {word}"),
            cell(chances.get(what, ""), "text"),
        ]
        rows.append([head(what), *cells])
    heads = ["", "asked", "found", "", "if the model were exactly true"]
    note += "".join(element("p", said) for said in (found.of_record, found.of_months) if said)
    return note + table("What is asked of a forecast, and what it does (simulated less recorded)", heads, rows)


# ---- charts -----------------------------------------------------------------------------------------------------


def clock_names(record: Record) -> list[str]:
    """Starts of the intervals of a day, as clock times."""
    minutes = (np.arange(record.offered.shape[1]) * record.interval_s / 60).astype(int)
    return [f"{m // 60:02d}:{m % 60:02d}" for m in minutes]


def busy_intervals(record: Record) -> np.ndarray:
    """Which intervals of the day have enough calls to show a share: LEAST_BUSY of the busiest one's."""
    offered = record.offered.sum(axis=0)
    return np.asarray(offered > LEAST_BUSY * offered.max())


def _hours(found: Validation) -> str:
    busy = busy_intervals(found.recorded)
    names = [name for name, is_busy in zip(clock_names(found.recorded), busy, strict=True) if is_busy]
    charts = []
    for kpi in shown(found.recorded):
        members = np.array([member.per_base(kpi.column, 0, kpi.scale)[busy] for member in found.ours.members])
        recorded = found.recorded.per_base(kpi.column, 0, kpi.scale)[busy]
        label = f"{kpi.title} by time of day, recorded and simulated"
        charts.append(figure(bands_chart(members, recorded, names, label, kpi.unit), f"{kpi.title}. {LEGEND}"))
    left = (found.recorded.offered.sum(axis=0) > 0) & ~busy
    words = f"Not drawn: {left.sum()} of {(left | busy).sum()} intervals of the day, with hardly a call."
    return (element("p", words) if left.any() else "") + "".join(charts)


def _days(found: Validation) -> str:
    charts = []
    for kpi in shown(found.recorded):
        members, recorded = found.ours.by_day(kpi.name)
        label = f"{kpi.title} by day, recorded and simulated"
        names = [date[5:] for date in found.recorded.dates]
        charts.append(figure(bands_chart(members, recorded, names, label, kpi.unit), f"{kpi.title}. {LEGEND}"))
    return "".join(charts)


def _months(found: Validation) -> str:
    months = [date[:7] for date in found.recorded.dates]
    rows = []
    for month in dict.fromkeys(months):
        days = [date for date in found.recorded.dates if date.startswith(month)]
        ours = HeldOut("", [member.days(days) for member in found.ours.members], found.recorded.days(days))
        recorded, simulated = recorded_overall(ours.recorded), ours.overall()
        cells = [cell(f"{number[kpi.name]:.1f}") for kpi in shown(found.recorded) for number in (recorded, simulated)]
        rows.append([head(month), cell(f"{len(days)}"), cell(f"{ours.recorded.total('offered'):,.0f}"), *cells])
    heads = ["Month", "Days", "Offered", *[f"{kpi.name}, {what}" for kpi in shown(found.recorded) for what in WHAT]]
    return table("All contacts of the month", heads, rows)


def _spread(found: Validation) -> str:
    scores = found.ours.scores()
    rows = []
    for kpi in shown(found.recorded):
        for by, score in scores[kpi.name].items():
            cells = [cell(f"{share:.0%}") for share in score.coverage.values()]
            rows.append([head(f"{kpi.titled}, {BY[by]}"), cell(f"{score.n:,}"), *cells, cell(f"{score.crps:.2f}")])
    heads = ["", "values", "in the 50 % band", "in the 90 % band", "CRPS"]
    charts = "".join(
        figure(histogram(ranks, f"Ranks of the recorded values, {kpi.title}"), kpi.title)
        for kpi in shown(found.recorded)
        if (ranks := scores[kpi.name]["half hours"].pit)
    )
    words = element(
        "p", "Where the recorded value stands among the simulated ones, by tenth: each bar reaches the dashed line if "
        "the spread is right, the outer ones are too high if it is too narrow, one side is if the level is off."
    )  # fmt: skip
    return table("Recorded values inside the bands", heads, rows) + words + f'<div class="row">{charts}</div>'


def _errors(found: Validation) -> str:
    """Errors by load, and each interval against its forecast."""
    charts = []
    for kpi in shown(found.recorded):
        members, recorded = found.ours.by_half_hour(kpi.name)
        label = f"{kpi.title}, each interval"
        charts.append(figure(scatter(members.mean(axis=0), recorded, label, kpi.unit), kpi.title))
    return f'<div class="row">{"".join(charts)}</div>' + _by_load(found)


def _by_load(found: Validation) -> str:
    record = found.recorded
    if record.operators is None or not np.isfinite(record.handle_s).any():
        return ""
    talk = record.total("handle_s") / record.total("answered")
    with np.errstate(divide="ignore", invalid="ignore"):
        load = record.offered * talk / (record.operators * record.interval_s)
    busy = (record.offered > 0) & np.isfinite(load)
    edges = np.quantile(load[busy], [0, 0.2, 0.4, 0.6, 0.8, 1.0])
    rows = []
    for i in range(5):
        inside = busy & (load >= edges[i]) & ((load < edges[i + 1]) if i < 4 else (load <= edges[i + 1]))
        if not inside.any():
            continue
        cells = []
        for kpi in shown(record):
            seen = kpi.scale * record.share(kpi.column, inside)
            ours = np.mean([kpi.scale * member.share(kpi.column, inside) for member in found.ours.members])
            cells += [cell(f"{seen:.1f}"), cell(f"{ours - seen:+.1f}")]
        rows.append([head(f"{edges[i]:.2f} to {edges[i + 1]:.2f}"), *cells])
    heads = ["Talk offered per operator", *[text for kpi in shown(record) for text in (kpi.name, "error")]]
    return table("A fifth of the intervals each, by how busy the operators were", heads, rows)


def _formulas(found: Validation) -> str:
    if len(found.forecasts) < 2:
        words = "None: Erlang C and A need operators present and handle times by interval; the history lacks them."
        return element("p", words)
    names = ["recorded", *[forecast.name for forecast in found.forecasts]]
    overall = [recorded_overall(found.recorded), *[forecast.overall() for forecast in found.forecasts]]
    kpis = shown(found.recorded)
    rows = [[head(kpi.titled), *[cell(f"{values[kpi.name]:.1f}") for values in overall]] for kpi in kpis]
    scores = [forecast.scores() for forecast in found.forecasts]
    for kpi in kpis:
        for by in ("days", "half hours"):
            cells = [cell(f"{score[kpi.name][by].crps:.2f}") for score in scores]
            rows.append([head(f"CRPS, {kpi.titled.lower()}, {BY[by]}"), cell(""), *cells])
    given = "The same arrivals and presence" if found.is_replayed else (
        "The formulas are given the recorded arrivals and presence, the simulated days are not"
    )  # fmt: skip
    caption = (
        f"{given}; for a formula each interval is a steady state of its own. CRPS: mean distance of the forecast "
        "from what was recorded, in the KPI's unit; for a formula the absolute error. Less is better."
    )
    return table(caption, ["", *names], rows)


# ---- parameters and data ----------------------------------------------------------------------------------------


def _parameters(found: Validation) -> str:
    fit = found.fit
    if fit is None:
        return ""
    rows = []
    for one in fit.estimates:
        mark = "D" if one.is_identified else "A"
        interval = f"{digits(one.low, 4)} to {digits(one.high, 4)}"
        cells = [digits(one.value, 4), interval, digits(one.se, 2), f"{one.contraction:.2f}"]
        rows.append(
            [head(one.name), cell(one.title, "text"), *map(cell, cells), cell(mark, "text"), cell(one.remark, "text")]
        )
    heads = ["", "", "estimate", "90 % interval", "s.e.", "contraction", "mark", ""]
    words = [f"{a} and {b} trade off (correlation {r:+.2f})." for a, b, r in fit.correlations]
    words.append(
        "Worst met: " + ", ".join(f"{name} ({left:+.1f} standard deviations)" for name, left in fit.worst) + "."
    )
    if fit.convergence:
        words.append(convergence_sentence(fit.convergence) + ".")
    if fit.widening > 1:
        words.append(
            f"The model misses the data by more than chance; intervals are {fit.widening**0.5:.1f} times as wide."
        )
    caption = (
        f"{fit.n_runs} runs, {fit.method}. Contraction: how much of the prior's doubt the data took away; mark D: told "
        "by the data, A: still an assumption."
    )
    curves = profiles_row(fit.profiles, fit.profiled_by)
    return table(caption, heads, rows) + element("p", " ".join(words)) + curves


def _direct(found: Validation) -> str:
    if found.direct is None:
        return ""
    parts = [element("p", sentence) for sentence in found.direct_written]
    for topic, items in found.direct.topics().items():
        rows = []
        for one in items:
            last = (cell(one.unit, "text"), cell(f"{one.n:,}"), cell(one.fit.told if one.fit else "", "text"))
            rows.append([head(one.name), *map(cell, one.numbers()), *last])
        heads = [topic, "value", "s.e.", "95 % interval", "unit", "n", "goodness of fit"]
        parts.append(table("", heads, rows))
    return "".join(parts)


def _quality(found: Validation) -> str:
    quality = found.quality
    if quality is None:
        return ""
    rows = [
        [head(name), cell(f"{n:,}")]
        for name, n in (
            ("rows read", quality.n_read), ("kept", quality.n_kept), ("rejected", len(quality.rejected)),
            ("left out on purpose", len(quality.left_out)), ("that cannot be", len(quality.impossible)),
            ("gaps", len(quality.gaps)), ("unusual days", quality.outliers["date"].nunique()),
        )
    ]  # fmt: skip
    text = element("p", "Row by row: twin history FILE --out DIR.")
    return table("The files that the history was read from", ["", "number"], rows) + text
