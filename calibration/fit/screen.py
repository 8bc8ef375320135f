"""A fit as plain values, and as tables for a reader."""

from typing import Any

from rich import box as boxes
from rich.console import Console
from rich.table import Table

from calibration.fit.fit import Fit


def fit_as_dict(found: Fit) -> dict[str, Any]:
    """The whole report as plain values."""
    return {
        "method": found.method,
        "runs": found.n_runs,
        "seconds": round(found.seconds, 1),
        "parameters": [
            {"name": e.name, "title": e.title, "estimate": e.value, "low": e.low, "high": e.high, "se": e.se,
             "contraction": e.contraction, "identified": e.is_identified}
            for e in found.estimates
        ],
        "correlations": [{"pair": [a, b], "correlation": r} for a, b, r in found.correlations],
        "directions": [{"size": size, "parameter": name} for size, name in found.directions],
        "profiles": {name: [list(point) for point in curve] for name, curve in found.profiles.items()},
        "profiled_by": found.profiled_by,
        "chi2": found.chi2,
        "degrees_of_freedom": found.n_free,
        "widening": found.widening,
        "convergence": found.convergence,
        "worst_summaries": [{"summary": name, "deviations": left} for name, left in found.worst],
    }  # fmt: skip


def print_fit(found: Fit, console: Console) -> None:
    """Tables for a reader."""
    table = Table(box=boxes.SIMPLE_HEAD, pad_edge=False, title="Fitted parameters", title_justify="left")
    for header in ("parameter", "estimate", "90 % interval", "contraction", ""):
        table.add_column(header, justify="left" if header in ("parameter", "") else "right")
    for e in found.estimates:
        interval = f"{e.low:.4g} to {e.high:.4g}"
        table.add_row(e.name, f"{e.value:.4g}", interval, f"{e.contraction:.2f}", e.remark)
    console.print(table)
    for parameter in found.problem.box.parameters:
        if parameter.title:
            console.print(f"  {parameter.name}: {parameter.title}")
    console.print(f"\n{found.n_runs} runs, {found.seconds:.0f} s ({found.method})")
    if found.convergence:
        console.print(convergence_sentence(found.convergence))
    for a, b, r in found.correlations:
        console.print(f"{a} and {b} trade off (correlation {r:+.2f}): another datum on either would separate them")
    if found.widening > 1:
        console.print(
            f"The model misses the data by more than the noise of one run (chi2 {found.chi2:.0f} of {found.n_free} "
            f"degrees of freedom): intervals are {found.widening**0.5:.1f} times as wide for it."
        )
    worst = ", ".join(f"{name} ({left:+.1f} sd)" for name, left in found.worst)
    console.print(f"Worst met: {worst}")


def convergence_sentence(told: dict[str, float]) -> str:
    """Whether walk and emulator can be trusted."""
    return (
        f"The walk took {told['acceptance']:.0%} of its steps, R-hat {told['r_hat']:.3f} (below 1.01: long enough); "
        f"the emulator misses a run by up to {told['emulator_misses']:.2f} times its noise (1: no more than it must)"
    )
