"""Whatever stands in a file is read, or refused by line or in one sentence: every row is kept account of."""

import codecs

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from calibration.history.reader import read_history
from calibration.history.tables import History
from twin.errors import InputError

HEADS = b"Data;Ora;Offerte;Risposte;AHT\n"


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.one_of(st.binary(max_size=300), st.binary(max_size=200).map(lambda rest: HEADS + rest)))
@example(content=b"\xff\xfe")
@example(content=b"\x1f\x8b\x08")
@example(content=codecs.BOM_UTF16_LE + b"\x00\xd8" * 9)
@example(content=b"PK\x03\x04")
@example(content=b"date,time,offered\n\x00,\x00,\x00\n")
@example(content=HEADS + b"31/12/2012;08:00;9999999999999999999999999999;1e308;1e308\n")
def test_any_bytes_give_a_history_or_one_sentence(content, tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    try:
        history = read_history(path)
    except InputError:
        return
    quality = history.quality
    assert isinstance(history, History)
    assert quality.n_read == quality.n_kept + len(quality.rejected) + len(quality.left_out)


CELL = st.sampled_from(
    ["", "1", "-3", "08:00", "31/12/2012", "2012-12-31", "12,5", "1.5", "Totale", "x", "99%", '"', "25:00", "3m12s"]
    + ["31/12/2012 23.45", "00:03:12", "nan", "\u0660", "1e400", "\u0661\u0662:\u0663\u0660", "\u00b2", "9" * 30]
)
NAME = st.sampled_from(["Data", "Ora", "Offerte", "Risposte", "Abbandonate", "AHT", "Mese", "FOC", "Cliente", "Esito",
                        "Attesa", "Data ora", "SL %", "Operatori", "08:00", "08:30", "09:00", "09:30"])  # fmt: skip


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(NAME, min_size=2, max_size=6), data=st.data())
def test_any_cells_under_known_headings_are_read_or_refused_by_line(names, data, tmp_path):
    rows = data.draw(st.lists(st.lists(CELL, min_size=len(names), max_size=len(names)), max_size=5))
    path = tmp_path / "x.csv"
    path.write_text("\n".join(";".join(row) for row in [names, *rows]) + "\n", encoding="utf-8")
    try:
        quality = read_history(path).quality
    except InputError:
        return
    assert quality.n_read == quality.n_kept + len(quality.rejected) + len(quality.left_out)
    assert (quality.rejected["line"] > 1).all()
    assert quality.rejected["reason"].ne("").all()
