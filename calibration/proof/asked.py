"""What is asked of a forecast, whether it does it, and the KPIs by which it is shown."""

from dataclasses import dataclass

import numpy as np

from calibration.fit.record import Record
from calibration.proof.heldout import (
    CLOSE_DAY,
    CLOSE_LEVEL,
    CLOSE_POINTS,
    CLOSE_SHARE,
    CLOSE_WAIT,
    LOST,
    HeldOut,
    kpis_of,
    quick_name,
    recorded_overall,
    wait_name,
)

_WAIT = {"offered": "mean wait", "answered": "mean wait of the answered"}


@dataclass(frozen=True)
class Shown:
    """A KPI as the page names it."""

    name: str
    column: str
    scale: float
    title: str
    unit: str

    @property
    def titled(self) -> str:
        """With its unit."""
        return f"{self.title} [{self.unit.strip()}]"


def shown(record: Record) -> list[Shown]:
    """The KPIs that a record tells."""
    measured = record.measured
    wait = "Mean wait" if measured.waits_of == "offered" else "Mean wait of the answered"
    titles = {
        "abandoned": ("Abandoned / offered", " %"),
        "wait_s": (wait, " s"),
        "in_time": (f"Answered in {measured.within_s:g} s / offered", " %"),
    }
    return [
        Shown(name, column, scale, *titles[column])
        for name, (column, scale) in kpis_of(measured).items()
        if np.isfinite(getattr(record, column)).any()
    ]


def targets(ours: HeldOut) -> list[tuple[str, str, str, bool]]:
    """(what, asked, found, whether met) of each thing that is asked of a forecast."""
    recorded, simulated, scores = recorded_overall(ours.recorded), ours.overall(), ours.scores()
    measured, told = ours.recorded.measured, shown(ours.recorded)
    wait_by, quick_by = wait_name(measured), quick_name(measured)
    lost = simulated[LOST] - recorded[LOST]
    close = ours.close_days()
    rows = [
        ("abandoned share", f"within {CLOSE_POINTS:g} points", f"{lost:+.1f} points", abs(lost) <= CLOSE_POINTS),
        ("abandoned share, day by day", f"within {CLOSE_DAY:g} points on {CLOSE_SHARE:.0%} of days", f"on {close:.0%}",
         close >= CLOSE_SHARE),
    ]  # fmt: skip
    names = [kpi.name for kpi in told]
    if wait_by in names:
        wait = simulated[wait_by] / recorded[wait_by] - 1
        rows.append((_WAIT[measured.waits_of], f"within {CLOSE_WAIT:.0%}", f"{wait:+.0%}", abs(wait) <= CLOSE_WAIT))
    if quick_by in names:
        level = simulated[quick_by] - recorded[quick_by]
        what = f"answered in {measured.within_s:g} s"
        rows.append((what, f"within {CLOSE_LEVEL:g} points", f"{level:+.1f} points", abs(level) <= CLOSE_LEVEL))
    for kpi in told:
        for asked, share in scores[kpi.name]["half hours"].coverage.items():
            what = f"{kpi.title.lower()}, by interval, in the {asked:.0%} band"
            rows.append((what, f"{asked:.0%} of them", f"{share:.0%}", share >= asked))
    return rows


def attainable(ours: HeldOut) -> dict[str, str]:
    """In words by target: what chance and what is not known of the days would leave of a true model's forecast."""
    found = ours.attainable()
    if not found:
        return {}
    measured = ours.recorded.measured
    low, high = found["days within 4 points, 5 %"], found["days within 4 points, 95 %"]
    return {
        "abandoned share": f"met with probability {found[LOST]:.0%}",
        "abandoned share, day by day": f"on {found['days within 4 points']:.0%} ({low:.0%} to {high:.0%})",
        _WAIT[measured.waits_of]: f"met with probability {found[wait_name(measured)]:.0%}",
        f"answered in {measured.within_s:g} s": f"met with probability {found[quick_name(measured)]:.0%}",
    }
