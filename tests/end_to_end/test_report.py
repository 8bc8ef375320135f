"""The comparison's report opens in a browser that has no network, complete and without complaint."""

import pandas as pd
import pytest

from experiments.compare.command import run_and_write
from experiments.compare.comparison import Plan
from experiments.compare.side import Side

SECTIONS = ("summary", "headline", "clusters", "hours", "intents", "queues", "money", "directions", "method",
            "definitions", "assumptions", "repeat")  # fmt: skip
CHARTS = ("clusters", "hours", "intents", "money")

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A small comparison of the two caring models, for two days."""
    folder = tmp_path_factory.mktemp("compare")
    changes = ["scale.size=tiny", "run.warm_up=1"]
    plan = Plan.of(Side.load("187-as-is", changes), Side.load("187-to-be", changes), 2, 3, 3)
    run_and_write(plan, folder, workers=1)
    return folder


@pytest.fixture(scope="module")
def opened(report, browser):
    """The page, what the browser asked for, what it complained of."""
    outside: list[str] = []
    complaints: list[str] = []
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.on("request", lambda r: None if r.url.startswith(("file:", "data:", "blob:")) else outside.append(r.url))
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((report / "report.html").as_uri())
    page.wait_for_function("() => document.querySelectorAll('.chart .main-svg').length > 0")
    yield page, outside, complaints
    page.close()


def test_page_asks_for_nothing_and_complains_of_nothing(opened):
    _, outside, complaints = opened
    assert outside == []
    assert complaints == []


def test_every_section_has_its_heading(opened):
    page = opened[0]
    assert "187-as-is" in page.locator("h1").inner_text()
    for section in SECTIONS:
        assert page.locator(f"section#{section} h2").count() == 1, section
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("chart", CHARTS)
def test_chart_is_drawn_has_words_and_its_numbers(opened, chart):
    page = opened[0]
    place = page.locator(f"#chart-{chart}")
    assert place.get_attribute("role") == "img"
    assert len(place.get_attribute("aria-label")) > 40
    assert place.locator("path.point, path.js-line").count() >= 8
    tables = page.locator(f"figure:has(#chart-{chart}) details table")
    assert tables.count() >= 2
    assert tables.first.locator("tbody tr").count() >= 8


def test_tables_have_captions_and_scopes(opened):
    page = opened[0]
    tables = page.locator("table").count()
    assert tables > 8
    assert page.locator("table > caption").count() == tables
    assert page.locator("th:not([scope])").count() == 0


def test_headline_numbers_are_those_of_the_table(opened, report):
    page = opened[0]
    table = pd.read_parquet(report / "compare.parquet").set_index(["by", "group", "kpi"])
    share = table.loc[("all", "all", "sl20"), "a"]
    cells = page.locator("section#headline tr:has(th:text-is('Answered within 20 s / offered')) td")
    assert float(cells.first.inner_text().replace("%", "").strip()) == pytest.approx(100 * share, abs=0.06)


def test_nothing_runs_out_of_the_page(opened):
    page = opened[0]
    for width in (1200, 800, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
