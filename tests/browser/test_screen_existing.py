"""Runs that are there already: opened on Floor and on Life cycle, kept by the address, damaged ones refused."""

import pytest

TINY = ["scale.size=tiny", "run.warm_up=1", "scale.sizes.tiny=0.001", "customers.base=400000"]
DRAWN = "() => document.querySelector('[data-test=floor]') && (window.__draws || 0) > 0"


@pytest.fixture(scope="module")
def kept(tmp_path_factory, start_server):
    """A server whose results hold a run of 400 customers over 28 days, saved at its end, too; and a damaged file."""
    from experiments.run_command import RunRequest, run_command
    from twin.scenario.load import load

    folder = tmp_path_factory.mktemp("kept")
    saved = folder / "march.twin"
    run_command(RunRequest(load("187-to-be", TINY), days=28, out=str(folder / "march"), save=str(saved)))
    (folder / "half.twin").write_bytes(saved.read_bytes()[:5000])
    return start_server(TWIN_RESULTS=str(folder)), folder


def on_floor(page):
    page.wait_for_function(DRAWN)
    page.wait_for_selector("[data-test=stop]", state="detached")


def test_a_saved_run_goes_on_live_and_a_reload_keeps_it(kept, visitors, picture):
    server, folder = kept
    page = visitors(server, "/floor?scenario=erlang-a")
    page.get_by_label("Start afresh, or open").select_option(str(folder / "march.twin"))
    page.locator(
        "#opened:has-text('Saved run of 187-to-be, seed 1, 28 counted days; it stands at 1 Apr 2013')"
    ).wait_for()
    page.locator(".centre__date:has-text('1 April 2013')").wait_for()
    on_floor(page)
    page.locator("[data-test=play]").click()
    page.wait_for_function("() => window.__draws > 10")
    picture(page, "floor-opened")
    page.reload()
    page.locator(".centre__date:has-text('1 April 2013')").wait_for()
    assert "march.twin" in page.get_by_label("Start afresh, or open").input_value()
    page.get_by_label("Goes on for").fill("30")
    page.get_by_label("Goes on for").press("Enter")
    page.wait_for_function(
        "() => document.querySelector('[data-test=day]')?.max == '2013-04-30'"
    )  # 28 + 30 from 4 March


def test_a_run_of_a_folder_is_lived_again_on_the_floor(kept, visitors):
    server, folder = kept
    page = visitors(server, f"/floor?open={folder / 'march'}")
    page.locator("#opened:has-text('Run of 187-to-be, seed 1, 28 counted days, 1 replication.')").wait_for()
    page.locator(".centre__date:has-text('4 March 2013')").wait_for()
    on_floor(page)


def test_customers_are_read_from_the_tables_and_a_reload_keeps_them(kept, visitors, picture):
    server, folder = kept
    page = visitors(server, "/lifecycle")
    page.get_by_label("Start afresh, or open").select_option(str(folder / "march"))
    page.locator("#lived").wait_for()
    assert "Read from the tables of the run" in page.locator("#lived").inner_text()
    page.wait_for_function("() => (window.__draws || 0) >= 5")
    told = page.locator("#lived p").nth(0).inner_text()
    picture(page, "lifecycle-opened")
    page.reload()
    page.locator("#lived").wait_for()
    assert page.locator("#lived p").nth(0).inner_text() == told
    page.get_by_label("Start afresh, or open").select_option(str(folder / "march.twin"))
    page.locator("#lived:has-text('taken up where it stood')").wait_for()
    assert page.locator("#lived p").nth(0).inner_text() == told, "the same customers, from the saved run"


@pytest.mark.parametrize("route", ["floor", "lifecycle"])
def test_a_damaged_file_and_a_path_outside_are_one_sentence(kept, visitors, route):
    server, folder = kept
    page = visitors(server, f"/{route}?open={folder / 'half.twin'}", language="it-IT", width=390)
    page.get_by_role("alert").wait_for()
    assert "is not a saved run, or only a part of one" in page.get_by_role("alert").inner_text()
    page.get_by_text("Non è nell'elenco?").click()
    field = page.get_by_label("Un file o una cartella")
    field.fill("../../etc/passwd")
    field.press("Enter")
    page.get_by_role("alert").filter(has_text="may not be opened").wait_for()
    assert "Traceback" not in page.inner_text("body")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
