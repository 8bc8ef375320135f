"""A scenario of the reader's own: on every page by its path or handed in, and in no other session."""

import pytest

QUEUE = 'extends = "erlang-a"\ntitle = "Seven at the telephone"\n[groups.operators]\ncount = 7\n'
CENTRE = 'extends = "187-as-is"\n'
MINE = {"name": "mine.toml", "mimeType": "application/toml", "buffer": QUEUE.encode()}
SUMMARY = "A scenario file of your own"
ONE = ("floor", "control", "skills", "scenarios")
PAGES = {"Compare": "To-Be", "Control room": "Scenario", "Floor": "Scenario", "Life cycle": "Beside it"}


@pytest.fixture(scope="module")
def served(tmp_path_factory, start_server):
    """A server whose results hold two scenarios, one of them deeper than what is listed."""
    folder = tmp_path_factory.mktemp("own")
    deep = folder / "a" / "b" / "c" / "d"
    deep.mkdir(parents=True)
    (folder / "queue.toml").write_text(QUEUE)
    (deep / "centre.toml").write_text(CENTRE)
    return start_server(TWIN_RESULTS=str(folder)), folder, deep / "centre.toml"


def opened_own(page):
    """The fields of an own file, in view."""
    page.locator(f"summary:has-text('{SUMMARY}')").click()
    return page.get_by_label("Path of a TOML file"), page.get_by_label("Or from your computer (.toml)")


def test_skills_take_a_path_or_a_file_and_refuse_others(served, visitors, picture):
    server, folder, centre = served
    page = visitors(server, f"/skills?scenario={folder / 'queue.toml'}")
    page.get_by_role("img", name="7 operators").wait_for()
    path, upload = opened_own(page)
    for text, said in (("/etc/passwd", "must lie inside results"), (str(folder / "no"), "is not there")):
        path.fill(text)
        path.press("Enter")
        page.get_by_role("alert").filter(has_text=said).wait_for()
        assert path.input_value() == text, "what was typed stays, to be mended"
    path.fill(str(centre))
    path.press("Enter")
    page.get_by_role("status").filter(has_text="centre.toml is chosen.").wait_for()
    page.get_by_role("radio", name="Tiny").wait_for()
    page.get_by_role("img", name="29 operators").wait_for()
    picture(page, "own-skills")
    upload.set_input_files(MINE)
    page.wait_for_function("() => location.search.includes('scenario=mine.toml')")
    page.get_by_role("img", name="7 operators").wait_for()


def test_what_was_handed_in_can_be_chosen_on_every_page_of_the_session_alone(served, visitors):
    server, folder, _ = served
    page = visitors(server, "/scenarios")
    opened_own(page)[1].set_input_files(MINE)
    page.locator(".words:has-text('Seven at the telephone')").wait_for()
    for title, field in PAGES.items():
        page.get_by_role("link", name=title, exact=True).click()
        page.locator(f"h1:text-is('{title}')").wait_for()
        own = page.get_by_label(field, exact=True).locator("optgroup[label='Your own'] option")
        own.filter(has_text="mine.toml").first.wait_for(state="attached")
        assert {"mine.toml", str(folder / "queue.toml")} <= set(own.all_inner_texts()), title
    other = visitors(server, "/compare?a=mine.toml")
    other.get_by_role("alert").filter(has_text="hand it in again").wait_for()
    assert other.get_by_role("button", name="Compare", exact=True).is_disabled()


@pytest.mark.parametrize("page_of", ["compare?b", "lifecycle?b", *(f"{name}?scenario" for name in ONE)])
def test_no_page_opens_a_scenario_elsewhere(served, visitors, page_of):
    page = visitors(served[0], f"/{page_of}=/etc/passwd.toml")
    page.get_by_role("alert").filter(has_text="must lie inside results or the folder of this server").wait_for()
    assert "Traceback" not in page.inner_text("body")


def test_a_file_is_played_on_the_floor(served, visitors):
    server, folder, _ = served
    page = visitors(server, f"/floor?scenario={folder / 'queue.toml'}")
    page.wait_for_function("() => document.querySelector('[data-test=floor]') && (window.__draws || 0) > 0")
    assert page.get_by_text("0 to 6", exact=True).count() == 1
