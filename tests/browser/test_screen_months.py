"""The page Calibration with months: of a fit to them alone, or beside half hours; a history that holds both."""

import json

import numpy as np
import pytest

from calibration.months.forecast import MonthForecast
from calibration.months.record import MonthRecord
from calibration.months.shown import MonthsShown
from calibration.proof.bank_stored import FILE
from calibration.proof.stored import Parameter, Stored

AT = tuple(f"2015-{month:02d}" for month in range(4, 13))
OFFERED = [815.0, 795, 709, 741, 698, 719, 794, 879, 999]
LOST = [0.025, 0.021, 0.017, 0.016, 0.014, 0.014, 0.015, 0.018, 0.044]
HANDED = "A finished calibration (.calibration.json)"


def ensemble(at, lost, spread, offered):
    """Nine members, evenly from `spread` below to `spread` above."""
    return [
        MonthRecord(at, {"offered": np.array(offered), "abandonment": np.array(lost) + step * spread,
                         "csi": np.full(len(at), 0.70 + step * 0.01)}, 60.0)
        for step in np.linspace(-1, 1, 9)
    ]  # fmt: skip


def month_table(fitted):
    """April to September fitted, within a point of what is recorded; December recorded 4.4 %, forecast 2.4 to 3.4 %,
    naively 1.4 %."""
    values = {"offered": np.array(OFFERED), "abandonment": np.array(LOST), "csi": np.full(9, 0.695)}
    recorded = MonthRecord(AT, values, 60.0)
    shown = MonthForecast("twin", ensemble(AT, [0.001 + value for value in LOST], 0.005, OFFERED), recorded)
    truth = recorded.of(AT[6:])
    naive = MonthForecast("naive, the last month", ensemble(AT[6:], [0.014] * 3, 0.0, [719.0] * 3)[:1], truth)
    ahead = [
        MonthForecast("twin", ensemble(AT[6:], [0.016, 0.02, 0.029], 0.005, [700.0] * 3), truth),
        MonthForecast("twin, volumes given", ensemble(AT[6:], [0.015, 0.02, 0.04], 0.005, OFFERED[6:]), truth),
        naive,
    ]
    return MonthsShown(shown, ahead, fitted, ["churn"]).told()


def of_months():
    """A fit to months alone."""
    heads = Parameter(name="heads", title="Operators, over the scenario's", estimate=1.22, low=1.04, high=1.33, se=0.09,
                      contraction=0.8, identified=True)  # fmt: skip
    return Stored(
        title="areas", days=0, first="2015-04-01", last="2015-12-31", is_held_out=True, recorded={}, forecasts=[],
        by={}, months=month_table(["offered", "abandonment", "csi"]), parameters=[heads],
        worst=[("abandonment by contacts", 2.5)], quality={"read": 402, "kept": 402},
    )  # fmt: skip


def beside_half_hours():
    """The bank's half hours, with months beside that they do not tell."""
    whole = Stored.model_validate(json.loads(FILE.read_text("utf-8")))
    return whole.model_copy(update={"months": month_table(["csi"]), "title": "both"})


def hand_in(page, label, name, content):
    page.get_by_label(label).set_input_files({"name": name, "mimeType": "application/json", "buffer": content})


def rows_of(page, caption):
    """Cells by row of the table of this caption."""
    table = page.locator(f"table:has(caption:text-is('{caption}'))")
    table.wait_for()
    return [row.locator("th, td").all_inner_texts() for row in table.locator("tbody tr").all()]


def test_a_fit_to_months_shows_recorded_simulated_and_held_out(opened, picture):
    page = opened("/calibration")
    page.locator("#verdict").wait_for()
    hand_in(page, HANDED, "areas.calibration.json", of_months().model_dump_json().encode())
    verdict = page.locator("#months-verdict")
    verdict.wait_for()
    assert page.locator("#verdict").count() == 0, "no half hours"
    assert "Of the months fitted, 18 of 18 recorded values" in verdict.inner_text()
    assert "the twin is closer than the naive forecast in 2 of 3 KPIs" in verdict.inner_text()
    assert "The fit has not seen Oct 2015 to Dec 2015" in page.inner_text("body")
    assert "The scenario does not tell: Customers lost in the month." in page.inner_text("body")
    page.get_by_label("Monthly KPI", exact=True).select_option(label="Abandoned / offered")
    page.wait_for_function("() => location.search.includes('monthly=abandonment')")
    rows = rows_of(page, "Abandoned / offered, month by month")
    assert rows[0] == [
        "Apr\u00a02015",
        "2.5\u00a0%",
        "2.6\u00a0%",
        "2.1\u00a0% – 3.0\u00a0%",
        "−0.1\u00a0pp",
        "−0.2",
        "fitted",
    ]
    assert rows[-1][-1] == "held out"
    ahead = {row[0]: row[1:] for row in rows_of(page, "Abandoned / offered: forecast of the months held out")}
    assert ahead["Recorded"][:3] == ["1.5\u00a0%", "1.8\u00a0%", "4.4\u00a0%"]
    assert ahead["twin, volumes given"][2] == "4.0\u00a0%"
    assert ahead["naive, the last month"][:4] == ["1.4\u00a0%", "1.4\u00a0%", "1.4\u00a0%", "1.2\u00a0pp"]
    figure = page.locator("figure:has(figcaption:text-is('Abandoned / offered'))")
    assert "9 of 9 recorded values lie in the band" in figure.inner_text()
    page.wait_for_function("() => (window.__draws || 0) >= 2")
    picture(page, "months-en")
    figure.get_by_role("button", name="Show as table").press("Enter")
    last = figure.locator("tbody tr").last.inner_text()
    assert "Dec 2015 (held out)" in last
    assert "4.4\u00a0%" in last
    assert "Met worst, in standard deviations: Abandoned / offered, by the month's contacts (+2.5)" in page.inner_text(
        "body"
    )


def test_months_read_as_italians_write_and_fit_a_phone(opened, picture):
    page = opened("/calibration?monthly=csi", language="it-IT")
    page.locator("#verdict").wait_for()
    hand_in(page, "Una calibrazione finita (.calibration.json)", "aree.calibration.json",
            of_months().model_dump_json().encode())  # fmt: skip
    page.locator("#months-verdict").wait_for()
    rows = rows_of(page, "Soddisfazione, da 0 a 100, mese per mese")
    assert rows[0][:3] == ["apr\u00a02015", "69,5", "70,0"]
    assert rows[-1][0] == "dic\u00a02015"
    assert rows[-1][-1] == "tenuto fuori"
    assert "Operatori, rispetto allo scenario" in page.inner_text("body")
    assert "In tempo: entro 60\u00a0s." in page.inner_text("body")
    page.wait_for_function("() => (window.__draws || 0) >= 2")
    picture(page, "months-it")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    picture(page, "months-it-narrow")


def test_months_stand_beside_the_half_hours(opened, picture):
    page = opened("/calibration")
    page.locator("#verdict").wait_for()
    hand_in(page, HANDED, "both.calibration.json", beside_half_hours().model_dump_json().encode())
    page.locator("#months-verdict").wait_for()
    assert "abandonment +3.4\u00a0pp" in page.locator("#verdict").inner_text()
    assert page.locator("h2:text-is('Months in short')").count() == 1
    uses = {row[0]: row[1] for row in rows_of(page, "All monthly KPIs")}
    assert uses == {"Contacts offered a day": "told by half hours", "Abandoned / offered": "told by half hours",
                    "Satisfaction, 0 to 100": "fitted"}  # fmt: skip
    picture(page, "months-beside-en")


HOURS = "Giorno;Ora;Offerte;Risposte;Abbandonate\n" + "".join(
    f"{day:02d}/03/2026;{hour:02d}:00;{100 + hour};{95 + hour};5\n" for day in range(2, 16) for hour in range(8, 18)
)
KPIS = "month,offered,answered,abandoned,recall,csi,net promoter\n" + "".join(
    f"2026-0{month},{40000 + month},38000,2000,0.1{month},7{month},3{month}\n" for month in (1, 3)
)
HISTORY = "A log of calls, interval reports, or monthly figures"


def test_months_and_half_hours_are_handed_in_as_one_history(opened, picture):
    page = opened("/calibration?view=history")
    hand_in(page, HISTORY, "kpi.csv", KPIS.encode())
    page.locator("#understood").wait_for()
    assert "Months: 2 rows, Jan 2026 to Mar 2026." in page.locator("#understood").inner_text()
    assert page.get_by_label("What recall means").input_value() == "recall"
    assert rows_of(page, "Gaps")[0][2:4] == ["Feb 2026", "Feb 2026"]
    assert "Months alone make no first scenario" in page.inner_text("body")
    assert "--scenario SCENARIO" in page.locator("pre.listing").inner_text()
    hand_in(page, "A further file of the same history", "hours.csv", HOURS.encode())
    page.locator("#understood:has-text('Intervals: 140 rows, 2 Mar 2026 to 15 Mar 2026.')").wait_for()
    assert "Months: 2 rows" in page.locator("#understood").inner_text()
    page.get_by_label("Columns of").select_option("hours.csv")
    page.get_by_label("What Offerte means").wait_for()
    page.get_by_label("Columns of").select_option("kpi.csv")
    page.get_by_label("What csi means").select_option("")
    page.get_by_role("button", name="Read again with this mapping").click()
    page.locator("div.progress").wait_for()
    page.locator("div.progress").wait_for(state="detached")
    page.locator("#understood").wait_for()
    with page.expect_download() as mapping:
        page.get_by_role("button", name="Mapping of kpi.csv (TOML)").click()
    text = mapping.value.path().read_text("utf-8")
    assert 'files = ["kpi.csv"]' in text
    assert "csi" not in text
    assert 'recall = "recall"' in text
    assert "twin calibrate kpi.csv hours.csv" in page.locator("pre.listing").inner_text()
    picture(page, "history-both-en")
    page.get_by_role("button", name="Take out kpi.csv").click()
    page.locator("#understood:not(:has-text('Months:'))").wait_for()
    assert "Intervals: 140 rows" in page.locator("#understood").inner_text()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_further_file_that_is_damaged_can_be_taken_out(opened, width):
    page = opened("/calibration?view=history", width=width)
    hand_in(page, HISTORY, "hours.csv", HOURS.encode())
    page.locator("#understood").wait_for()
    hand_in(page, "A further file of the same history", "x.xlsx", b"PK\x03\x04")
    page.get_by_role("alert").wait_for()
    assert "x.xlsx: is damaged" in page.get_by_role("alert").inner_text()
    page.get_by_role("button", name="Take out x.xlsx").click()
    page.locator("#understood:has-text('Intervals: 140 rows')").wait_for()


def test_a_history_is_fitted_on_the_page_and_looked_at(opened, picture):
    """The smallest fit; cancelled once, then to its end; the last days are forecast."""
    page = opened("/calibration?view=history", language="it-IT")
    label = "Un registro di chiamate, report per intervallo o dati mensili"
    hand_in(page, label, "hours.csv", HOURS.encode())
    page.locator("#understood").wait_for()
    hand_in(page, "Un altro file dello stesso storico", "kpi.csv", KPIS.encode())
    page.locator("#understood:has-text('Mesi: 2 righe')").wait_for()
    assert page.get_by_label("Scenario da stimare").input_value() == "first"
    page.get_by_label("Ultimo giorno da stimare").fill("2026-03-11")
    page.get_by_role("radio", name="200").check()
    page.get_by_role("button", name="Stima", exact=True).click()
    page.get_by_role("button", name="Annulla").click()
    page.get_by_text("Annullato.").wait_for()
    page.get_by_role("button", name="Stima", exact=True).click()
    page.locator(".progress-part:has-text('simulazioni su circa 200')").wait_for()
    page.locator("#fitted").wait_for(timeout=400_000)
    picture(page, "history-fitted-it")
    with page.expect_download() as scenario:
        page.get_by_role("button", name="fitted.toml").click()
    assert 'extends = "hours.first.toml"' in scenario.value.path().read_text("utf-8")
    page.get_by_role("button", name="Registrato e simulato", exact=True).click()
    page.locator("#verdict:has-text('Simulato meno registrato: abbandono')").wait_for()
    assert "Lo scenario non dice: Richiamano entro 3 giorni, Soddisfazione, da 0 a 100." in page.inner_text("body")
    page.locator("#months-verdict").wait_for()
    assert "4 giorni dal 12 mar 2026 al 15 mar 2026 che la stima non ha visto" in page.inner_text("body")
    assert page.get_by_label("Calibrazione", exact=True).input_value() == "hours.csv, kpi.csv.calibration.json"
