"""What a comparison shows of each KPI: order, short titles, denominators, digits, and money by the year."""

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from twin.calendar import DAY, YEAR
from twin.kpi import HEADLINES, KPIS, work_out
from twin.kpi.definition import Counts, Kpi
from twin.kpi.money import arpu_at_risk, contact_cost, upgrade_value
from twin.kpi.proactive import message_cost


def cost_per_year(c: Counts) -> pd.Series:
    """Contact cost of the counted days x 365.25 / counted days [EUR a year]."""
    return contact_cost(c) * YEAR * DAY / c.clock_time


def money_per_year(c: Counts) -> pd.Series:
    """Contact cost a year + ARPU at risk [EUR a year]: what the caring model costs and what it may lose."""
    return cost_per_year(c) + arpu_at_risk(c)


def upgrades_per_year(c: Counts) -> pd.Series:
    """Value of the upgrades sold in the counted days x 365.25 / counted days [EUR a year]."""
    return upgrade_value(c) * YEAR * DAY / c.clock_time


def messages_per_year(c: Counts) -> pd.Series:
    """Cost of the proactive messages of the counted days x 365.25 / counted days [EUR a year]."""
    return message_cost(c) * YEAR * DAY / c.clock_time


def net_money_per_year(c: Counts) -> pd.Series:
    """Contact cost + ARPU at risk + cost of messages - value of upgrades sold, a year [EUR a year]."""
    messages = messages_per_year(c) if "proactive_cost" in c else 0.0
    return money_per_year(c) + messages - upgrades_per_year(c)


_MONEY = {
    formula.__name__: Kpi(formula.__name__, title, "EUR per year", better, formula)
    for formula, title, better in (
        (cost_per_year, "Contact cost a year", -1),
        (money_per_year, "Contact cost + ARPU at risk", -1),
        (upgrades_per_year, "Value of upgrades sold", 1),
        (messages_per_year, "Cost of messages", -1),
        (net_money_per_year, "Cost + risk + messages - upgrades", -1),
    )
}
MEASURES: dict[str, Kpi] = KPIS | _MONEY
"""All KPIs of the project, and the yearly sums of money that only a comparison needs."""

_AFTER = {"asa": ("asa", "mean_wait"), "contact_cost": (), "arpu_at_risk": ()}
SUMMARY = tuple(part for name in HEADLINES for part in _AFTER.get(name, (name,)))
MONEY = (
    *("cost_per_year", "arpu_at_risk", "money_per_year"),
    *("upgrades_per_year", "messages_per_year", "net_money_per_year"),
)
BY_CLUSTER = ("sl20", "in_target", "mean_wait", "fcr", "csi", "cost_per_customer", "churn")
BY_HOUR = ("sl20", "mean_wait", "n_offered", "operators_on_duty")
BY_INTENT = ("mean_wait", "aht", "fcr", "recall_share")

SHORT = {
    "sl20": "In 20 s",
    "in_target": "In target",
    "mean_wait": "Wait",
    "fcr": "FCR",
    "csi": "CSI",
    "cost_per_customer": "€/customer",
    "churn": "Churn",
    "arpu_at_risk": "ARPU at risk",
    "cost_per_year": "Contact cost",
}
NARROW = "\u00a0"  # keeps a number and its unit on one line
NO_INTERVAL = "n/a, needs 2+ replications"


def work_out_all(counts: Counts) -> pd.DataFrame:
    """All measures of each row of counts; those whose counts are missing are left out."""
    table = work_out(counts)
    if {"hour", "day"} & set(counts.index.names):  # an hour says nothing about a year
        return table
    for name, measure in _MONEY.items():
        try:
            table[name] = measure.formula(counts)
        except AttributeError:  # no money, or no customers
            continue
    return table


@dataclass(frozen=True)
class Shown:
    """One row of a comparison as text."""

    a: str
    b: str
    difference: str
    """With its unit and its half-width."""
    short: str
    """The same in few characters, without the unit."""


def shown(row: Any) -> Shown:
    """A row of the comparison as text: digits as many as the intervals are worth."""
    unit = MEASURES[row.kpi].unit
    size = max((abs(x) for x in (row.a, row.b) if math.isfinite(x)), default=0.0)
    factor, suffix = _scale(unit, size)
    spread = max((w for w in (row.a_half_width, row.b_half_width) if math.isfinite(w)), default=math.nan)
    decimals = _decimals(spread * factor, size * factor)
    decimals = max(min(decimals, 2), 1) if unit == "share" else decimals
    a, b = (_number(x * factor, decimals, suffix) for x in (row.a, row.b))
    if not math.isfinite(row.half_width):
        is_single = math.isfinite(row.a) and math.isfinite(row.b)
        return Shown(a, b, NO_INTERVAL if is_single else "–", "n/a" if is_single else "–")
    factor, suffix = _scale(unit, max(abs(row.difference), row.half_width))
    difference, width = row.difference * factor, row.half_width * factor
    decimals = _decimals(width, abs(difference), most=5)
    most = 1 if width >= 0.05 else 2 if abs(difference) >= 0.2 else 3  # columns are narrow
    few = _decimals(width, abs(difference), 1, most=most)
    long = f"{_signed(difference, decimals)} ± {width:,.{decimals}f}{f'{NARROW}pp' if unit == 'share' else suffix}"
    return Shown(a, b, long, f"{_signed(difference, few)}±{width:,.{few}f}")


def number(name: str, value: float) -> str:
    """One value of a measure as text."""
    factor, suffix = _scale(MEASURES[name].unit, abs(value) if math.isfinite(value) else 0.0)
    return _number(value * factor, _decimals(math.nan, abs(value) * factor), suffix)


def amount(name: str, value: float, half_width: float) -> str:
    """A difference without its sign but with its half-width: "3.2 ± 0.4 pp"."""
    unit = MEASURES[name].unit
    factor, suffix = _scale(unit, max(abs(value), half_width))
    decimals = _decimals(half_width * factor, abs(value) * factor, most=5)
    text = f"{abs(value) * factor:,.{decimals}f} ± {half_width * factor:,.{decimals}f}"
    return text + (" percentage points" if unit == "share" else " points" if unit == "points" else suffix)


def span(name: str, low: float, high: float) -> str:
    """Two ends of a spread of differences: "−3.2 to +0.4 pp"."""
    unit = MEASURES[name].unit
    factor, suffix = _scale(unit, max(abs(low), abs(high)))
    decimals = _decimals((high - low) / 2 * factor, max(abs(low), abs(high)) * factor)
    return (
        f"{_signed(low * factor, decimals)} to {_signed(high * factor, decimals)}"
        f"{f'{NARROW}pp' if unit == 'share' else suffix}"
    )


def _scale(unit: str, size: float) -> tuple[float, str]:
    if unit == "share":
        return 100.0, f"{NARROW}%"
    if unit == "s":
        return 1.0, f"{NARROW}s"
    if unit.startswith("EUR"):
        if size >= 1e6:
            return 1e-6, f"{NARROW}M€"
        return (1e-3, f"{NARROW}k€") if size >= 2e4 else (1.0, f"{NARROW}€")
    return 1.0, ""


def _decimals(width: float, size: float, digits: int = 2, most: int = 3) -> int:
    """So many digits of the half-width (one more if it begins with 1); without one, three digits of the value."""
    if math.isfinite(width) and width > 0:
        place = math.floor(math.log10(width))
        is_one = digits == 1 and width / 10**place < 2
        return min(max(digits - 1 + is_one - place, 0), most)
    if not math.isfinite(size) or size == 0:
        return 0
    return min(max(2 - math.floor(math.log10(size)), 0), most)


def _number(value: float, decimals: int, suffix: str) -> str:
    return f"{value:,.{decimals}f}{suffix}" if math.isfinite(value) else "–"


def _signed(value: float, decimals: int) -> str:
    text = f"{value:+,.{decimals}f}"
    return text.replace("-", "−") if float(text.replace(",", "")) != 0 else f"{0:.{decimals}f}"
