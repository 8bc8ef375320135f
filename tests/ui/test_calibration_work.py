"""What the page Calibration does without a browser: stored calibrations, files handed in, mappings changed."""

import gzip
import math
import zipfile

import numpy as np
import pytest

from calibration.fit.record import Record
from calibration.history.mapping import check_mapping
from calibration.history.reader import read_files
from calibration.history.tables import Quality
from calibration.proof.baselines import formulas
from calibration.proof.heldout import HeldOut
from calibration.proof.page import Validation
from calibration.proof.stored import forecast_of, read_stored, stored
from twin.errors import InputError
from twin.ui.work import history
from twin.ui.work.calibrations import SHIPPED, calibration, check_calibration, names
from twin.ui.work.history import check_unpacked, commands, edited, keep_history, understand


class Silent:
    def progress(self, share, key="", **values):
        pass


def record(lost, wait=60.0):
    """Two days of two months, 100 calls in each of two hours; shares lost, half in 20 s, mean wait [s]."""
    busy = np.zeros((2, 24))
    busy[:, 8:10] = 100.0
    operators = np.where(busy > 0, 6.0, 0.0)
    answered = busy * (1 - lost)
    dates = ("1999-06-30", "1999-07-01")
    return Record(dates, 3600.0, busy, busy * lost, busy * wait, busy * 0.5, answered, answered * 200.0, operators)


@pytest.fixture
def kept():
    recorded = record(0.16)
    ours = HeldOut("ours", [record(share) for share in (0.10, 0.15, 0.20)], recorded)
    return stored(Validation("a centre", [ours, *formulas(recorded, recorded)], quality=Quality(n_read=7, n_kept=7)))


def test_stored_calibration_holds_shares_by_interval_day_and_month(kept):
    """Members lose 10, 15 and 20 %: the median is 15 %, the 5 % quantile 10.5 %; recorded 16 %."""
    assert kept.by["interval"].at == ["08:00", "09:00"]
    assert kept.by["month"].at == ["1999-06", "1999-07"]
    for span in kept.by.values():
        course = span.kpis["abandonment_share"]
        assert course.recorded == [0.16, 0.16]
        assert course.bands[2] == [0.15, 0.15]
        assert course.bands[0] == pytest.approx([0.105, 0.105])
        assert set(course.formulas) == {"Erlang C", "Erlang A"}
    assert kept.forecasts[0].overall["abandonment_share"] == pytest.approx(0.15)
    assert kept.forecasts[0].overall["mean_wait"] == pytest.approx(60.0)
    assert kept.quality["read"] == 7
    assert read_stored(kept.model_dump_json(), "x") == kept


def test_shipped_proof_is_that_of_the_bank(tmp_path):
    """Figures of calibration/README.md."""
    found = calibration(SHIPPED, tmp_path, {})
    assert found.days == 42
    assert found.recorded["abandonment_share"] == pytest.approx(0.161, abs=5e-4)
    assert found.forecasts[0].overall["mean_wait"] == pytest.approx(78.4, abs=0.05)
    assert [one.name for one in found.parameters if not one.identified] == ["short pauses"]
    assert found.months is None


def test_calibrations_of_a_folder_are_found_by_name_only(tmp_path, kept):
    (tmp_path / "mine.calibration.json").write_text(kept.model_dump_json())
    assert names(tmp_path) == [SHIPPED, "mine"]
    assert calibration("mine", tmp_path, {}).title == "a centre"
    for path in ("../mine", str(tmp_path / "mine"), "other"):
        with pytest.raises(InputError, match="must be one of"):
            calibration(path, tmp_path, {})


@pytest.mark.parametrize("content", [b"{}", b"\xff", b"[1", b'{"title": 3}', b"null"])
def test_file_that_is_no_calibration_is_refused(content):
    with pytest.raises(InputError, match="must be a file that twin calibrate has written"):
        check_calibration("x.json", content)


def test_calibration_whose_columns_differ_in_length_is_refused(kept):
    text = kept.model_dump_json().replace('"at":["08:00","09:00"]', '"at":["08:00"]')
    with pytest.raises(InputError, match="must have 1"):
        read_stored(text, "x.json")


ROWS = "Giorno;Ora;Offerte;Risposte;Abbandonate\n" + "".join(
    f"{day:02d}/03/2026;{hour:02d}:00;{100 + hour};{95 + hour};5\n" for day in range(2, 16) for hour in range(8, 18)
)


def test_history_is_understood_and_makes_a_first_scenario(tmp_path):
    path = keep_history("report.csv", (ROWS + "31/02/2026;08:00;1;1;0\n").encode(), tmp_path)
    found = understand(Silent(), [path])
    assert found.problem == ""
    assert found.files[0].mapping["columns"]["offered"] == "Offerte"
    assert found.files[0].samples["Offerte"] == ["108", "109", "110"]
    assert (found.told["n_read"], found.told["n_rejected"]) == (141, 1)
    assert found.why[0][1] == 1
    assert found.scenario_problem == ""
    assert "[demand]" in found.scenario


def test_changed_mapping_is_used(tmp_path):
    path = keep_history("report.csv", ROWS.encode(), tmp_path)
    first = understand(Silent(), [path])
    columns = {**first.files[0].mapping["columns"], "blocked": "Abbandonate"}
    columns.pop("abandoned")
    again = understand(Silent(), [path], {"report.csv": edited(first.files[0].mapping, "intervals", columns, {})})
    assert again.files[0].mapping["columns"]["blocked"] == "Abbandonate"
    assert "abandoned" not in again.files[0].mapping["columns"]


def test_mapping_that_does_not_fit_is_a_sentence_and_the_headings_stay(tmp_path):
    path = keep_history("report.csv", ROWS.encode(), tmp_path)
    found = understand(
        Silent(), [path], {"report.csv": {"kind": "intervals", "columns": {"date": "Giorno", "offered": "Nope"}}}
    )
    assert 'names a column "Nope"' in found.problem
    assert "Traceback" not in found.problem
    assert found.files[0].headings == ["Giorno", "Ora", "Offerte", "Risposte", "Abbandonate"]


def test_file_whose_headings_tell_nothing_can_still_be_mapped(tmp_path):
    path = keep_history("x.csv", b"aa,bb\n1,2\n3,4\n", tmp_path)
    found = understand(Silent(), [path])
    assert found.problem
    assert found.files[0].mapping == {"kind": "intervals"}
    assert found.files[0].headings == ["aa", "bb"]


def test_columns_that_are_gone_take_their_units_and_rules_along():
    mapping = {
        "kind": "calls", "columns": {"at": "T", "wait_s": "W", "outcome": "O"}, "units": {"wait_s": "min"},
        "rules": {"outcome": [{"value": "answered", "words": ["x"]}]}, "expressions": {"service_s": "A + B"},
        "file": {"decimal": ","},
    }  # fmt: skip
    found = edited(mapping, "calls", {"at": "T", "service_s": "A"}, {"wait_s": "min", "service_s": "min"})
    assert found == {"kind": "calls", "columns": {"at": "T", "service_s": "A"}, "units": {"service_s": "min"},
                     "file": {"decimal": ","}}  # fmt: skip
    other = edited(mapping, "intervals", {"date": "T", "offered": "W"}, {})
    assert other == {"kind": "intervals", "columns": {"date": "T", "offered": "W"}, "file": {"decimal": ","}}
    assert check_mapping({**other, "columns": {"at": "T", "offered": "W"}}, "x").kind == "intervals"


def test_only_files_of_history_are_kept_inside_the_folder(tmp_path, monkeypatch):
    with pytest.raises(InputError, match="must end in"):
        keep_history("run.sh", b"", tmp_path)
    monkeypatch.setattr(history, "MOST_BYTES", 10)
    with pytest.raises(InputError, match="must be at most"):
        keep_history("a.csv", b"x" * 11, tmp_path)
    assert keep_history("../../a.csv", b"x", tmp_path) == tmp_path / "a.csv"


def test_files_that_unpack_to_too_much_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(history, "MOST_UNPACKED", 1000)
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(b"a" * 2_000_000))
    book = tmp_path / "a.xlsx"
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("sheet.xml", b"a" * 2000)
    for path in (packed, book):
        with pytest.raises(InputError, match="unpacks to more"):
            check_unpacked(path)


@pytest.mark.parametrize(("name", "content"), [("a.xlsx", b"PK\x03\x04junk"), ("a.parquet", b"PAR1junk")])
def test_damaged_files_are_refused(tmp_path, name, content):
    with pytest.raises(InputError, match="damaged"):
        check_unpacked(keep_history(name, content, tmp_path))


def test_a_kpi_that_history_does_not_tell_is_left_out():
    told = {"n": 3, "crps": math.nan, "coverage": {"0.9": math.nan}}
    known = {"n": 3, "crps": 2.0, "coverage": {"0.9": 0.8}}
    scores = {"mean wait s": {"days": known, "half hours": told}}
    one = forecast_of("simulated", {"overall": {"mean wait s": math.nan}, "scores": scores})
    assert one.overall == {}
    assert one.scores["mean_wait"]["days"].coverage == {"0.9": 0.8}
    assert "half hours" not in one.scores["mean_wait"]


def test_days_and_measures_of_a_history_are_in_the_readers_language():
    pytest.importorskip("solara")
    from twin.ui.pages.calibration_history import day_text, measure_text
    from twin.ui.words import Words

    say = Words("calibration", "it")
    assert [day_text(say, text) for text in ("2026-03-02", "2026-03-02 00:00", "2026-03", None)] == [
        *("2 mar 2026", "2 mar 2026", "2026-03", "–")
    ]
    assert [measure_text(say, name) for name in ("offered", "abandonment_share", "aht_s")] == [
        *("Offerte", "Quota di abbandoni", "Tempo medio di gestione")
    ]


MONTHS = (
    "month,offered,answered,abandoned,recall,csi\n2026-01,40000,38000,2000,0.11,71\n2026-03,42000,39000,3000,0.13,70\n"
)


def both(tmp_path):
    """Half hours and months, as two files handed in one after the other."""
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in folders:
        folder.mkdir()
    return [keep_history("hours.csv", ROWS.encode(), folders[0]), keep_history("kpi.csv", MONTHS.encode(), folders[1])]


def test_months_are_understood_and_make_no_first_scenario(tmp_path):
    found = understand(Silent(), both(tmp_path)[1:])
    assert found.files[0].mapping["kind"] == "months"
    assert found.files[0].mapping["columns"]["recall"] == "recall"
    assert found.told["tables"]["months"]["rows"] == 2
    assert [gap["first"][:7] for gap in found.told["gaps"]] == ["2026-02"]
    assert found.holds_months_alone
    assert found.scenario == ""
    assert commands(found)[-1] == "--scenario SCENARIO --out fitted.toml"


def test_half_hours_and_months_are_one_history(tmp_path):
    found = understand(Silent(), both(tmp_path))
    assert {name: of["rows"] for name, of in found.told["tables"].items()} == {"intervals": 140, "months": 2}
    assert [one.mapping["kind"] for one in found.files] == ["intervals", "months"]
    assert not found.holds_months_alone
    assert "[demand]" in found.scenario
    assert commands(found) == [
        "twin calibrate hours.csv kpi.csv", "--mapping hours.mapping.toml", "--mapping kpi.mapping.toml",
        "--scenario hours.first.toml --out fitted.toml",
    ]  # fmt: skip


def test_mappings_handed_out_for_several_files_read_them_again_together(tmp_path):
    """Each is for its own file: a fit with both reads what the page read."""
    paths = both(tmp_path)
    found = understand(Silent(), paths)
    given = []
    for one in found.files:
        given.append(tmp_path / f"{one.name}.toml")
        given[-1].write_text(one.mapping_toml, "utf-8")
    again = read_files(paths, given).history
    assert (len(again.intervals), len(again.months)) == (140, 2)


def test_a_changed_mapping_of_one_file_leaves_the_other_as_it_was(tmp_path):
    first = understand(Silent(), both(tmp_path))
    columns = {**first.files[1].mapping["columns"], "fcr": "recall"}
    columns.pop("recall")
    changed = {"kpi.csv": edited(first.files[1].mapping, "months", columns, {})}
    again = understand(Silent(), [tmp_path / "a" / "hours.csv", tmp_path / "b" / "kpi.csv"], changed)
    assert again.problem == ""
    assert again.files[1].mapping["columns"]["fcr"] == "recall"
    assert again.files[0].mapping == first.files[0].mapping
    assert "fcr" in again.told["tables"]["months"]["columns"]


def test_a_file_beside_others_that_nobody_can_name_is_said(tmp_path):
    paths = both(tmp_path)
    strange = keep_history("x.csv", b"aa,bb\n1,2\n", tmp_path)
    mapping = understand(Silent(), paths).files[0].mapping
    found = understand(Silent(), [*paths, strange], {"hours.csv": mapping})
    assert found.problem == "x.csv: the headings do not tell what it is, name its columns"
    assert "x.csv" in understand(Silent(), [*paths, strange]).problem


def test_files_beside_one_another_are_limited(tmp_path):
    path = keep_history("a.csv", ROWS.encode(), tmp_path)
    with pytest.raises(InputError, match="must be at most"):
        understand(Silent(), [path] * (history.MOST_FILES + 1))
