"""The page Sweeps: a stored study is found, opened, looked at from all sides, taken along; no other folder is."""

import pytest

STUDY = """
title = "Two factors"
scenario = "erlang-a"
set = { "run.warm_up" = 0 }
days = 1
replications = 3
[factors."groups.operators.count"]
values = [12, 14, 16]
[factors."patience.mean"]
values = ["1 min", "5 min"]
"""


@pytest.fixture(scope="module")
def studies(tmp_path_factory, start_server):
    """A server whose results hold one study."""
    from experiments.sweep.engine import Serial
    from experiments.sweep.study import Plan
    from experiments.sweep.sweep import open_study, sweep

    folder = tmp_path_factory.mktemp("kept")
    (folder / "two.toml").write_text(STUDY)
    plan = Plan.read(folder / "two.toml")
    sweep(plan, open_study(plan, folder / "two", resume=False), Serial())
    return start_server(TWIN_RESULTS=str(folder)), str(folder / "two")


def test_study_is_found_opened_and_looked_at(studies, visitors, picture):
    server, folder = studies
    page = visitors(server, "/sweeps")
    assert page.get_by_text("No study is open").count() == 1
    assert 'scenario = "erlang-a"' in page.locator("pre.listing").first.inner_text()
    picture(page, "sweeps-empty")
    page.get_by_label("Studies found").select_option(folder)
    page.locator("h2:text-is('Response surface')").wait_for()
    page.wait_for_function("() => (window.__draws || 0) >= 3")
    surface = page.locator("section:has(> h2:text-is('Response surface'))")
    assert "Highest" in surface.locator(".chart").get_attribute("aria-label")
    assert "18 of 18" in page.locator(".facts").inner_text()
    picture(page, "sweeps")
    surface.get_by_role("button", name="Show as table").click()
    assert surface.locator("figure tbody tr").count() == 2
    surface.get_by_role("radio", name="Lines with intervals").check()
    surface.locator("figcaption:has-text('a line for each patience.mean')").wait_for()
    assert "view=bands" in page.url
    picture(page, "sweeps-bands")
    effects = page.locator("section:has(> h2:text-is('What matters most'))")
    assert effects.locator(".table-part tbody tr").count() == 2
    with page.expect_download() as table:
        page.get_by_role("button", name="All points and KPIs (CSV)").click()
    lines = table.value.path().read_text().splitlines()
    assert lines[0].startswith("point,groups.operators.count,patience.mean [min],sl20,sl20_half_width")
    assert len(lines) == 7


def test_choice_survives_a_reload_in_italian_on_a_narrow_page(studies, visitors, picture):
    server, folder = studies
    page = visitors(server, f"/sweeps?study={folder}&kpi=mean_wait", language="it-IT", width=380)
    page.locator("h2:text-is('Superficie di risposta')").wait_for()
    page.wait_for_function("() => (window.__draws || 0) >= 3")
    assert "Attesa media" in page.locator("section:has(> h2:text-is('Superficie di risposta')) figcaption").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    picture(page, "sweeps-narrow-it")


def test_other_folders_are_refused_in_one_sentence(studies, visitors):
    server, folder = studies
    page = visitors(server, f"/sweeps?study={folder}/../../../etc")
    assert "must lie inside results" in page.get_by_role("alert").inner_text()
    field = page.get_by_label("Or the folder of a study")
    field.fill(f"{folder}/parts")
    field.press("Enter")
    page.get_by_text("holds no study").wait_for()
    assert "Traceback" not in page.locator("#main").inner_text()
