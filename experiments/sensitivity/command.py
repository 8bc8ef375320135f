"""`twin sensitivity STUDY.toml`."""

import os
from pathlib import Path
from typing import Any

from rich.padding import Padding
from rich.table import Table

from experiments.compare.measures import MEASURES, number, span
from experiments.sensitivity.page import page
from experiments.sensitivity.run import RUNS, TABLE, Found, run_study
from experiments.sensitivity.study import Sensitivity
from experiments.sweep.engine import engine
from twin.console import counting, titled_table, wide_console
from twin.output import MANIFEST, as_json, manifest, write_json, write_parquet, write_text

PAGE = "sensitivity.html"
SHOWN = 8
"""Factors of each KPI on the screen."""
NOTE = (
    "All points met the same customers ({r} replication{s} each): noise does not pass for sensitivity. Effect: mean "
    "change from the low to the high end of a factor's range, ± 95 %. {index}"
)
INDEX = {
    "morris": "μ*: mean of the absolute effects ± 95 %; σ: their spread, large where factors interact or bend.",
    "sobol": "First: share of the variance that a factor explains alone; total: with all its interactions (95 %).",
}


def sensitivity_command(
    study: str, workers: int | None, scheduler: str | None, resume: bool, out: str | None, json_wanted: bool
) -> None:
    """Run what is not kept yet, work out the indices, print and write table and page."""
    read = Sensitivity.read(study)
    folder = Path(out) if out else Path("results") / f"sensitivity-{Path(study).stem}"
    with engine(workers or os.cpu_count() or 1, scheduler) as here, counting("sensitivity", read.n_runs) as tell:
        found = run_study(read, folder, here, resume, tell)
    record = manifest(
        [side.resolved for side in read.sides], command="sensitivity", study=read.study.model_dump(), days=read.days,
        labels=[side.label for side in read.sides], factors=[_factor(one) for one in read.factors],
    )  # fmt: skip
    write_parquet(found.table, folder / TABLE)
    write_parquet(found.runs, folder / RUNS)
    write_json(record, folder / MANIFEST)
    write_text(page(found, record), folder / PAGE)
    if json_wanted:
        print(as_json(as_dict(found, folder)))
        return
    _print(found, folder)


def _factor(one: Any) -> dict[str, Any]:
    return {"name": one.name, "keys": list(one.keys), "ranges": [list(span) for span in one.ranges], "mark": one.mark}


def as_dict(found: Found, folder: Path) -> dict[str, Any]:
    """What `--json` prints: by subject and KPI the factors, the strongest first."""
    study = found.study
    return {
        "folder": str(folder),
        "method": study.study.method,
        "points": len(study.design.shares),
        "runs": study.n_runs,
        "replications": study.study.replications,
        "factors": [_factor(one) for one in study.factors],
        **({"calibrated": study.fitted} if study.fitted else {}),
        "indices": {
            of: {
                kpi: found.ranked(of, kpi).drop(columns=["of", "kpi"]).to_dict("records") for kpi in found.kpis(of)
            }
            for of in found.subjects
        },
    }  # fmt: skip


def _print(found: Found, folder: Path) -> None:
    console = wide_console()
    of = found.subjects[-1]
    study = found.study.study
    for kpi in found.kpis(of):
        console.print(_table(found, of, kpi))
    text = NOTE.format(r=study.replications, s="" if study.replications == 1 else "s", index=INDEX[study.method])
    for said in (text, found.study.fitted):
        if said:
            console.print(Padding(said, (0, 1)), style="dim", width=min(console.width, 120))
    console.print(f"\n Page: {folder / PAGE}", soft_wrap=True)


def _table(found: Found, of: str, kpi: str) -> Table:
    rows = found.ranked(of, kpi)
    title = f"{MEASURES[kpi].title}: {of}" if of != "difference" else f"{MEASURES[kpi].title}: {_minus(found)}"
    shown = titled_table(title)
    heads = ("μ*", "σ") if found.study.study.method == "morris" else ("first", "total")
    for place, name in enumerate(("factor", "range", "effect", *heads)):
        shown.add_column(name, justify="left" if place < 2 else "right", overflow="fold")
    ranges = {one.name: one.span for one in found.study.factors}
    records: list[Any] = list(rows.head(SHOWN).itertuples(index=False))
    for row in records:
        shown.add_row(row.factor, ranges[row.factor], effect_text(kpi, row), *index_texts(found, kpi, row))
    return shown


def _minus(found: Found) -> str:
    return " − ".join(side.label for side in found.study.sides)


def effect_text(kpi: str, row: Any) -> str:
    """The mean effect with the ends of its 95 % interval."""
    return span(kpi, row.effect - 1.96 * row.effect_se, row.effect + 1.96 * row.effect_se)


def index_texts(found: Found, kpi: str, row: Any) -> tuple[str, str]:
    """The two indices of the method as text."""
    if found.study.study.method == "morris":
        return f"{_size(kpi, row.mu_star)} ± {_size(kpi, row.mu_star_half_width)}", _size(kpi, row.sigma)
    first = f"{row.first:.2f} ({row.first_low:.2f} to {row.first_high:.2f})"
    return first, f"{row.total:.2f} ({row.total_low:.2f} to {row.total_high:.2f})"


def _size(kpi: str, value: float) -> str:
    """A difference without its sign: of a share in points, as the effects are."""
    text = number(kpi, value)
    return text.removesuffix("%") + "pp" if MEASURES[kpi].unit == "share" else text
