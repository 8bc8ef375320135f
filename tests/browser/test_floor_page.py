"""The floor in the browser: it is drawn and played, whoever is clicked is shown, and it ends with its reader."""

import re
import time

import psutil
import pytest

SMALL = "/floor?scenario=187-to-be&size=tiny"
DRAWN = "() => document.querySelector('[data-test=floor]') && (window.__draws || 0) > {n}"
PATIENCE = 180.0  # [s] at most for anything: a machine may be busy


def drawn(page, n=0):
    """Until more than so many frames have been drawn."""
    page.wait_for_function(DRAWN.format(n=n))


def at_rest(page, morning="09:30:00"):
    """Opened: the jump to the first morning is over."""
    drawn(page)
    page.locator(f".centre__time:text-is('{morning}')").wait_for()
    page.wait_for_selector("[data-test=stop]", state="detached")
    return page


def clock(page):
    """Seconds since midnight, as shown."""
    hours, minutes, seconds = page.locator(".centre__time").inner_text().split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


def go_to(page, day, time_of_day):
    page.locator("[data-test=day]").fill(day)
    page.locator("[data-test=time]").fill(time_of_day)
    page.locator("[data-test=jump]").click()
    page.wait_for_function(f"() => document.querySelector('.centre__time').innerText.startsWith('{time_of_day}')")


def square(page, place=0):
    """Where the operator at a place stands on the canvas: the first of the first team stands in the corner."""
    box = page.locator("[data-test=floor]").bounding_box()
    return box["x"] + 6 + 17 * place, box["y"] + 22 + 6


def players():
    """Processes that play a floor."""
    found = []
    for process in psutil.process_iter(["ppid", "cmdline"]):
        line = " ".join(process.info["cmdline"] or [])
        if "spawn_main" in line:
            found.append(process.pid)
    return set(found)


@pytest.fixture
def floor(opened):
    return at_rest(opened(SMALL))


def test_the_canvas_is_drawn_and_played_and_paused(floor, picture):
    assert floor.locator("[data-test=legend] li").count() >= 3
    before = clock(floor)
    floor.locator("[data-test=play]").click()
    drawn(floor, 20)
    assert clock(floor) > before
    floor.get_by_role("button", name="Pause").click()
    floor.get_by_role("button", name="Play").wait_for()
    floor.wait_for_timeout(500)
    held = clock(floor)
    floor.wait_for_timeout(500)
    assert clock(floor) == held
    picture(floor, "floor")


def test_steps_and_jumps_forwards_and_back(floor):
    go_to(floor, "2013-03-05", "11:07")
    floor.locator("[data-test=interval]").click()
    floor.wait_for_function("() => document.querySelector('.centre__time').innerText == '11:15:00'")
    for _ in range(40):  # the first of them may lie at that very instant, or less than a second later
        floor.locator("[data-test=event]").click()
        floor.wait_for_timeout(200)
        if clock(floor) > 11.25 * 3600:
            break
    assert 11.25 * 3600 < clock(floor) < 11.5 * 3600
    go_to(floor, "2013-03-04", "10:00")
    floor.locator(".centre__date:has-text('4 March 2013')").wait_for()  # on its way it passes 10:00 of earlier days


def test_a_click_on_an_operator_shows_skills_day_and_team(floor, picture):
    go_to(floor, "2013-03-04", "14:00")
    floor.mouse.click(*square(floor))
    title = floor.locator("[data-test=operator]")
    title.wait_for()
    assert re.fullmatch(r"Operator \d+", title.inner_text())
    assert ", team 0" in floor.locator(".floor-panel").first.inner_text()  # numbered as on Skills and in files
    assert floor.locator("[data-test=skills] li").count() >= 2
    assert "%" in floor.locator("[data-test=skills]").inner_text()
    assert floor.locator("[data-test=compared] tbody tr").count() >= 4
    assert floor.get_by_role("img", name=re.compile("Operator's day")).count() == 1
    picture(floor, "floor-operator")
    floor.get_by_role("button", name="Close").click()
    title.wait_for(state="detached")


def test_operators_are_reached_by_keyboard(floor):
    canvas = floor.locator("[data-test=floor]")
    roles = [floor.locator(f"[data-test={name}]").get_attribute("role") for name in ("floor", "lines")]
    assert roles == ["application"] * 2  # arrow keys reach what is no picture
    canvas.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Enter"):
        canvas.press(key)
    floor.locator("[data-test=operator]").wait_for()
    assert "Operator" in floor.locator(".centre__told").inner_text()


def test_a_customer_is_looked_up_followed_and_lived_again(floor, picture):
    floor.get_by_label("Customer").fill("42")
    floor.get_by_label("Customer").press("Enter")
    floor.locator("[data-test=customer]").wait_for()
    floor.get_by_role("button", name="Follow", exact=True).click()
    floor.get_by_role("button", name="Follow no longer").wait_for()
    floor.get_by_role("button", name="Run again from the start, following").click()
    floor.wait_for_selector("text=written down since 25 Feb 2013, 00:00")
    picture(floor, "floor-customer")


def test_the_floor_is_told_in_words_and_in_italian(opened, picture):
    page = at_rest(opened(SMALL, language="it-IT"))
    assert page.locator("h1").inner_text() == "Sala"
    page.wait_for_function("() => document.querySelector('[data-test=told]').innerText.includes('disponibile')")
    assert page.locator("[data-test=told]").get_attribute("aria-live") == "polite"
    picture(page, "floor-it")


def test_two_readers_have_floors_of_their_own(opened):
    first, second = at_rest(opened(SMALL)), at_rest(opened(SMALL))
    held = clock(second)
    first.locator("[data-test=play]").click()
    drawn(first, 20)
    assert clock(first) > held
    assert clock(second) == held
    second.get_by_role("button", name="Play").wait_for()


def test_the_process_ends_when_the_reader_has_gone(opened):
    before = players()
    page = at_rest(opened(SMALL))
    mine = players() - before
    assert len(mine) == 1
    page.locator("[data-test=play]").click()
    drawn(page, 5)
    page.context.close()
    deadline = time.monotonic() + PATIENCE
    while mine & players() and time.monotonic() < deadline:
        time.sleep(0.5)
    assert not mine & players()


def test_the_process_ends_when_another_page_is_opened(opened):
    before = players()
    page = at_rest(opened(SMALL))
    mine = players() - before
    page.get_by_role("link", name="Scenarios").click()
    page.locator("h1:text-is('Scenarios')").wait_for()
    deadline = time.monotonic() + PATIENCE
    while mine & players() and time.monotonic() < deadline:
        time.sleep(0.5)
    assert not mine & players()


def test_an_unknown_scenario_is_one_sentence(opened):
    page = opened("/floor?scenario=no-such-thing")
    page.get_by_role("alert").wait_for()
    assert "Traceback" not in page.inner_text("body")


def test_a_scenario_without_customers_is_played_too(opened):
    page = at_rest(opened("/floor?scenario=erlang-a"), "02:30:00")
    assert "knows contacts, not customers" in page.content()
    page.locator("[data-test=play]").click()
    drawn(page, 10)


def test_a_reader_who_wants_no_motion_sees_one_picture_a_second(browser, visitors, server):
    page = visitors(server, SMALL)
    page.emulate_media(reduced_motion="reduce")
    at_rest(page)
    page.locator("[data-test=play]").click()
    page.get_by_role("button", name="Pause").wait_for()
    page.wait_for_timeout(1200)
    first = page.evaluate("window.__draws")
    page.wait_for_timeout(3000)
    assert page.evaluate("window.__draws") - first <= 5
