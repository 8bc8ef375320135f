"""Who loses, what was expected, and the months after the move: words and statuses worked by hand, small runs."""

import json
import math
from types import SimpleNamespace

import pandas as pd
import pytest

from experiments.compare.command import compare_command, run, run_and_write
from experiments.compare.comparison import Comparison, FurtherRuns, Plan
from experiments.compare.directions import (
    LESS,
    MORE,
    NO_MORE,
    NOT_SEEN,
    OPPOSITE,
    SEEN,
    UNKNOWN,
    WORDS,
    directions,
    new_shifts,
    one_skill,
    status,
)
from experiments.compare.further import DIRECTIONS, TRANSITION, kept
from experiments.compare.paired import COLUMNS, verdict
from experiments.compare.side import Side
from experiments.compare.transition import KPIS, MONTHS, gained, settled
from experiments.compare.who import NOBODY_LOSES, who_lines, who_sentence

SMALL = ["size=tiny", "run.warm_up=1"]


# ---- who loses --------------------------------------------------------------------------------------------------


def table_of(rows):
    """A comparison's table: (cluster, kpi) -> difference, half-width."""
    made = []
    for (group, kpi), (difference, width) in rows.items():
        better = {"mean_wait": -1}.get(kpi, 1)
        made.append({"by": "cluster", "group": group, "kpi": kpi, "a": 100.0, "b": 100.0 + difference,
                     "difference": difference, "half_width": width, "variance_ratio": 1.0, "n": 5,
                     "verdict": verdict(difference, width, better),
                     "a_half_width": 1.0, "b_half_width": 1.0})  # fmt: skip
    return pd.DataFrame(made, columns=list(COLUMNS))


@pytest.fixture
def by_hand():
    """Three clusters: one waits longer and is less content, one the other way round, one as before."""

    def make(rows, model=SimpleNamespace(
        clusters={}, priorities={}, queues={}, intents={}, migration=None)):  # fmt: skip
        side = SimpleNamespace(label="b", scenario=model)
        return Comparison(SimpleNamespace(a=side, b=side), table_of(rows), 5)

    return make


def test_losers_come_first_with_their_intervals(by_hand):
    found = by_hand({
        ("Rich", "mean_wait"): (-10.0, 2.0), ("Rich", "csi"): (3.0, 1.0),
        ("Both", "mean_wait"): (4.0, 1.0), ("Both", "csi"): (2.0, 1.0),
        ("Poor", "mean_wait"): (12.0, 3.0), ("Poor", "csi"): (-1.5, 0.5),
        ("Same", "mean_wait"): (1.0, 2.0), ("Same", "csi"): (0.1, 0.5),
    })  # fmt: skip
    lines = who_lines(found)
    assert [(line.head, line.cluster) for line in lines] == [
        ("Loses", "Poor"), ("Loses and wins", "Both"), ("Wins", "Rich"), ("No difference shown", "Same"),
    ]  # fmt: skip
    texts = {line.cluster: line.text.replace("\u00a0", " ") for line in lines}
    assert texts["Poor"] == "longer waits (+12.0 ± 3.0 s), lower satisfaction (−1.50 ± 0.50 points)"
    assert texts["Both"] == "longer waits (+4.0 ± 1.0 s) but higher satisfaction (+2.0 ± 1.0 points)"
    assert "+1.0 ± 2.0 s" in texts["Same"]
    assert who_sentence(found) == (
        "1 of 4 clusters lose by the change to b, 1 lose something and win something, 1 win."
    )


def test_nobody_loses_is_said_too(by_hand):
    found = by_hand({("Rich", "csi"): (3.0, 1.0), ("Same", "csi"): (0.1, 0.5)})
    assert who_sentence(found) == NOBODY_LOSES


def test_one_cluster_has_nobody_to_lose_to(by_hand):
    found = by_hand({("all", "csi"): (3.0, 1.0)})
    assert (who_lines(found), who_sentence(found)) == ([], "")


# ---- expected directions ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("difference", "width", "way", "expected"),
    [
        (2.0, 1.0, MORE, SEEN),
        (-2.0, 1.0, MORE, OPPOSITE),
        (0.5, 1.0, MORE, NOT_SEEN),
        (-2.0, 1.0, LESS, SEEN),
        (2.0, 1.0, LESS, OPPOSITE),
        (2.0, 1.0, NO_MORE, OPPOSITE),
        (0.5, 1.0, NO_MORE, SEEN),
        (-2.0, 1.0, NO_MORE, SEEN),
        (math.nan, math.nan, MORE, UNKNOWN),
    ],
)
def test_status(difference, width, way, expected):
    assert status(difference, width, way) == expected


def test_directions_are_of_the_two_caring_models_only(scenarios):
    found = run(Plan.of(*(Side.load(path, []) for path in scenarios), 1, 5, 2), workers=1)
    assert directions(found) == []


def test_single_skilled_staff_and_borrowed_shifts():
    a, b = (Side.load(name, SMALL) for name in ("187-as-is", "187-to-be"))
    assert one_skill(b).abilities.n_held == {"1": 1.0}
    changed = new_shifts(a, b)
    for name, group in changed.groups.items():
        assert group.shift == b.scenario.groups[name].shift
        assert group.count == a.scenario.groups[name].count
        assert group.skills == a.scenario.groups[name].skills
    assert new_shifts(a, a) is None
    assert one_skill(Side.from_manifest("b", b.resolved | {"abilities": {}}, ())) is None


# ---- months after the move --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdicts", "settles", "gains"),
    [
        (["worse", "worse", "no difference shown", "better"], 2, 3),
        (["worse", "no difference shown", "worse", "better"], 3, 3),
        (["better", "better", "better", "better"], 0, 0),
        (["better", "no difference shown", "better", "better"], 0, 2),
        (["worse", "worse", "worse", "worse"], None, None),
        (["no difference shown"] * 4, 0, None),
    ],
)
def test_when_the_dip_is_over_and_the_gain_begins(verdicts, settles, gains):
    assert settled([0, 1, 2, 3], verdicts) == settles
    assert gained([0, 1, 2, 3], verdicts) == gains


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    """The two caring models for a day, with all further runs but the assumptions."""
    folder = tmp_path_factory.mktemp("moved")
    sides = [Side.load("187-as-is", SMALL), Side.load("187-to-be", [*SMALL, "migration.months_since=6"])]
    plan = Plan.of(*sides, 1, 3, 2, FurtherRuns(transition=True, directions=True))
    return run_and_write(plan, folder, workers=1), folder


def test_the_month_of_the_scenario_is_the_comparison_itself(moved):
    comparison, folder = moved
    series = comparison.further.transition
    assert series.months == MONTHS
    for kpi in KPIS:
        row = next(row for row in series.rows(kpi) if row.months == 6)
        whole = comparison.row(kpi)
        assert (row.b, row.difference, row.half_width) == (whole.b, whole.difference, whole.half_width)
        assert series.rows(kpi)[-1].since_last == 0
    aht = series.rows("aht")
    assert aht[0].b > aht[-1].b  # who has just moved takes longer
    assert len({row.a for row in aht}) == 1  # A moves nobody
    assert len(pd.read_parquet(folder / TRANSITION)) == len(MONTHS) * len(KPIS)


def test_all_seven_directions_have_a_figure_or_a_reason(moved):
    comparison, folder = moved
    found = directions(comparison)
    assert {direction.number for direction in found} == set(WORDS) == set(range(1, 8))
    for direction in found:
        assert (direction.status == UNKNOWN) == bool(direction.reason)
        assert math.isfinite(direction.half_width) != bool(direction.reason)
    measured = {direction.number for direction in found if not direction.reason}
    assert {1, 2, 3, 4, 5} <= measured
    row = comparison.row("mean_wait", "cluster", "Basic")
    basic = next(d for d in found if (d.number, d.kpi) == (2, "mean_wait"))
    assert (basic.difference, basic.half_width) == (row.difference, row.half_width)
    assert len(pd.read_parquet(folder / DIRECTIONS)) == len(found)


def test_an_interrupt_leaves_what_was_finished(tmp_path):
    with pytest.raises(KeyboardInterrupt), kept(tmp_path, TRANSITION) as keep:  # noqa: PT012
        keep(pd.DataFrame({"months": [0.0]}))
        keep(pd.DataFrame({"months": [0.0, 1.0]}))
        raise KeyboardInterrupt
    assert len(pd.read_parquet(tmp_path / TRANSITION)) == 2


def test_report_has_the_sections_and_loads_nothing_from_outside(moved):
    page = (moved[1] / "report.html").read_text()
    for part in ('id="transition"', 'id="directions"', 'id="chart-transition"', 'class="who"'):
        assert part in page
    assert page.index('class="who"') < page.index('class="tiles"')
    assert "<script src" not in page
    assert '<link rel="stylesheet"' not in page


def test_json_tells_who_loses_and_what_was_expected(scenarios, tmp_path, capsys):
    compare_command(*scenarios, days=1, replications=2, out=str(tmp_path / "o"), workers=1, json_wanted=True)
    result = json.loads(capsys.readouterr().out)
    assert result["directions"] == []
    assert "transition" not in result
    assert [set(line) for line in result["who"]] == [{"cluster", "balance", "better", "worse"}]
