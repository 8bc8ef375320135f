"""The KPIs by which a forecast is scored and shown, as a record measures them."""

from dataclasses import dataclass

import numpy as np

from calibration.fit.record import Measured, Record

LOST = "abandoned %"


@dataclass(frozen=True)
class Kpi:
    """A column of a `Record` over its base."""

    name: str
    """In tables and in JSON."""
    column: str
    title: str
    unit: str
    what: str
    """In a sentence."""
    key: str
    """Of `twin kpis`."""

    @property
    def scale(self) -> float:
        """From the column over its base to the unit: shares are shown in percent."""
        return 1.0 if self.column == "wait_s" else 100.0

    @property
    def titled(self) -> str:
        """With its unit."""
        return f"{self.title} [{self.unit.strip()}]"


def kpis_of(measured: Measured) -> dict[str, Kpi]:
    """By name: abandonment, wait, answers in time, in this order."""
    is_of_all, within = measured.waits_of == "offered", f"{measured.within_s:g} s"
    wait = "mean wait" if is_of_all else "mean wait of the answered"
    found = (
        Kpi(LOST, "abandoned", "Abandoned / offered", " %", "abandoned share", "abandonment_share"),
        Kpi(
            "mean wait s" if is_of_all else "mean wait of answered s", "wait_s", wait.capitalize(), " s", wait,
            "mean_wait" if is_of_all else "asa",
        ),
        Kpi(
            f"in {within} %", "in_time", f"Answered in {within} / offered", " %", f"answered in {within}",
            "sl20" if measured.within_s == 20 else "in_target",
        ),
    )  # fmt: skip
    return {kpi.name: kpi for kpi in found}


def shown(record: Record) -> list[Kpi]:
    """Those that a record tells."""
    return [kpi for kpi in kpis_of(record.measured).values() if np.isfinite(getattr(record, kpi.column)).any()]


KPIS = kpis_of(Measured())
"""Of waits of all offered and answers in 20 s."""
