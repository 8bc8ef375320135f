"""The page Calibration: the shipped proof in both languages, a history file read, its mapping changed, taken along."""

import json

import pytest

from calibration.proof.bank_stored import FILE

ROWS = "Giorno;Ora;Offerte;Risposte;Abbandonate\n" + "".join(
    f"{day:02d}/03/2026;{hour:02d}:00;{100 + hour};{95 + hour};5\n" for day in range(2, 16) for hour in range(8, 18)
)
BAD = "31/02/2026;08:00;1;1;0\n"


def days_in_band(kpi):
    """Of the shipped proof, counted here once more."""
    course = json.loads(FILE.read_text("utf-8"))["by"]["day"]["kpis"][kpi]
    low, _, _, _, high = course["bands"]
    return sum(least <= seen <= most for least, seen, most in zip(low, course["recorded"], high, strict=True))


def hand_in(page, label, name, content):
    page.get_by_label(label).set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})


def test_proof_of_the_bank_is_shown_first_and_its_course_chosen(opened, picture):
    page = opened("/calibration")
    page.locator("#verdict").wait_for()
    assert "abandonment +3.4\u00a0pp" in page.locator("#verdict").inner_text()
    page.wait_for_function("() => (window.__draws || 0) >= 2")
    picture(page, "calibration-en")
    page.get_by_label("KPI").select_option(label="Mean wait")
    page.get_by_role("radio", name="Days").check()
    page.get_by_role("radio", name="Erlang A").check()
    page.wait_for_function("() => location.search.includes('span=day') && location.search.includes('beside=a')")
    course = page.locator("section:has(> h2:text-is('Recorded against simulated'))")
    course.locator("figcaption:has-text('Mean wait: days')").wait_for()
    assert f"{days_in_band('mean_wait')} of 42 recorded values" in course.inner_text()
    course.get_by_role("button", name="Show as table").click()
    assert course.locator("tbody tr").count() == 42
    assert "1 Jun 1999" in course.locator("tbody tr").first.inner_text()
    page.reload()
    page.locator("figcaption:has-text('Mean wait: days')").wait_for()


def test_proof_reads_as_italians_write(opened, picture):
    page = opened("/calibration", language="it-IT")
    page.locator("#verdict").wait_for()
    assert "abbandono +3,4\u00a0p.p." in page.locator("#verdict").inner_text()
    assert "pause brevi: i dati quasi non lo distinguono" in page.content()
    assert "Durata media delle pause lunghe, in secondi" in page.content()
    page.wait_for_function("() => (window.__draws || 0) >= 2")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    picture(page, "calibration-it-narrow")


def test_file_that_is_no_calibration_is_one_sentence(opened):
    page = opened("/calibration")
    hand_in(page, "A finished calibration (.calibration.json)", "x.json", b"{}")
    page.get_by_role("alert").wait_for()
    assert "must be a file that twin calibrate has written" in page.get_by_role("alert").inner_text()


def test_history_is_read_its_mapping_changed_and_taken_along(opened, picture):
    page = opened("/calibration?view=history", language="it-IT")
    label = "Un registro di chiamate, report per intervallo o dati mensili"
    hand_in(page, label, "report.csv", (ROWS + BAD).encode())
    page.locator("#understood").wait_for()
    assert "Intervalli: 140 righe, dal 2 mar 2026 al 15 mar 2026." in page.locator("#understood").inner_text()
    refused = page.locator("section:has(> h2:text-is('Righe rifiutate'))").inner_text()
    assert "31/02/2026" in refused
    assert "Le frasi sono in inglese." in refused
    assert page.get_by_label("Che cosa significa Offerte").input_value() == "offered"
    picture(page, "calibration-history-it")
    with page.expect_download() as scenario:
        page.get_by_role("button", name="Primo scenario (TOML)").click()
    assert "[demand]" in scenario.value.path().read_text("utf-8")
    page.get_by_label("Che cosa significa Abbandonate").select_option("answered")
    page.get_by_role("alert").wait_for()
    assert "Due colonne" in page.get_by_role("alert").inner_text()
    page.get_by_label("Che cosa significa Abbandonate").select_option("blocked")
    page.get_by_role("button", name="Rileggi con questa mappatura").click()
    page.locator("div.progress").wait_for()
    page.locator("div.progress").wait_for(state="detached")
    page.locator("#understood").wait_for()
    with page.expect_download() as mapping:
        page.get_by_role("button", name="Mappatura (TOML)", exact=True).click()
    assert mapping.value.suggested_filename == "report.mapping.toml"
    assert 'blocked = "Abbandonate"' in mapping.value.path().read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("run.sh", b"echo", "must end in"),
        ("x.csv", b"aa,bb\n1,2\n", "do not tell"),
        ("x.xlsx", b"PK\x03\x04", "damaged"),
    ],
)
def test_file_that_is_no_history_is_one_sentence(opened, name, content, said):
    page = opened("/calibration?view=history")
    hand_in(page, "A log of calls, interval reports, or monthly figures", name, content)
    page.get_by_role("alert").wait_for()
    assert said in page.get_by_role("alert").inner_text()
    assert "Traceback" not in page.inner_text("body")
