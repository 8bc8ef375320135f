"""docs/cluster.md: its query answers as `twin results` does, its YAML and commands are what the tools take."""

import re
from pathlib import Path

import pytest

from experiments.sweep.engine import Serial
from experiments.sweep.results import read_results
from experiments.sweep.study import Plan
from experiments.sweep.sweep import open_study, sweep

PAGE = (Path(__file__).parents[2] / "docs" / "cluster.md").read_text("utf-8")
STUDY = """
scenario = "erlang-a"
set = { "run.warm_up" = 0 }
days = 1
replications = 2
factors."groups.operators.count".values = [12, 14]
"""


def test_the_query_on_the_page_answers_like_twin_results(tmp_path):
    duckdb = pytest.importorskip("duckdb")
    (tmp_path / "study.toml").write_text(STUDY)
    plan = Plan.read(tmp_path / "study.toml")
    sweep(plan, open_study(plan, tmp_path / "out", False), Serial())
    sql = re.search(r"```sql\n(.*?)```", PAGE, re.S)[1].replace("STUDY", str(tmp_path / "out"))
    found = duckdb.sql(sql).fetchall()
    results = read_results(tmp_path / "out")
    runs, table = results.runs, results.table(["sl20"]).set_index("groups.operators.count")
    for operators, n_runs, sl20, abandoned in found:
        own = runs[(runs["groups.operators.count"] == operators) & (runs["by"] == "all")]
        assert n_runs == 2
        assert sl20 == pytest.approx(own.in_20s.sum() / own.offered.sum())
        assert sl20 == pytest.approx(table["sl20"][operators], abs=0.01 * table["sl20_half_width"][operators])
        assert abandoned == pytest.approx(own.abandoned.sum() / own.offered.sum())
    assert [row[0] for row in found] == [12, 14]


def test_the_options_on_the_page_are_options_of_dask():
    from distributed.cli.dask_scheduler import main as scheduler
    from distributed.cli.dask_worker import main as worker

    for command, name in ((scheduler, "dask scheduler"), (worker, "dask worker")):
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        for line in PAGE.replace("\\\n", " ").splitlines():
            if f"{name} " in line:
                told = line.partition(f"{name} ")[2].partition(";")[0].partition("&")[0]
                assert set(re.findall(r"(?<!\S)--[a-z-]+", told)) <= known, line
