"""The training plan on the page Skills: proposed, changed, tried, cancelled, taken along; Italian; a narrow page."""

import io
import tomllib
import zipfile

import pytest

from twin.scenario.load import load_scenario

HERE = "/skills?scenario=187-as-is&size=tiny"
PLAN = f"{HERE}&plan=0%7CSK04%7C2%7C0%7C2&weeks=1&pairs=2"
"""One course of two hours for two of team 0."""
LONG = f"{HERE}&plan=0%7CSK04%7C2%7C0%7C24&weeks=52&pairs=50"


def enter(field, text):
    field.fill(text)
    field.press("Enter")


def courses(page):
    return page.locator(".courses tbody tr")


@pytest.fixture(scope="module")
def tried(italian):
    """A plan that was tried, in Italian, once for several tests; what the page complained of."""
    page, complaints = italian(PLAN)
    page.get_by_role("button", name="Prova", exact=True).click()
    page.locator("#effect").wait_for()
    return page, complaints


def test_plan_is_proposed_changed_and_taken_along(opened, picture, tmp_path):
    page = opened(HERE)
    page.get_by_role("heading", name="Training plan").wait_for()
    assert page.get_by_role("button", name="Propose").is_disabled()
    enter(page.get_by_label("Counted days for the gaps"), "1")
    page.get_by_role("button", name="Find the gaps").click()
    page.get_by_role("heading", name="Gaps", exact=True).wait_for()
    enter(page.get_by_label("Budget, hours of all"), "72")
    page.wait_for_function("() => location.search.includes('budget=72')")
    page.get_by_role("button", name="Propose").click()
    page.locator("#proposed").wait_for()
    courses(page).first.wait_for()
    n = courses(page).count()
    assert 1 <= n <= 3
    assert "72 h" in page.locator(".facts").last.inner_text().replace("\u00a0", " ")  # three courses of 24 h
    page.locator("caption:has-text('Gaps with the plan')").wait_for()
    picture(page, "training-proposed")
    first = page.get_by_label("Course 1: Operators")
    page.get_by_label("Course 1: Skill").select_option("SK04")
    enter(page.get_by_label("Course 1: From day"), "7")
    enter(page.get_by_label("Course 1: Hours each"), "10")
    page.wait_for_function("() => decodeURIComponent(location.search).includes('|7|10')")
    page.get_by_role("button", name="Add a course").click()
    courses(page).nth(n).wait_for()
    page.get_by_role("button", name=f"Remove Course {n + 1}").click()
    courses(page).nth(n).wait_for(state="detached")
    assert first.input_value() == "1"
    with page.expect_download() as plan:
        page.get_by_role("button", name="Plan (TOML)").click()
    text = plan.value.path().read_text("utf-8")
    course = tomllib.loads(text)["training"][0]
    assert (course["skill"], course["on"], course["hours"], course["mark"]) == ("SK04", 7, 10.0, "A")
    (tmp_path / "plan.toml").write_text(text)
    assert len(load_scenario(tmp_path / "plan.toml").training) == n
    page.reload()
    courses(page).first.wait_for()
    assert courses(page).count() == n
    assert page.get_by_label("Course 1: From day").input_value() == "7"


def test_wrong_number_is_refused_where_it_is_typed(opened):
    page = opened(PLAN)
    enter(page.get_by_label("Course 1: Operators"), "99")
    page.get_by_text("a whole number from 1 to").first.wait_for()
    assert "plan=0%7CSK04%7C2" in page.url


def test_trial_is_cancelled(opened):
    page = opened(LONG)
    page.get_by_role("button", name="Try it").click()
    page.get_by_role("progressbar", name="Run").wait_for()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Cancelled.").wait_for(timeout=10_000)
    assert page.locator("#effect").count() == 0


def test_effect_is_shown_in_italian(tried, picture):
    page, complaints = tried
    effect = page.locator("#effect").inner_text().replace("\u00a0", " ")
    assert "Il prezzo: 4 ore fuori dal telefono, 136 €" in effect
    assert "da 2 coppie di simulazioni; settimane: 1" in effect
    assert page.locator(".kpi").count() >= 6
    weeks = page.locator("section:has(> h2:text-is('Settimana per settimana'))")
    weeks.get_by_label("Indicatore").select_option(label="Ore di formazione")
    weeks.locator("figcaption:has-text('Ore di formazione per settimana')").wait_for()
    weeks.get_by_role("button", name="Mostra come tabella").first.click()
    assert weeks.locator("tbody tr").first.locator("td").all_inner_texts() == ["0,00", "4,00"]
    cells = page.locator("section:has(> h2:text-is('Dove si vede'))")
    cells.get_by_role("radio", name="Coda").check()
    cells.locator("table th:has-text('Coda')").first.wait_for()
    assert cells.locator(".table-part tbody tr").count() == 4
    assert complaints == []
    picture(page, "training-effect-it")


def test_effect_is_taken_along(tried):
    page, _ = tried
    with page.expect_download() as everything:
        page.get_by_role("button", name="Tutto (zip)").click()
    names = zipfile.ZipFile(io.BytesIO(everything.value.path().read_bytes())).namelist()
    assert {"plan.toml", "weeks.parquet", "compare.parquet", "report.html"} <= set(names)
    with page.expect_download() as weeks:
        page.get_by_role("button", name="Settimane (CSV)").click()
    assert weeks.value.path().read_text().startswith("by,group,kpi,a,b,difference")


def test_nothing_runs_out_of_a_narrow_page(tried, picture):
    page, _ = tried
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    picture(page, "training-narrow")
    page.set_viewport_size({"width": 1280, "height": 900})


def test_changed_plan_tells_that_the_effect_is_of_another(tried):
    page, _ = tried
    enter(page.get_by_label("Corso 1: Ore ciascuno"), "4")
    page.get_by_text("Nel frattempo il piano è cambiato").wait_for()
