"""What the page Compare does without a browser: plans, uploads that stay in their place, the search for values."""

import pickle

import pytest

from experiments.compare.command import run_and_write
from experiments.compare.comparison import Plan
from experiments.compare.side import Side
from twin.errors import InputError, ScenarioError
from twin.ui.work.compare import FirstNumbers, Request, compare
from twin.ui.work.keys import keys_of, search
from twin.ui.work.scenarios import check_changes, chosen, common_sizes, keep_upload


class Heard:
    """A reporter that remembers."""

    def __init__(self):
        self.keys, self.firsts = [], []

    def progress(self, share, key="", **values):
        self.keys.append((share, key, values))

    def partial(self, value):
        self.firsts.append(value)


def test_comparison_is_that_of_the_command_and_told_pair_by_pair(tmp_path, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    request = Request("erlang-a", "erlang-a", of_b=heads(16), days=1, pairs=3, seed=5)
    heard = Heard()
    outcome = pickle.loads(pickle.dumps(compare(heard, request, tmp_path)))  # as it comes from its process
    again = tmp_path / "again"
    again.mkdir()
    sides = Side.load("erlang-a", []), Side.load("erlang-a", heads(16), heads(16))
    same = run_and_write(Plan.of(*sides, 1, 5, 3), again, workers=1)
    assert outcome.comparison.table.equals(same.table)
    assert (tmp_path / "report.html").is_file()
    assert [first.pairs for first in heard.firsts] == [1, 2, 3]
    assert isinstance(heard.firsts[0], FirstNumbers)
    assert [share for share, key, _ in heard.keys if key == "pairs_done"] == pytest.approx([k / 6 for k in range(1, 7)])


def heads(n):
    return (f"groups.operators.count={n}",)


def test_request_with_an_unknown_key_says_so():
    with pytest.raises(ScenarioError, match="no_such_key"):
        Request("erlang-a", "mmnk", both=("no_such_key=1",), days=1).plan()


def test_request_until_precise_runs_as_many_pairs_as_it_takes():
    plan = Request("erlang-a", "erlang-a", of_b=heads(16), days=1, until=("sl20=0.5 pp",)).plan()
    assert plan.until == {"sl20": 0.005}


def test_upload_is_kept_and_can_be_compared(tmp_path):
    path = keep_upload("own.toml", b'extends = "erlang-a"\n[groups.operators]\ncount = 12\n', tmp_path)
    assert path == tmp_path / "own.toml"
    assert Request(str(path), "erlang-a", days=1).plan().a.label == "own"


def test_upload_named_like_a_scenario_of_the_library_gets_another_name(tmp_path):
    assert keep_upload("mmnk.toml", b'extends = "mmnk"\n', tmp_path).name == "mmnk-uploaded.toml"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"a = [", "is not TOML"),
        (b"\xff", "is not UTF-8"),
        (b'extends = "/etc/passwd"\n', "must be a scenario of the library"),
        (b'extends = "../secret.toml"\n', "must be a scenario of the library"),
        (b'extends = ["mmnk", "_187"]\n', "must be a scenario of the library"),
        (b'extends = "bank-1999"\n[demand]\nfile = "/etc/passwd"\n', "must be a data file of the library"),
        (b'extends = "bank-1999"\n[demand]\nrecorded = { value = "../../x.csv" }\n', "must be a data file"),
        (b'extends = "mmnk"\nno_such_key = 1\n', "no_such_key is not a known key"),
        (b"#" * (1 << 20) + b"#", "must be at most 1 MB"),
    ],
)
def test_upload_that_is_wrong_or_reaches_for_other_files_is_refused(tmp_path, text, said):
    with pytest.raises(ScenarioError, match=said):
        keep_upload("x.toml", text, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "change", ["demand.file=/etc/passwd", '"demand".staffing="../x"', 'demand={file="/etc/passwd"}']
)
def test_change_that_reaches_for_other_files_is_refused(change):
    with pytest.raises(InputError, match="must be a data file of the library"):
        check_changes([change])


def test_other_changes_pass():
    check_changes(["run.days=3", "demand.factor=1.1"])


def test_values_are_found_by_words_of_key_or_meaning():
    found = search(keys_of("187-to-be"), "wage outsourcer")
    assert [row.key for row in found] == ["sites.outsourcer.wage"]
    assert found[0].value == "22 EUR/h"
    assert found[0].meaning == "Cost of an hour on duty."
    assert found[0].origin.mark == "X"
    assert search(keys_of("187-to-be"), "hour on duty cost")[0].key == "sites.in-house.wage"
    assert search(keys_of("187-to-be"), "  ") == []


def test_sizes_that_both_scenarios_offer():
    as_is, to_be, queue, none = (chosen(name, {}) for name in ("187-as-is", "187-to-be", "mmnk", "no-such"))
    assert common_sizes(as_is, to_be) == ["tiny", "reference", "national"]
    assert common_sizes(as_is, queue) == []
    assert common_sizes(none, queue) == []


def test_bands_of_shares_end_at_nothing_and_at_all():
    """0.9 ± 0.2 is drawn from 0.7 to 1; a wait of 0.9 ± 0.2 s to 1.1 s."""
    pytest.importorskip("solara")
    from twin.ui.parts.kpis import kpi_band

    assert kpi_band("sl20", [0.9, 0.1], [0.2, 0.2]) == ([pytest.approx(0.7), 0.0], [1.0, pytest.approx(0.3)])
    assert kpi_band("mean_wait", [0.9], [0.2]) == ([pytest.approx(0.7)], [pytest.approx(1.1)])
    assert kpi_band("net_money_per_year", [-900.0], [200.0]) == ([-1100.0], [-700.0])


def test_axis_of_shares_ends_at_all():
    """Bands up to 100 % made an axis up to 120 %."""
    pytest.importorskip("solara")
    from twin.ui.parts.charts import Unit, _whole
    from twin.ui.parts.numbers import Numbers

    share, plain = Unit.share(Numbers("en")), Unit.plain(Numbers("en"))
    line, nan = {"x": [0.5, float("nan")]}, float("nan")
    assert _whole(share, line, {"x": ([0.1, nan], [1.0, nan])}) == {"max": 1.0, "interval": 0.25}
    assert _whole(share, {"x": [0.9]}, {}, starts_at_zero=False) == {"max": 1.0}
    assert _whole(share, line, {}) == {}  # well below
    assert _whole(share, {"x": [1.3]}, {}) == {}  # a change in percent
    assert _whole(plain, {"x": [1.0]}, {}) == {}


def test_difference_of_a_single_pair_stands_alone():
    """Not "+2.1 ± – pp": one pair has no interval."""
    pytest.importorskip("solara")
    from twin.ui.parts.kpis import difference_text
    from twin.ui.parts.numbers import Numbers

    english, nan = Numbers("en"), float("nan")
    assert difference_text(english, "sl20", 0.0212, nan) == "+2.12\u00a0pp"
    assert difference_text(english, "mean_wait", -35.24, nan) == "−35.2\u00a0s"
    assert difference_text(english, "cost_per_year", 71_100.0, nan) == "+71.1\u00a0k€"
    assert difference_text(Numbers("it"), "mean_wait", -35.24, 4.0) == "−35,2 ± 4,0\u00a0s"


@pytest.mark.parametrize("width", ["nan", "inf", "-1", "0", "x", ""])
def test_precision_of_an_address_that_makes_no_sense_is_the_usual_one(width):
    """A NaN would not even reach the browser: JSON has none."""
    pytest.importorskip("solara")
    from twin.ui.pages.compare_form import Asked

    assert Asked({"until": f"mean_wait={width}"}, lambda **_: None).until == ("mean_wait", 1.0)
    assert Asked({"until": "mean_wait=0.25"}, lambda **_: None).until == ("mean_wait", 0.25)
