"""Monthly figures: hazards of churn and turnover, ratios of sums, and KPIs with their standard errors."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from calibration.estimate.estimates import Estimate, Fit, Setting, number, plain_number, ratio_of_sums, require
from calibration.estimate.pooling import pool
from twin.errors import InputError

RATIOS = {
    "abandonment share": ("abandoned", "offered", "share"),
    "answered in time over offered": ("answered_in_time", "offered", "share"),
    "mean wait of the answered": ("wait_answered_s", "answered", "s"),
    "handle time": ("handle_s", "answered", "s"),
}
"""Name -> sum above, sum below, unit."""
HAZARDS = {"churn": "customers", "turnover": "operators"}
"""Share lost in a month -> those at risk."""
KPIS = ("foc", "recall", "csi", "absence", "fcr", "service_level")
"""Reported as they are: means over the months."""
SHARES = ("recall", "absence", "fcr", "service_level", "churn", "turnover")
LEAST_MONTHS = 3
MONTHS_A_PARAMETER = 5
"""A regression on monthly figures needs so many months for each coefficient: 12 to 36 months tell 3 to 5 numbers."""


@dataclass(frozen=True)
class MonthlyEstimates:
    """What monthly figures tell: of the whole, and of each unit drawn to the mean of all."""

    figures: dict[str, Estimate]
    units: pd.DataFrame
    """name, unit, value, se, drawn (value drawn to the mean of the units), n months; empty with one unit."""

    def estimates(self) -> list[Estimate]:
        return list(self.figures.values())

    def settings(self, site: str = "in-house") -> list[Setting]:
        """Turnover a year (-12 log(1 - hazard)) and absence of a site.

        The churn of a scenario is stated tier by tier: its estimate is the level to which a fit brings it.
        """
        keys: list[Setting] = []
        if "turnover" in self.figures:
            yearly = yearly_rate(self.figures["turnover"])
            keys.append(number(("careers", "turnover", "a_year", site), yearly))
        if "absence" in self.figures:
            keys.append(number(("abilities", "absence", site), self.figures["absence"]))
        return keys


def yearly_rate(hazard: Estimate) -> Estimate:
    """Leavers over mean heads a year, -12 log(1 - h); se 12 se / (1 - h) (delta method)."""
    value = -12 * float(np.log1p(-hazard.value))
    return Estimate(
        f"{hazard.name} a year", value, 12 * hazard.se / (1 - hazard.value), "1/year", hazard.n, hazard.method
    )


def fit_hazard(name: str, events: ArrayLike, at_risk: ArrayLike) -> Estimate:
    """Monthly hazard: events over those at risk (binomial maximum likelihood), se sqrt(h (1 - h) / sum at risk).

    If the months differ by more than the binomial law lets them (Pearson's dispersion above 1), se is multiplied by the
    root of the dispersion (McCullagh & Nelder 1989, section 4.5).
    """
    lost, heads = np.asarray(events, float), np.asarray(at_risk, float)
    value = float(lost.sum() / heads.sum())
    freedom = max(len(lost) - 1, 1)
    chi2 = float(np.sum((lost - heads * value) ** 2 / np.maximum(heads * value * (1 - value), 1e-12)))
    fit = Fit("dispersion", chi2 / freedom, float(stats.chi2.sf(chi2, freedom)))
    se = float(np.sqrt(value * (1 - value) / heads.sum() * max(chi2 / freedom, 1.0)))
    method = "binomial, se with the months' dispersion"
    return Estimate(name, value, se, "share", len(lost), method, fit, is_share=True)


def hazard_regression(events: ArrayLike, at_risk: ArrayLike, covariates: pd.DataFrame) -> dict[str, Estimate]:
    """Effects on a monthly hazard: log(-log(1 - h)) = base + sum of effects (complementary log-log, grouped survival).

    Effects are logarithms of hazard ratios (Prentice & Gloeckler 1978, Biometrics 34, 57-67). Iterated weighted least
    squares; covariance times the dispersion where it is above 1. Covariates count from their means.

    Raises
    ------
    InputError
        With fewer than five months for each coefficient: fix or leave out some.
    """
    lost, heads = np.asarray(events, float), np.asarray(at_risk, float)
    rows = np.column_stack([np.ones(len(lost)), (covariates - covariates.mean()).to_numpy(float)])
    if len(lost) < MONTHS_A_PARAMETER * rows.shape[1]:
        raise InputError(
            f"{len(lost)} months for {rows.shape[1]} coefficients, must be {MONTHS_A_PARAMETER} or more for each"
        )
    share = (lost + 0.5) / (heads + 1)
    linear = np.log(-np.log1p(-share))
    for _ in range(100):
        cumulated = np.exp(linear)
        hazard = -np.expm1(-cumulated)
        slope = cumulated * np.exp(-cumulated)
        weight = heads * slope**2 / (hazard * (1 - hazard))
        response = linear + (lost / heads - hazard) / slope
        cover = np.linalg.inv(rows.T @ (rows * weight[:, None]))
        effects = cover @ rows.T @ (weight * response)
        moved = np.max(np.abs(rows @ effects - linear))
        linear = rows @ effects
        if moved < 1e-10:
            break
    freedom = len(lost) - rows.shape[1]
    chi2 = float(np.sum((lost - heads * hazard) ** 2 / (heads * hazard * (1 - hazard))))
    fit = Fit("dispersion", chi2 / freedom, float(stats.chi2.sf(chi2, freedom)))
    errors = np.sqrt(np.diag(cover) * max(chi2 / freedom, 1.0))
    names = ["base", *covariates.columns]
    method = "complementary log-log regression"
    return {
        str(name): Estimate(f"log hazard, {name}", float(value), float(se), "log", len(lost), method, fit)
        for name, value, se in zip(names, effects, errors, strict=True)
    }


def mean_of_months(name: str, values: ArrayLike, unit: str) -> Estimate:
    """Mean over the months; if neighbours are alike they count for less: n (1 - r) / (1 + r), lag-1 correlation r."""
    x = np.asarray(values, float)
    n, rest = len(x), x - x.mean()
    square = float(np.sum(rest**2))
    r = max(float(np.sum(rest[1:] * rest[:-1]) / square), 0.0) if square > 0 else 0.0
    se = float(x.std(ddof=1) / np.sqrt(n * (1 - r) / (1 + r)))
    method = f"mean of months, lag-1 correlation {r:.2f}"
    return Estimate(name, float(x.mean()), se, unit, n, method, is_share=unit == "share")


def fit_months(months: pd.DataFrame) -> MonthlyEstimates:
    """Hazards, ratios and KPIs of the contract's table of months, all units together and each unit."""
    require(months, ("month", "unit"), "table of months")
    figures: dict[str, Estimate] = {}
    for name, share in HAZARDS.items():
        if name in months and share in months:
            own = months[months[name].notna() & (months[share] > 0)]
            if len(own) >= LEAST_MONTHS:
                figures[name] = fit_hazard(name, own[name] * own[share], own[share])
    for name, (top, bottom, unit) in RATIOS.items():
        if top in months and bottom in months:
            own = months[months[top].notna() & (months[bottom] > 0)]
            if own["month"].nunique() >= LEAST_MONTHS:
                value, se = ratio_of_sums(own[top].to_numpy(float), own[bottom].to_numpy(float), own["month"])
                n, method = own["month"].nunique(), f"{top} over {bottom}, clustered on months"
                figures[name] = Estimate(name, value, se, unit, n, method, is_share=unit == "share")
    for name in (*KPIS, *HAZARDS):
        if name in months and name not in figures:
            by_month = months.groupby("month")[name].mean().dropna()
            if len(by_month) >= LEAST_MONTHS:
                figures[name] = mean_of_months(name, by_month.to_numpy(), "share" if name in SHARES else "index")
    return MonthlyEstimates(figures, _units(months))


def _units(months: pd.DataFrame) -> pd.DataFrame:
    """Ratios of each unit, drawn to the mean of all by what they are unsure."""
    columns = ["name", "unit", "value", "se", "drawn", "n"]
    rows: list[dict] = []
    for name, (top, bottom, _) in RATIOS.items():
        if top not in months or bottom not in months or months["unit"].nunique() < 3:
            continue
        own = months[months[top].notna() & (months[bottom] > 0)]
        found = []
        for unit, part in own.groupby("unit"):
            value, se = ratio_of_sums(part[top].to_numpy(float), part[bottom].to_numpy(float), part["month"])
            if len(part) >= LEAST_MONTHS and se > 0:
                found.append({"name": name, "unit": unit, "value": value, "se": se, "n": len(part)})
        if len(found) >= 3:
            drawn = pool(np.array([row["value"] for row in found]), np.array([row["se"] for row in found]) ** 2)
            rows += [row | {"drawn": plain_number(value)} for row, value in zip(found, drawn.values, strict=True)]
    return pd.DataFrame(rows, columns=columns)
