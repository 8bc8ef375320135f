"""Runs that are there already: only from allowed places, what they are, damaged ones told, lived again the same."""

import json
import os
import shutil
import zipfile

import numpy as np
import pandas as pd
import pytest

from experiments.compare.command import run_and_write
from experiments.compare.comparison import Plan
from experiments.compare.many import ManyPlan
from experiments.compare.posterior import many_with_posterior
from experiments.compare.side import Side
from experiments.run_command import RunRequest, run_command
from twin.errors import InputError
from twin.output import manifest, write_json
from twin.people.stocks import NAMES
from twin.scenario.load import load
from twin.ui.floor.floor import of_scenario
from twin.ui.floor.source import Source, floor_at
from twin.ui.floor.views import start_of
from twin.ui.work import opening, stored_lives
from twin.ui.work.lifecycle import LifeCycle, Request, live_months, months_of, undone
from twin.ui.work.opening import COMPARISON, RUN, SAVED, found_runs, look_at, scenarios_of
from twin.ui.work.stored_lives import open_lives

HOUR, DAY = 3600.0, 86400.0
TINY = ("scale.size=tiny", "scale.sizes.tiny=0.001", "customers.base=400000", "run.warm_up=3", "run.start=2013-03-04")


class Silent:
    def progress(self, share, key="", **values):
        pass


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder of results: a queue saved and run twice, 400 customers run a month, two queues compared."""
    folder = tmp_path_factory.mktemp("made")
    queue = load("erlang-a", ["run.warm_up=0"])
    run_command(RunRequest(queue, days=2, seed=5, replications=2, out=str(folder / "queue"), workers=1))
    run_command(RunRequest(queue, days=2, seed=5, save=str(folder / "queue.twin")))
    lives = load("187-to-be", TINY)
    run_command(RunRequest(lives, days=28, seed=5, out=str(folder / "lives"), save=str(folder / "lives.twin")))
    sides = [
        Side.load("187-to-be", TINY),
        Side.load("187-to-be", [*TINY, "patience.mean=9 min"], ["patience.mean=9 min"]),
    ]
    plan = Plan.of(*sides, 28, 5, 1)
    (folder / "compared").mkdir()
    run_and_write(plan, folder / "compared", 1)
    return folder


@pytest.fixture
def here(made, tmp_path, monkeypatch):
    """The screen was started in an empty folder; the results lie elsewhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TWIN_RESULTS", str(made))
    return made


def test_what_is_there_is_found_and_told(here):
    assert {os.path.basename(name) for name in found_runs()} == {
        "queue",
        "queue.twin",
        "lives",
        "lives.twin",
        "compared",
    }
    saved, run, compared = (look_at(str(here / name)) for name in ("queue.twin", "queue", "compared"))
    assert (saved.kind, saved.scenarios, saved.seed, saved.days) == (SAVED, ("erlang-a",), 5, 2)
    assert saved.is_over
    assert saved.clock == "2013-03-06T00:00:00"
    assert (run.kind, run.days, run.replications) == (RUN, 2, 2)
    assert (compared.kind, len(compared.scenarios)) == (COMPARISON, 2)
    assert all(one.is_same_code for one in (saved, run, compared))


def test_a_file_where_the_screen_was_started_is_opened_one_below_is_not(here, tmp_path):
    shutil.copy(here / "queue.twin", tmp_path / "mine.twin")
    assert "mine.twin" in found_runs()
    assert look_at("mine.twin").kind == SAVED
    (tmp_path / "deep").mkdir()
    shutil.copy(here / "queue.twin", tmp_path / "deep" / "mine.twin")
    with pytest.raises(InputError, match="may not be opened, must lie inside results"):
        look_at("deep/mine.twin")


@pytest.mark.parametrize("text", ["/etc/passwd", "../../etc/passwd", "/", "\0", "/proc/self/mem", "/no/such"])
def test_other_places_are_refused_whether_they_exist_or_not(here, text):
    with pytest.raises(InputError, match="may not be opened"):
        look_at(text)


@pytest.mark.parametrize(("text", "said"), [("x" * 5000, "cannot be read"), ("~", "is not there"), ("..", "may not")])
def test_odd_names_where_the_screen_was_started_are_told(here, text, said):
    with pytest.raises(InputError, match=said) as error:
        look_at(text)
    assert len(str(error.value)) < 400


def test_a_link_that_leads_out_is_refused(here, tmp_path):
    (tmp_path / "link.twin").symlink_to("/etc/passwd")
    with pytest.raises(InputError, match="may not be opened"):
        look_at("link.twin")


def test_a_pipe_is_not_waited_for(here, tmp_path):
    os.mkfifo(tmp_path / "pipe.twin")
    with pytest.raises(InputError, match="holds no run"):
        look_at("pipe.twin")


DAMAGED = {
    "nothing": (b"", "is not a saved run, or only a part of one"),
    "text": (b"hello", "is not a saved run, or only a part of one"),
    "pickle": (
        b"\x80\x04\x95\x1c\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix",
        "is not a saved run, or only a part of one",
    ),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_file_that_is_no_saved_run_is_told(here, tmp_path, name):
    content, said = DAMAGED[name]
    (tmp_path / "x.twin").write_bytes(content)
    with pytest.raises(InputError, match=said):
        look_at("x.twin")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("days", "x"),
        ("days", 10**9),
        ("seed", None),
        ("seed", True),
        ("scenario", []),
        ("scenario", {"run": 3}),
        ("now", "x"),
    ],
)
def test_a_saved_run_whose_manifest_is_odd_is_told(here, tmp_path, key, value):
    with zipfile.ZipFile(here / "queue.twin") as good, zipfile.ZipFile(tmp_path / "odd.twin", "w") as odd:
        told = json.loads(good.read("manifest.json"))
        odd.writestr("manifest.json", json.dumps({**told, key: value}))
    with pytest.raises(InputError, match=r"odd.twin: is damaged, its manifest says nothing of use"):
        look_at("odd.twin")


def test_too_large_ones_are_refused(here, tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "MOST_UNPACKED", 1000)
    with pytest.raises(InputError, match="unpacks to"):
        look_at(str(here / "queue.twin"))
    monkeypatch.setattr(opening, "MOST_BYTES", 1000)
    with pytest.raises(InputError, match="is above"):
        look_at(str(here / "queue.twin"))
    monkeypatch.setattr(opening, "MOST_MANIFEST", 10)
    with pytest.raises(InputError, match="is above"):
        look_at(str(here / "queue"))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "[" * 100_000, '{"command": "run"}', '{"command": "compare", "scenario": 3}']
)
def test_a_folder_with_another_manifest_is_told(here, tmp_path, text):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "manifest.json").write_text(text)
    with pytest.raises(InputError, match=r"is damaged|holds no run"):
        look_at("folder")


def test_recorded_days_of_any_file_are_not_replayed(here, tmp_path):
    told = json.loads((here / "queue" / "manifest.json").read_text())
    told["scenario"]["demand"] = {"kind": "trace", "file": "/etc/passwd"}
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "manifest.json").write_text(json.dumps(told))
    with pytest.raises(InputError, match="must be a data file of the library"):
        floor_at(Source(path="folder"))


# ---- the floor -------------------------------------------------------------------------------------------------------


def test_a_finished_run_goes_on_live_as_one_run_of_so_many_days(here):
    """2 days saved and 1 more are 3 days: the same records on the third as a run of three days in one go."""
    floor = floor_at(Source(path=str(here / "queue.twin"), more=1))
    assert floor.now == 2 * DAY
    assert start_of(floor) >= 2 * DAY
    whole = of_scenario(load("erlang-a", ["run.warm_up=0"]).scenario, seed=5, days=3)
    for one in (floor, whole):
        one.advance(2.5 * DAY)
    assert floor.today()["n_handled"] == whole.today()["n_handled"] > 100
    for one in (floor, whole):
        one.close()


@pytest.mark.parametrize("replication", [0, 1])
def test_a_run_of_a_folder_is_lived_again_to_the_last_contact(here, replication):
    floor = floor_at(Source(path=str(here / "queue"), replication=replication))
    assert floor.now == 0
    list(floor.jump(2 * DAY - 1))
    counts = pd.read_parquet(here / "queue" / "counts.parquet")
    mine = counts[(counts.replication == replication) & (counts.day == 1)]
    assert floor.today()["n_offered"] == mine.offered.sum() > 100
    floor.close()


def test_another_replication_or_scenario_than_there_is_is_told(here):
    with pytest.raises(InputError, match="replication is 3, must be from 1 to 2"):
        floor_at(Source(path=str(here / "queue"), replication=2))
    with pytest.raises(InputError, match="scenario is number 3, must be from 1 to 2"):
        floor_at(Source(path=str(here / "compared"), side=2))


def test_each_of_several_scenarios_with_draws_is_lived_with_its_draw(here, tmp_path):
    table = tmp_path / "draws.csv"
    table.write_text("patience.mean\n60\n90\n")
    sides = [Side.load("erlang-a", [f"groups.operators.count={n}"], [str(n)]) for n in (12, 14, 16)]
    plan = many_with_posterior(ManyPlan.of(sides, 1, 5, 2), str(table))
    folder = tmp_path / "results" / "drawn"
    folder.mkdir(parents=True)
    write_json(manifest([side.resolved for side in sides], **plan.facts(2)), folder / "manifest.json")
    _, scenarios = scenarios_of(str(folder), 1)
    found = [(one.groups["operators"].count, one.patience.mean) for one in scenarios]
    assert found == [(12, 90.0), (14, 90.0), (16, 90.0)]


# ---- life cycle ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lived():
    """The same customers, run by the page itself: 4 to 31 March."""
    return live_months(Silent(), Request(("187-to-be",), "tiny", 1, 5, TINY[1:]))[0]


def check_same(side, lived, has_warm_up):
    """All that the page shows is the same; of a stored run the stocks begin with the counted days."""
    assert side.months == lived.months
    assert (side.first == lived.first).all()
    skipped = 0 if has_warm_up else 3
    assert (side.stocks == lived.stocks.iloc[skipped:]).all(axis=None)
    assert side.flows() == lived.flows()
    assert (side.events == lived.events).all(axis=None)
    assert side.customers == lived.customers
    assert np.allclose(side.value[list(stored_lives.VALUES)], lived.value[list(stored_lives.VALUES)], rtol=1e-12)


def test_customers_of_a_run_are_read_from_its_tables(here, lived):
    found = open_lives(Silent(), str(here / "lives"))
    assert (found.how, len(found.sides)) == (RUN, 1)
    check_same(found.sides[0], lived, has_warm_up=False)


def test_customers_of_a_saved_run_are_those_it_was_saved_with(here, lived):
    found = open_lives(Silent(), str(here / "lives.twin"))
    assert found.how == SAVED
    check_same(found.sides[0], lived, has_warm_up=True)


def test_customers_of_a_comparison_live_again(here, lived):
    found = open_lives(Silent(), str(here / "compared"))
    assert (found.how, len(found.sides)) == (COMPARISON, 2)
    check_same(found.sides[0], lived, has_warm_up=True)
    assert found.sides[0].name != found.sides[1].name


def test_a_run_without_customers_is_told(here):
    for name in ("queue", "queue.twin"):
        with pytest.raises(InputError, match="has no customers"):
            open_lives(Silent(), str(here / name))


def test_a_month_of_the_warm_up_is_found_by_undoing_the_moves_after_it():
    """31 March: Basic 10, Medium 5. In March 2 went from Basic to Medium, in February 1 the other way.

    So February ended with 12 and 3, and began with 11 and 4.
    """
    moves = pd.DataFrame(
        [("2013-02", "Medium", "Basic", 1), ("2013-03", "Basic", "Medium", 2)],
        columns=["month", "source", "target", "customers"],
    )
    last = pd.Series(0, index=list(NAMES)) + pd.Series({"Basic": 10, "Medium": 5}).reindex(list(NAMES), fill_value=0)
    months = months_of(["2013-02-28", "2013-03-01"], 1)
    side = LifeCycle(
        "x", "", months, undone(last, moves), pd.DataFrame([last], index=["2013-03-01"]), moves, pd.DataFrame(), None,
        "2013-03-01", 1.0,
    )  # fmt: skip
    assert side.at_end("2013-02")[["Basic", "Medium"]].tolist() == [12, 3]
    assert side.at_start("2013-02")[["Basic", "Medium"]].tolist() == [11, 4]
    assert side.leaving_shares.loc["Basic"].tolist() == [0, 0]


def damaged(here, folder, name, change):
    shutil.copytree(here / "lives", folder / "lives")
    change(folder / "lives" / name)
    return "lives"


TABLES = {
    "cut": ("moves.parquet", lambda path: path.write_bytes(path.read_bytes()[:200]), "is damaged"),
    "text": ("stocks.parquet", lambda path: path.write_text("hello"), "is damaged"),
    "pickle": ("stocks.parquet", lambda path: pd.DataFrame({"a": [1]}).to_pickle(path), "is damaged"),
    "gone": ("life_events.parquet", lambda path: path.unlink(), "is not there"),
    "another": ("moves.parquet", lambda path: pd.DataFrame({"a": [1]}).to_parquet(path), "has no column replication"),
    "days": ("stocks.parquet", lambda path: pd.read_parquet(path).iloc[1:].to_parquet(path), "must hold the 28 days"),
    "clusters": (
        "moves.parquet", lambda path: pd.read_parquet(path).assign(source="x").to_parquet(path), "names clusters",
    ),
    "text for a number": (
        "moves.parquet", lambda path: pd.read_parquet(path).assign(customers="x").to_parquet(path), "is damaged",
    ),
    "long": (
        "moves.parquet", lambda path: pd.read_parquet(path).assign(source="x" * 1000).to_parquet(path), "has a text of",
    ),
    "gaps": (
        "moves.parquet", lambda path: pd.read_parquet(path).assign(customers=np.nan).to_parquet(path), "has gaps",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_is_damaged_or_another_is_told(here, tmp_path, name):
    file, change, said = TABLES[name]
    place = damaged(here, tmp_path, file, change)
    with pytest.raises(InputError, match=said) as error:
        open_lives(Silent(), place)
    assert "\n" not in str(error.value)


def test_a_table_with_too_many_rows_is_refused(here, tmp_path, monkeypatch):
    monkeypatch.setattr(stored_lives, "MOST_CELLS", 10)
    with pytest.raises(InputError, match="rows"):
        open_lives(Silent(), str(here / "lives"))


def test_an_older_folder_without_the_value_at_the_end_is_shown_without(here, tmp_path):
    place = damaged(here, tmp_path, "stocks_at_end.parquet", lambda path: path.unlink())
    assert open_lives(Silent(), place).sides[0].value is None
