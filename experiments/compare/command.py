"""`twin compare`: run both scenarios on the same customers, keep what was counted, print and write the report."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
from rich.progress import Progress

from experiments.compare.comparison import Comparison, FurtherRuns, Plan, balances, digest
from experiments.compare.fitted import Named, fit_sentence, load_sides
from experiments.compare.folder import COUNTS, REPLICATIONS, REPORT, TABLE, default_folder, print_folder
from experiments.compare.further import as_dict as further_as_dict
from experiments.compare.further import check_further, digests, tables, with_further
from experiments.compare.measures import work_out_all
from experiments.compare.paired import ALL, compare_summaries
from experiments.compare.posterior import spreads, with_posterior
from experiments.compare.replicate import Summary, Task, counts_table, replicate
from experiments.compare.screen import WIDTH, print_comparison
from experiments.compare.stopping import MOST, START, pairs_wanted, parse_targets
from experiments.compare.words import describe
from twin import __version__
from twin.console import progress, wide_console
from twin.errors import InputError, RunError
from twin.kernel import CODE
from twin.output import MANIFEST, as_json, manifest, open_output, write_json, write_parquet, write_text

FIRST_LOOK = ("sl20", "mean_wait", "fcr", "csi")
OnRun = Callable[[Summary, str, int], None]
"""Told of each finished run: its summary, "a" or "b", and how many pairs are wanted by now."""
JSON_COLUMNS = ("a", "b", "difference", "half_width", "variance_ratio", "verdict")


@dataclass(frozen=True)
class Changes:
    """Values set over both scenarios, over A, over B."""

    both: Sequence[str] = ()
    a: Sequence[str] = ()
    b: Sequence[str] = ()


def compare_command(
    a: str,
    b: str,
    days: int | None = None,
    replications: int = 20,
    seed: int = 1,
    changes: Changes = Changes(),
    out: str | None = None,
    workers: int | None = None,
    json_wanted: bool = False,
    further: FurtherRuns = FurtherRuns(),
    posterior: str | None = None,
    until: Sequence[str] = (),
) -> None:
    """`twin compare A B`."""
    if until and posterior is not None:
        raise InputError("--until-half-width: cannot be combined with --posterior, whose draws are one for each pair")
    own = (a, changes.a), (b, changes.b)
    side_a, side_b = load_sides(*(Named(name, [*changes.both, *texts], texts) for name, texts in own))
    plan = Plan.of(side_a, side_b, days, seed, replications, further)
    if until:
        plan = replace(plan, until=parse_targets(until), replications=MOST)
    check_further(plan)
    if posterior is not None:
        plan = with_posterior(plan, posterior)
    folder = open_output(out or default_folder(plan.a.scenario.name, plan.b.scenario.name))
    comparison = run_and_write(plan, folder, workers)
    if json_wanted:
        print(as_json(as_dict(comparison)))
        return
    console = wide_console(WIDTH)
    print_comparison(comparison, console)
    print_folder(folder, console)


def repeat_command(path: str, out: str | None = None, workers: int | None = None, json_wanted: bool = False) -> None:
    """`twin compare --repeat MANIFEST`: run again exactly, confirm that the numbers are the same."""
    recorded = _read_manifest(Path(path))
    if len(recorded.get("labels", ())) > 2:
        from experiments.compare.many_command import repeat_many

        repeat_many(recorded, out, workers, json_wanted)
        return
    plan = Plan.from_manifest(recorded)
    wanted = recorded.get("digest")
    if wanted is None:
        raise InputError(f"{path}: the comparison was not finished, there are no numbers to confirm")
    comparison = run_and_write(plan, open_output(out), workers) if out else _run_all(plan, workers)
    if digest(comparison.table) != wanted:
        raise RunError(_what_differs(Path(path).with_name(TABLE), comparison.table, recorded))
    other = [name for name, found in digests(comparison).items() if recorded.get("digests", {}).get(name) != found]
    if other:
        raise RunError(f"the numbers are not the same as recorded: those of {', '.join(other)} differ")
    n = int(comparison.table[["a", "b", "difference"]].notna().sum().sum())
    if json_wanted:
        print(as_json({"identical": True, "numbers": n, **as_dict(comparison)}))
    else:
        print(f"identical to the last bit: {n:,} numbers of {plan.a.label} against {plan.b.label}")


def _read_manifest(path: Path) -> dict[str, Any]:
    path = path / MANIFEST if path.is_dir() else path
    try:
        recorded = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise InputError(f"--repeat is {str(path)!r}, which is not there, must be a {MANIFEST}") from None
    except ValueError as error:
        raise InputError(f"{path}: is not a manifest: {error}") from None
    if not isinstance(recorded, dict) or recorded.get("command") != "compare":
        raise InputError(f"{path}: is not the manifest of a comparison")
    return recorded


def _what_differs(path: Path, table: pd.DataFrame, recorded: dict[str, Any]) -> str:
    reasons = []
    if recorded.get("kernel") != CODE or recorded.get("version") != __version__:
        reasons.append(f"the code is another (version {recorded.get('version')}, kernel {recorded.get('kernel')})")
    if path.is_file():
        before = pd.read_parquet(path)
        joined = before.merge(table, on=["by", "group", "kpi"], how="outer", suffixes=("_before", ""))
        is_same = (joined.a_before.eq(joined.a) | (joined.a_before.isna() & joined.a.isna())) & (
            joined.b_before.eq(joined.b) | (joined.b_before.isna() & joined.b.isna())
        )
        reasons.append(f"{int((~is_same).sum())} of {len(joined)} rows differ")
    return "the numbers are not the same as recorded" + (": " + ", ".join(reasons) if reasons else "")


# ---- run --------------------------------------------------------------------------------------------------------


def run_and_write(plan: Plan, folder: Path, workers: int | None = None, on_run: OnRun | None = None) -> Comparison:
    """Run, and leave everything in the folder; counts are there as soon as a run is finished."""
    record = manifest([plan.a.resolved, plan.b.resolved], **plan.facts())
    write_json(record, folder / MANIFEST)
    (folder / COUNTS).mkdir(exist_ok=True)
    comparison = run(plan, folder, workers, on_run)
    record |= comparison.plan.facts()
    _write(comparison, folder, record)
    for extended in with_further(comparison, folder, workers):
        _write(extended, folder, record)
        comparison = extended
    return comparison


def _write(comparison: Comparison, folder: Path, record: dict[str, Any]) -> None:
    from experiments.compare.report import report_html

    write_parquet(comparison.table, folder / TABLE)
    for name, table in tables(comparison).items():
        write_parquet(table, folder / name)
    write_json({**record, "digest": digest(comparison.table), "digests": digests(comparison)}, folder / MANIFEST)
    write_text(report_html(comparison, {**record, "folder": str(folder)}), folder / REPORT)


def _run_all(plan: Plan, workers: int | None) -> Comparison:
    comparison = run(plan, None, workers)
    return [comparison, *with_further(comparison, None, workers)][-1]


def run(plan: Plan, folder: Path | None = None, workers: int | None = None, on_run: OnRun | None = None) -> Comparison:
    """Both scenarios, replication by replication, and their paired differences."""
    started = time.perf_counter()
    summaries: list[Summary] = []
    goal = min(START, plan.replications) if plan.until else plan.replications
    with progress() as bars:
        bar = bars.add_task(f"{plan.a.label} | {plan.b.label}", total=2 * goal)
        pairs = _Pairs(plan, folder, bars, bar, on_run)
        while True:
            pairs.goal = goal
            bars.update(bar, total=2 * goal)
            summaries += replicate(pairs.tasks(len(summaries) // 2, goal), workers, pairs.on_done)
            table = compare_summaries(summaries[::2], summaries[1::2])
            wanted = pairs_wanted(goal, plan.replications, plan.until, [table])
            if wanted <= goal:
                break
            goal = wanted
    plan = replace(plan, replications=goal)
    if folder is not None:
        write_parquet(replication_table(summaries), folder / REPLICATIONS)
    facts = {
        "run_time": time.perf_counter() - started,
        "runs": [summary.facts for summary in summaries[:2]],
        "seconds_a_run": [sum(s.run_time for s in summaries[k::2]) / plan.replications for k in (0, 1)],
    }
    return Comparison(plan, table, plan.replications, facts, (summaries[::2], summaries[1::2]))


class _Pairs:
    """Tasks of pairs, and what is done as soon as one is finished."""

    def __init__(self, plan: Plan, folder: Path | None, progress: Progress, bar: Any, on_run: OnRun | None = None):
        self.plan, self.folder, self.progress, self.bar, self.on_run = plan, folder, progress, bar, on_run
        self.goal = plan.replications
        self.first = 0
        self.first_pair: dict[int, Summary] = {}

    def tasks(self, first: int, last: int) -> list[Task]:
        self.first = first
        return [
            Task(scenario, self.plan.days, self.plan.seed, replication, side.label)
            for replication in range(first, last)
            for side, scenario in zip((self.plan.a, self.plan.b), self.plan.scenarios(replication), strict=True)
        ]

    def on_done(self, summary: Summary, position: int) -> None:
        if self.folder is not None:
            name = f"{'ab'[position % 2]}-{self.first + position // 2:03d}.parquet"
            write_parquet(counts_table(summary), self.folder / COUNTS / name)
        self.progress.advance(self.bar)
        if self.on_run is not None:
            self.on_run(summary, "ab"[position % 2], self.goal)
        if self.first == 0 and position < 2:
            self.first_pair[position] = summary
            if len(self.first_pair) == 2 and self.plan.replications > 1:
                self.progress.console.print(_first_look(self.first_pair[0], self.first_pair[1]), style="dim")


def _first_look(a: Summary, b: Summary) -> str:
    """Two values and no difference: one pair has no interval."""
    lines = []
    for summary in (a, b):
        values = _headline(summary)
        known = [describe(n, values[n]) for n in FIRST_LOOK if n in values and values[n] == values[n]]
        lines.append(f"{summary.label}: {', '.join(known)}")
    return "first of the pairs, no interval yet\n  " + "\n  ".join(lines)


def _headline(summary: Summary) -> dict[str, float]:
    values = work_out_all(summary.counts[()]).iloc[0]
    return {name: float(values[name]) for name in values.index if name not in summary.not_modelled}


# ---- tables -----------------------------------------------------------------------------------------------------


def replication_table(summaries: Sequence[Summary]) -> pd.DataFrame:
    """The KPIs of each run: one row per replication and scenario."""
    rows = [
        {"scenario": s.label, "seed": s.seed, "replication": s.replication, "days": s.days, **_headline(s)}
        for s in summaries
    ]
    return pd.DataFrame(rows)


def as_dict(comparison: Comparison) -> dict[str, Any]:
    """The comparison as `--json` prints it."""
    plan, table = comparison.plan, comparison.table

    def of(rows: pd.DataFrame) -> dict[str, Any]:
        return {row["kpi"]: {name: row[name] for name in JSON_COLUMNS} for row in rows.to_dict("records")}

    def by(key: str) -> dict[str, Any]:
        return {str(group): of(rows) for group, rows in table[table.by == key].groupby("group", sort=False)}

    return {
        "a": plan.a.label,
        "b": plan.b.label,
        "days": plan.days,
        "seed": plan.seed,
        "replications": comparison.replications,
        "kpis": of(table[table.by == ALL]),
        "by_cluster": by("cluster"),
        "by_queue": by("queue"),
        "who": [
            {"cluster": balance.group, "balance": balance.word, "better": balance.better, "worse": balance.worse}
            for balance in balances(comparison)
        ],
        **further_as_dict(comparison),
        **({"calibrated": said} if (said := fit_sentence(plan.a, plan.b)) else {}),
        **({} if plan.posterior is None else {"spread": [asdict(spread) for spread in spreads(comparison)]}),
    }
