"""The validation page of months: recorded against simulated, what the months tell of each parameter, data quality."""

import datetime
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template

import numpy as np

from calibration.estimate.estimates import digits
from calibration.fit.direct import Direct
from calibration.fit.fit import Fit
from calibration.fit.screen import convergence_sentence
from calibration.history.tables import Quality
from calibration.months.record import MONTH_KPIS
from calibration.months.shown import MonthCourse, MonthTable
from calibration.proof.charts import profiles_row, quantiles_chart
from calibration.proof.plain import known
from twin import __version__
from twin.html import cell, element, figure, head, section, table

LEGEND = (
    'Points: recorded. Line: median of the simulated months; <span class="swatch" style="opacity:.44"></span> half of '
    'them, <span class="swatch" style="opacity:.16"></span> nine in ten.'
)

USES = {"held_out": "held out", "fitted": "fitted", "half_hours": "told by half hours"}


@dataclass(frozen=True)
class MonthValidation:
    """What the page is made of."""

    title: str
    fit: Fit
    months: MonthTable
    direct: Direct
    quality: Quality


def months_page(found: MonthValidation) -> str:
    """The whole page."""
    sections = [
        ("short", "In short", _short(found)),
        ("months", "By month", by_month(found.months)),
        ("forecast", "Months held out", of_forecasts(found.months)),
        ("parameters", "Fitted parameters", parameters_table(found.fit)),
        ("direct", "Read directly off history", _direct(found.direct)),
        ("quality", "Data quality", _quality(found.quality)),
    ]
    sections = [one for one in sections if one[2]]
    months = found.months.at
    meta = f"{len(months)} months, {months[0]} to {months[-1]} · {datetime.date.today():%Y-%m-%d} · {__version__}"
    return Template(files("calibration.proof").joinpath("page.html").read_text("utf-8")).substitute(
        title=escape(found.title),
        style=files("calibration").joinpath("page.css").read_text("utf-8"),
        meta=escape(meta),
        nav="".join(f'<a href="#{key}">{escape(name)}</a>' for key, name, _ in sections),
        sections="\n".join(section(*one) for one in sections),
        foot="Of months held out the model knows the contacts that came, and no more.",
    )


def _short(found: MonthValidation) -> str:
    words = []
    if not found.months.held_out:
        words.append("The fit has used all months: the page shows how well it describes them, and proves nothing.")
    if found.months.mute:
        words.append(f"The scenario does not tell: {', '.join(MONTH_KPIS[name].title for name in found.months.mute)}.")
    unknown = [one.name for one in found.fit.estimates if not one.is_identified]
    if unknown:
        words.append(f"Not identified: {', '.join(unknown)}.")
    told = [one.name for one in found.fit.estimates if one.is_identified]
    words.append(f"Told by the months: {', '.join(told) or 'nothing'}.")
    return "".join(element("p", sentence) for sentence in words)


def by_month(found: MonthTable) -> str:
    """A chart and a table for each KPI."""
    unseen = found.held_out
    legend = LEGEND
    if unseen:
        legend += f" Shaded: held out ({unseen[0]}{f' to {unseen[-1]}' if len(unseen) > 1 else ''})."
    legend += " The axis need not begin at 0."
    shaded = [found.at.index(month) for month in unseen]
    parts = []
    for kpi, course in found.kpis.items():
        one = MONTH_KPIS[kpi]
        bands, recorded = (_scale(kpi) * values for values in (_bands(course), known(course.recorded)))
        label, unit = f"{one.title} by month, recorded and simulated", " %" if one.is_share else ""
        chart = quantiles_chart(bands, recorded, found.at, label, unit, shaded, False)
        parts += [figure(chart, f"{escape(one.title)}. {legend}"), _residuals(found, kpi)]
    words = (
        "Deviations: recorded less simulated, over what the draws, chance and the tolerance for the model's own error "
        "leave open. Beyond two in many months is more than chance."
    )
    return element("p", words) + "".join(parts)


def _bands(course: MonthCourse) -> np.ndarray:
    return np.array([known(band) for band in course.bands])


def _scale(kpi: str) -> float:
    """Shares are shown in percent."""
    return 100.0 if MONTH_KPIS[kpi].is_share else 1.0


def _residuals(found: MonthTable, kpi: str) -> str:
    """A row a month: recorded, simulated, what is between them."""
    course, rows = found.kpis[kpi], []
    recorded, mean = (_scale(kpi) * known(values) for values in (course.recorded, course.mean))
    (low, *_, high), deviations = _scale(kpi) * _bands(course), known(course.deviations)
    for i, month in enumerate(found.at):
        if not np.isfinite(recorded[i]):
            continue
        numbers = (
            digits(recorded[i], 4), digits(mean[i], 4), f"{digits(low[i], 4)} to {digits(high[i], 4)}",
            digits(recorded[i] - mean[i], 3, "+"), f"{deviations[i]:+.1f}",
        )  # fmt: skip
        rows.append([head(month), *map(cell, numbers), cell(USES[found.use(kpi, month)], "text")])
    heads = ["Month", "recorded", "simulated", "nine in ten", "difference", "deviations", "use"]
    return table(f"{_titled(kpi)}, recorded and simulated", heads, rows)


def _titled(kpi: str) -> str:
    return MONTH_KPIS[kpi].title + (" [%]" if MONTH_KPIS[kpi].is_share else "")


def of_forecasts(found: MonthTable) -> str:
    """Each forecast of the months held out, KPI by KPI."""
    if not found.ahead:
        return ""
    rows = []
    for kpi in found.ahead[0].kpis:
        recorded = _scale(kpi) * known(found.recorded_ahead(kpi))
        for forecast in found.ahead:
            one = forecast.kpis[kpi]
            mean, (error, crps) = known(one.mean), known([one.mean_error, one.crps])
            inside = f"{one.coverage['0.9']:.0%}" if "0.9" in one.coverage else ""
            of_months = [
                cell(f"{digits(_scale(kpi) * middle, 4)} ({digits(seen, 4)})")
                for middle, seen in zip(mean, recorded, strict=True)
            ]
            errors = [cell(digits(_scale(kpi) * error, 3)), cell(digits(_scale(kpi) * crps, 3)), cell(inside)]
            rows.append([head(f"{_titled(kpi)}: {forecast.name}"), *of_months, *errors])
    heads = ["", *found.held_out, "mean error", "CRPS", "in the 90 % band"]
    return table("Forecast (recorded) of the months that the fit has not seen; less error is better", heads, rows)


def parameters_table(fit: Fit) -> str:
    """Estimates with intervals and marks."""
    rows = []
    for one in fit.estimates:
        interval = f"{digits(one.low, 4)} to {digits(one.high, 4)}"
        cells = [digits(one.value, 4), interval, digits(one.se, 2), f"{one.contraction:.2f}"]
        mark = "D" if one.is_identified else "A"
        rows.append([head(one.name), cell(one.title, "text"), *map(cell, cells), cell(mark, "text"),
                     cell(one.remark, "text")])  # fmt: skip
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
    curves = profiles_row(fit.profiles, fit.profiled_by)
    return table(f"{fit.n_runs} runs, {fit.method}", heads, rows) + element("p", " ".join(words)) + curves


def _direct(direct: Direct) -> str:
    parts = [element("p", sentence) for sentence in direct.sentences()]
    for topic, items in direct.estimates.topics().items():
        rows = []
        for one in items:
            rows.append([head(one.name), *map(cell, (*one.numbers(), one.unit, f"{one.n:,}"))])
        parts.append(table("", [topic, "value", "s.e.", "95 % interval", "unit", "n"], rows))
    return "".join(parts)


def _quality(quality: Quality) -> str:
    rows = [
        [head(name), cell(f"{n:,}")]
        for name, n in (
            ("rows read", quality.n_read), ("kept", quality.n_kept), ("rejected", len(quality.rejected)),
            ("left out on purpose", len(quality.left_out)), ("that cannot be", len(quality.impossible)),
            ("gaps", len(quality.gaps)),
        )
    ]  # fmt: skip
    return table("The files that the history was read from", ["", "number"], rows)
