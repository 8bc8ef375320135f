"""The shell: navigation, language, address, and that nothing is asked of any other machine."""

import re


def test_page_opens_in_the_language_of_the_browser(opened, picture):
    page = opened("/scenarios", language="it-IT")
    assert page.locator("h1").inner_text() == "Scenari"
    assert page.evaluate("document.documentElement.lang") == "it"
    picture(page, "scenarios-it")


def test_language_is_switched_and_kept_after_a_reload(opened):
    page = opened("/scenarios")
    page.get_by_role("button", name="Italiano").click()
    page.locator("h1:text-is('Scenari')").wait_for()
    page.reload()
    page.locator("h1:text-is('Scenari')").wait_for()
    assert page.get_by_role("button", name="Italiano").get_attribute("aria-pressed") == "true"


def test_two_users_have_their_own_language_and_choice(opened):
    first, second = opened("/scenarios"), opened("/scenarios")
    first.get_by_role("button", name="Italiano").click()
    first.locator("h1:text-is('Scenari')").wait_for()
    first.get_by_role("button", name="erlang-a", exact=True).click()
    first.locator("section:has(h2:text-is('erlang-a'))").wait_for()
    assert second.locator("h1").inner_text() == "Scenarios"
    assert second.locator("text=No scenario chosen").count() == 1


def test_choice_is_in_the_address_and_survives_a_reload(opened):
    page = opened("/scenarios")
    page.get_by_role("button", name="mmnk", exact=True).click()
    page.locator("section:has(h2:text-is('mmnk'))").wait_for()
    assert page.url.endswith("/scenarios?scenario=mmnk")
    page.reload()
    page.locator("section:has(h2:text-is('mmnk'))").wait_for()


def test_unknown_scenario_is_one_sentence(opened):
    page = opened("/scenarios?scenario=no-such-thing")
    assert "no-such-thing" in page.get_by_role("alert").inner_text()
    assert "Traceback (" not in page.locator("body").inner_text()


def test_unknown_address_is_not_found(opened, server):
    answer = opened("/scenarios").request.get(f"{server.address}/no-such-page")
    assert answer.status == 404
    assert "Traceback (" not in answer.text()


def test_landmarks_skip_link_and_zoom(opened):
    page = opened("/scenarios")
    assert page.locator("[role=main]#main").count() == 1
    assert page.locator("h1").count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert "user-scalable" not in page.locator("meta[name=viewport]").get_attribute("content")


def test_nothing_runs_out_of_a_narrow_page(opened, picture):
    page = opened("/scenarios?scenario=mmnk", width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    picture(page, "scenarios-narrow")


def test_the_open_page_is_in_view_among_the_links_of_a_narrow_page(opened):
    page = opened("/scenarios", width=390)
    link = page.get_by_role("link", name="Scenarios")
    page.wait_for_function("() => document.querySelector('.top nav').scrollLeft > 0")
    box = link.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_the_form_of_the_floor_has_its_place_before_the_floor_is_drawn(opened):
    page = opened("/floor?scenario=no-such")
    page.get_by_role("alert").filter(has_text="is not in the library").wait_for()
    assert page.evaluate("getComputedStyle(document.querySelector('.floor-choices')).display") == "grid"


def test_reader_who_prefers_dark_gets_dark(opened, picture):
    page = opened("/scenarios", dark=True)
    colour = page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor")
    assert max(map(int, re.findall(r"\d+", colour))) < 60
    picture(page, "scenarios-dark")


def test_table_is_sorted_and_downloaded(opened, tmp_path):
    page = opened("/scenarios")
    page.get_by_role("button", name="Name").click()
    first = page.locator("tbody th").first
    assert first.inner_text() == "187-as-is"
    page.get_by_role("button", name="Name").click()
    assert first.inner_text() == "wind-multichannel-off"
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert lines[0] == "Name,What it is"
    assert lines[1].startswith("wind-multichannel-off,")
