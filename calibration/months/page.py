"""The validation page of months: recorded against simulated, what the months tell of each parameter, data quality."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template

import numpy as np

from calibration.fit.direct import Direct
from calibration.fit.fit import Fit
from calibration.fit.screen import convergence_sentence
from calibration.history.tables import Quality
from calibration.months.forecast import MonthForecast
from calibration.months.record import MONTH_KPIS
from calibration.proof.charts import bands_chart
from twin import __version__
from twin.html import cell, element, figure, head, section, table

LEGEND = (
    'Points: recorded. Line: median of the simulated months; <span class="swatch" style="opacity:.44"></span> half of '
    'them, <span class="swatch" style="opacity:.16"></span> nine in ten.'
)


@dataclass(frozen=True)
class MonthsShown:
    """Months on a page: recorded beside simulated."""

    shown: MonthForecast
    """All months, with their recorded volumes where the scenario is given them."""
    forecasts: Sequence[MonthForecast]
    """Of the months held out; none if all were fitted."""
    fitted: Sequence[str]
    """KPIs that the fit was to meet."""

    @property
    def unseen(self) -> list[str]:
        """Months that the fit has not seen."""
        return list(self.forecasts[0].recorded.months) if self.forecasts else []


@dataclass(frozen=True)
class MonthValidation:
    """What the page is made of."""

    title: str
    fit: Fit
    months: MonthsShown
    mute: Sequence[str]
    """KPIs of the history that the scenario cannot tell."""
    direct: Direct
    quality: Quality


def months_page(found: MonthValidation) -> str:
    """The whole page."""
    sections = [
        ("short", "In short", _short(found)),
        ("months", "By month", by_month(found.months)),
        ("forecast", "Months held out", of_forecasts(found.months.forecasts)),
        ("parameters", "Fitted parameters", parameters_table(found.fit)),
        ("direct", "Read directly off history", _direct(found.direct)),
        ("quality", "Data quality", _quality(found.quality)),
    ]
    sections = [one for one in sections if one[2]]
    months = found.months.shown.recorded.months
    meta = f"{len(months)} months, {months[0]} to {months[-1]} · {datetime.date.today():%Y-%m-%d} · {__version__}"
    return Template(files("calibration.proof").joinpath("page.html").read_text("utf-8")).substitute(
        title=escape(found.title),
        style=files("calibration").joinpath("page.css").read_text("utf-8"),
        meta=escape(meta),
        nav="".join(f'<a href="#{key}">{escape(name)}</a>' for key, name, _ in sections),
        sections="\n".join(section(*one) for one in sections),
    )


def _short(found: MonthValidation) -> str:
    words = []
    if not found.months.forecasts:
        words.append("The fit has used all months: the page shows how well it describes them, and proves nothing.")
    if found.mute:
        words.append(f"The scenario does not tell: {', '.join(MONTH_KPIS[name].title for name in found.mute)}.")
    unknown = [one.name for one in found.fit.estimates if not one.is_identified]
    if unknown:
        words.append(f"Not identified: {', '.join(unknown)}.")
    told = [one.name for one in found.fit.estimates if one.is_identified]
    words.append(f"Told by the months: {', '.join(told) or 'nothing'}.")
    return "".join(element("p", sentence) for sentence in words)


def by_month(found: MonthsShown) -> str:
    """A chart and a table for each KPI."""
    unseen, months = found.unseen, list(found.shown.recorded.months)
    legend = LEGEND
    if unseen:
        legend += f" Shaded: held out ({unseen[0]}{f' to {unseen[-1]}' if len(unseen) > 1 else ''})."
    legend += " The axis need not begin at 0."
    parts = []
    for kpi in found.shown.recorded.values:
        one = MONTH_KPIS[kpi]
        members, recorded = found.shown.values(kpi)
        label, unit = f"{one.title} by month, recorded and simulated", " %" if one.is_share else ""
        chart = bands_chart(members, recorded, months, label, unit, [months.index(month) for month in unseen], False)
        parts += [figure(chart, f"{escape(one.title)}. {legend}"), _residuals(found, kpi)]
    words = (
        "Deviations: recorded less simulated, over what the draws, chance and the tolerance for the model's own error "
        "leave open. Beyond two in many months is more than chance."
    )
    return element("p", words) + "".join(parts)


def _residuals(found: MonthsShown, kpi: str) -> str:
    """A row a month: recorded, simulated, what is between them."""
    members, recorded = found.shown.values(kpi)
    middle, deviations, rows = np.nanmean(members, axis=0), found.shown.deviations(kpi), []
    low, high = np.nanquantile(members, [0.05, 0.95], axis=0)
    for i, month in enumerate(found.shown.recorded.months):
        if not np.isfinite(recorded[i]):
            continue
        use = "held out" if month in found.unseen else "fitted" if kpi in found.fitted else "told by half hours"
        numbers = (
            f"{recorded[i]:.4g}", f"{middle[i]:.4g}", f"{low[i]:.4g} to {high[i]:.4g}",
            f"{recorded[i] - middle[i]:+.3g}", f"{deviations[i]:+.1f}",
        )  # fmt: skip
        rows.append([head(month), *map(cell, numbers), cell(use, "text")])
    heads = ["Month", "recorded", "simulated", "nine in ten", "difference", "deviations", "use"]
    return table(f"{_titled(kpi)}, recorded and simulated", heads, rows)


def _titled(kpi: str) -> str:
    return MONTH_KPIS[kpi].title + (" [%]" if MONTH_KPIS[kpi].is_share else "")


def of_forecasts(forecasts: Sequence[MonthForecast]) -> str:
    """Each forecast of the months held out, KPI by KPI."""
    if not forecasts:
        return ""
    rows = []
    for kpi in forecasts[0].recorded.values:
        for forecast in forecasts:
            members, recorded = forecast.values(kpi)
            one, error = forecast.scores()[kpi], forecast.mean_errors()[kpi]
            inside = f"{one.coverage[0.9]:.0%}" if one.coverage else ""
            of_months = [
                cell(f"{np.nanmean(members[:, i]):.4g} ({recorded[i]:.4g})")
                for i in range(len(forecast.recorded.months))
            ]
            rows.append([head(f"{_titled(kpi)}: {forecast.name}"), *of_months, cell(f"{error:.3g}"),
                         cell(f"{one.crps:.3g}"), cell(inside)])  # fmt: skip
    heads = ["", *forecasts[0].recorded.months, "mean error", "CRPS", "in the 90 % band"]
    return table("Forecast (recorded) of the months that the fit has not seen; less error is better", heads, rows)


def parameters_table(fit: Fit) -> str:
    """Estimates with intervals and marks."""
    rows = []
    for one in fit.estimates:
        cells = [f"{one.value:.4g}", f"{one.low:.4g} to {one.high:.4g}", f"{one.se:.2g}", f"{one.contraction:.2f}"]
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
    return table(f"{fit.n_runs} runs, {fit.method}", heads, rows) + element("p", " ".join(words))


def _direct(direct: Direct) -> str:
    parts = [element("p", sentence) for sentence in direct.sentences()]
    for topic, items in direct.estimates.topics().items():
        rows = []
        for one in items:
            low, high = one.interval()
            numbers = (f"{one.value:.4g}", f"{one.se:.2g}", f"{low:.4g} to {high:.4g}", one.unit, f"{one.n:,}")
            rows.append([head(one.name), *map(cell, numbers)])
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
