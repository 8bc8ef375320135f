"""The page Compare: choose, change, run, cancel, take along; each user apart."""

import io
import zipfile

import pytest

QUICK = "/compare?a=erlang-a&b=erlang-a&days=1&pairs=3&changes=b%3Agroups.operators.count%3D16"
LONG = "/compare?a=erlang-a&b=erlang-a&days=300&pairs=200&changes=b%3Agroups.operators.count%3D16"
MODELS = "/compare?size=tiny&days=1&pairs=2&changes=both%3Arun.warm_up%3D1"


@pytest.fixture(scope="module")
def models(italian):
    """The two caring models compared, small, once for several tests; what the page complained of."""
    page, complaints = italian(MODELS)
    page.get_by_role("button", name="Confronta", exact=True).click()
    page.locator("#result").wait_for()
    page.wait_for_function("() => (window.__draws || 0) >= 3")
    return page, complaints


def test_models_are_compared_in_italian(models, picture):
    page, complaints = models
    assert "su 8 cluster:" in page.locator("#result .verdict").inner_text()
    assert "2 coppie di 1 giorno" in page.locator("#result").inner_text()
    assert page.locator(".kpi").count() == 8
    clusters = page.locator("section:has(> h2:text-is('Chi ci guadagna e chi paga'))")
    assert clusters.locator("tbody tr").count() == 8
    assert clusters.get_by_role("img").first.get_attribute("aria-label").count("cluster") >= 2
    assert complaints == []
    picture(page, "compare-it")


def test_figure_of_the_clusters_is_chosen(models):
    page, complaints = models
    clusters = page.locator("section:has(> h2:text-is('Chi ci guadagna e chi paga'))")
    clusters.get_by_label("Indicatore").select_option(label="Attesa media")
    clusters.locator("figcaption:has-text('Attesa media')").wait_for()
    clusters.get_by_role("button", name="Mostra come tabella").click()
    assert clusters.locator("figure tbody tr").count() == 8
    assert " s ± " in clusters.locator("figure tbody td").first.inner_text().replace("\u00a0", " ")
    assert complaints == []


def test_report_and_tables_are_downloaded(models):
    page, _ = models
    with page.expect_download() as report:
        page.get_by_role("button", name="Report (HTML)").click()
    text = report.value.path().read_text("utf-8")
    assert "187-as-is" in text
    assert "Plotly" in text
    with page.expect_download() as tables:
        page.get_by_role("button", name="Tutte le tabelle (Parquet, zip)").click()
    names = zipfile.ZipFile(io.BytesIO(tables.value.path().read_bytes())).namelist()
    assert {"compare.parquet", "replications.parquet", "manifest.json", "counts/a-000.parquet"} <= set(names)
    with page.expect_download() as table:
        page.get_by_role("button", name="Tabella (CSV)").click()
    assert table.value.path().read_text().startswith("by,group,kpi,a,b,difference,half_width")


def test_result_survives_a_look_at_another_page(models):
    page, _ = models
    page.get_by_role("link", name="Scenari").click()
    page.locator("h1:text-is('Scenari')").wait_for()
    page.get_by_role("link", name="Confronto").click()
    page.locator("#result .verdict").wait_for()


def test_nothing_runs_out_of_a_narrow_result(models, picture):
    page, _ = models
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    picture(page, "compare-narrow")
    page.set_viewport_size({"width": 1280, "height": 900})


def test_quick_comparison_without_clusters(opened, picture):
    page = opened(QUICK)
    page.get_by_role("button", name="Compare", exact=True).click()
    page.locator("#result").wait_for()
    text = page.locator("#result").inner_text()
    assert "Answered within 20 s / offered goes from" in text
    assert "3 pairs of 1 counted day at" in text
    page.get_by_role("button", name="Compare again").wait_for()
    picture(page, "compare-quick")
    assert "The form has been changed" not in text
    page.get_by_label("Counted days").fill("2")
    page.get_by_label("Counted days").press("Enter")
    page.locator("#result").get_by_text("The form has been changed since").wait_for()
    page.go_back()
    page.locator("#result").get_by_text("The form has been changed since").wait_for(state="detached")


def test_running_comparison_is_cancelled_and_another_user_is_not_touched(opened):
    page, other = opened(LONG), opened(QUICK)
    page.get_by_role("button", name="Compare", exact=True).click()
    page.locator("div.progress").first.wait_for()
    page.locator(".progress-part .note:has-text('pair')").wait_for()
    assert other.get_by_text("No comparison yet").count() == 1
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Cancelled.").wait_for(timeout=10_000)
    other.get_by_role("button", name="Compare", exact=True).click()
    other.locator("#result").wait_for()
    assert page.locator("#result").count() == 0


def test_number_that_was_refused_is_forgotten_when_another_comes(opened):
    page = opened("/compare?days=3")
    field = page.get_by_label("Counted days")
    field.fill("5")
    field.press("Enter")
    page.wait_for_function("() => location.search.includes('days=5')")
    field.fill("999")
    field.press("Enter")
    page.get_by_text("a whole number from 1 to 366").wait_for()
    page.go_back()
    page.get_by_text("a whole number from 1 to 366").wait_for(state="detached")
    assert field.input_value() == "3"
    assert field.get_attribute("aria-invalid") is None


def test_value_is_found_changed_and_taken_back(opened):
    page = opened("/compare?a=erlang-a&b=mmnk")
    page.get_by_label("Find a value to change").fill("operators count")
    page.get_by_role("button", name="groups.operators.count").click()
    field = page.get_by_label("New value")
    field.fill("-3")
    field.press("Enter")
    page.get_by_role("radio", name="As-Is").check()
    page.get_by_role("button", name="Add the change").click()
    assert "groups.operators.count" in page.get_by_role("alert").inner_text()
    field.fill("20")
    field.press("Enter")
    page.get_by_role("button", name="Add the change").click()
    page.get_by_text("As-Is: groups.operators.count=20").wait_for()
    assert "changes=a%3Agroups.operators.count%3D20" in page.url
    page.reload()
    page.get_by_role("button", name="Remove As-Is: groups.operators.count=20").click()
    page.wait_for_function("() => !location.search.includes('changes')")


def test_scenario_is_handed_in_checked_and_compared_in_its_session_only(opened):
    page, other = opened("/compare?b=erlang-a&days=1&pairs=2"), opened("/compare?a=own.toml")
    page.get_by_text("A scenario file of your own").click()
    field = page.get_by_label("Or from your computer (.toml)")
    wrong = b'extends = "/etc/passwd"\n'
    field.set_input_files({"name": "own.toml", "mimeType": "application/toml", "buffer": wrong})
    page.get_by_role("alert").wait_for()
    assert "must be a scenario of the library" in page.get_by_role("alert").inner_text()
    page.locator(".more").get_by_role("radio", name="As-Is").check()
    good = b'extends = "erlang-a"\n[groups.operators]\ncount = 16\n'
    field.set_input_files({"name": "own.toml", "mimeType": "application/toml", "buffer": good})
    page.get_by_text("own.toml is chosen.").wait_for()
    page.wait_for_function("() => location.search.includes('a=own.toml')")
    page.get_by_role("button", name="Compare", exact=True).click()
    page.locator("#result").wait_for()
    other.get_by_role("alert").filter(has_text="own.toml is not there").wait_for()
    assert other.get_by_role("button", name="Compare", exact=True).is_disabled()


def test_wrong_choice_is_one_sentence(opened):
    page = opened("/compare?a=mmnk&b=mmnk")
    page.get_by_role("button", name="Compare", exact=True).click()
    page.get_by_role("alert").wait_for()
    assert "must differ" in page.get_by_role("alert").inner_text()
    assert "Traceback (" not in page.locator("body").inner_text()
