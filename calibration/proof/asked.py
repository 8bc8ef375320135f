"""What is asked of a forecast, and whether it does it."""

from calibration.proof.heldout import (
    CLOSE_DAY,
    CLOSE_LEVEL,
    CLOSE_POINTS,
    CLOSE_SHARE,
    CLOSE_WAIT,
    HeldOut,
    recorded_overall,
)
from calibration.proof.kpis import LOST, shown


def targets(ours: HeldOut) -> list[tuple[str, str, str, bool]]:
    """(what, asked, found, whether met) of each thing that is asked of a forecast."""
    recorded, simulated, scores = recorded_overall(ours.recorded), ours.overall(), ours.scores()
    told = {kpi.column: kpi for kpi in shown(ours.recorded)}
    lost = simulated[LOST] - recorded[LOST]
    close = ours.close_days()
    rows = [
        ("abandoned share", f"within {CLOSE_POINTS:g} points", f"{lost:+.1f} points", abs(lost) <= CLOSE_POINTS),
        ("abandoned share, day by day", f"within {CLOSE_DAY:g} points on {CLOSE_SHARE:.0%} of days", f"on {close:.0%}",
         close >= CLOSE_SHARE),
    ]  # fmt: skip
    if kpi := told.get("wait_s"):
        wait = simulated[kpi.name] / recorded[kpi.name] - 1
        rows.append((kpi.what, f"within {CLOSE_WAIT:.0%}", f"{wait:+.0%}", abs(wait) <= CLOSE_WAIT))
    if kpi := told.get("in_time"):
        level = simulated[kpi.name] - recorded[kpi.name]
        rows.append((kpi.what, f"within {CLOSE_LEVEL:g} points", f"{level:+.1f} points", abs(level) <= CLOSE_LEVEL))
    for kpi in told.values():
        for asked, share in scores[kpi.name]["half hours"].coverage.items():
            what = f"{kpi.title.lower()}, by interval, in the {asked:.0%} band"
            rows.append((what, f"{asked:.0%} of them", f"{share:.0%}", share >= asked))
    return rows


def attainable(ours: HeldOut) -> dict[str, str]:
    """In words by target: what chance and what is not known of the days would leave of a true model's forecast."""
    found = ours.attainable()
    if not found:
        return {}
    lost, wait, quick = ours.kpis.values()
    low, high = found["days within 4 points, 5 %"], found["days within 4 points, 95 %"]
    return {
        lost.what: f"met with probability {found[lost.name]:.0%}",
        "abandoned share, day by day": f"on {found['days within 4 points']:.0%} ({low:.0%} to {high:.0%})",
        wait.what: f"met with probability {found[wait.name]:.0%}",
        quick.what: f"met with probability {found[quick.name]:.0%}",
    }
