"""The results store at 10,000 runs: how long it takes to write, to pack, to list what is there, to read, to answer.

python -m benchmarks.store                 # 10,000 runs of `erlang-a`, 20 to a batch; by = ["queue"]
python -m benchmarks.store --runs 2000 --json

The rows are those of one real run, under other keys, written by the store's own writer.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import pandas as pd

from experiments.sweep.results import read_results
from experiments.sweep.store import Store
from experiments.sweep.study import Factor, Plan, Study
from experiments.sweep.sweep import open_study
from experiments.sweep.work import Batch, bys_of, run_one
from twin.kernel import CODE

TARGET = 1.0  # [s] for reading 10,000 packed runs back
READS = 5  # of which the median counts
A_BATCH = 20
SQL = """
    select "groups.operators.count" as operators, sum(in_20s) / sum(offered) as sl20
    from read_parquet('{folder}/packed/*.parquet', union_by_name = true) where "by" = 'all' group by 1 order by 1
"""


def plan_of(n_runs: int) -> Plan:
    """A study of so many runs: 10 replications of each point."""
    n_points = max(n_runs // 10, 1)
    study = Study(
        scenario="erlang-a", set={"run.warm_up": 0}, days=1, replications=10, by=["queue"],
        factors={"groups.operators.count": Factor(values=list(range(10, 10 + n_points)))},
    )  # fmt: skip
    return Plan.of(study, Path("study.toml"))


def fill(plan: Plan, store: Store) -> None:
    """Every run of the study, as the rows of its first one under other names."""
    batch = Batch(str(store.folder), plan.base, CODE, plan.name, plan.days, plan.study.seed, bys_of(plan.study.by), ())
    one = run_one(batch, "", 0, 0, plan.points[0])
    for first in range(0, len(plan.runs), A_BATCH):
        tables, keys = [], []
        for point, replication in plan.runs[first : first + A_BATCH]:
            keys.append(plan.key(point, replication))
            tables.append(one.assign(run_key=keys[-1], point=point, replication=replication, **plan.points[point]))
        store.write(pd.concat(tables, ignore_index=True), keys)


def measure(n_runs: int) -> dict[str, float]:
    """Seconds of each step, wall clock and CPU."""
    figures: dict[str, float] = {"runs": n_runs}

    def timed(name: str, began: tuple[float, float]) -> None:
        figures[f"{name} s"] = time.perf_counter() - began[0]
        figures[f"{name} CPU s"] = time.process_time() - began[1]

    def now() -> tuple[float, float]:
        return time.perf_counter(), time.process_time()

    with tempfile.TemporaryDirectory() as folder:
        plan = plan_of(n_runs)
        store = open_study(plan, Path(folder) / "study", False)
        began = now()
        fill(plan, store)
        timed("write", began)
        began = now()
        store.pack()
        timed("pack", began)
        figures["packed MB"] = sum(path.stat().st_size for path in store.folder.rglob("packed/*")) / 1e6
        began = now()
        n_kept = len(store.keys())
        timed("list keys", began)
        first = now()
        rows = store.read()
        timed("first read", first)
        times = []
        for _ in range(READS):
            began = now()
            rows = store.read()
            times.append(time.perf_counter() - began[0])
        figures["read all s"] = sorted(times)[READS // 2]
        began = now()
        results = read_results(store.folder)
        table = results.table(["sl20", "mean_wait"])
        timed("results with two KPIs", began)
        assert (n_kept, rows["run_key"].nunique(), len(table)) == (n_runs, n_runs, n_runs // 10)
        _with_duckdb(store.folder, figures)
    return figures


def _with_duckdb(folder: Path, figures: dict[str, float]) -> None:
    try:
        import duckdb
    except ImportError:
        return
    began = time.perf_counter()
    duckdb.sql(SQL.format(folder=folder)).fetchall()
    figures["DuckDB s"] = time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    figures = measure(asked.runs)
    if asked.json:
        print(json.dumps(figures))
        return
    print(", ".join(f"{name} {value:,.2f}" for name, value in figures.items()))
    found = figures["read all s"]
    print(
        f"{figures['runs']:,.0f} runs read back in {found:.2f} s by the wall clock, median of {READS} (the first time "
        f"{figures['first read s']:.2f}); limit {TARGET:g} s: {'met' if found < TARGET else 'missed'}"
    )


if __name__ == "__main__":
    main()
