"""The page Skills: the map of a scenario, then its gaps."""


def test_map_is_shown_and_gaps_are_found(opened, picture):
    page = opened("/skills?scenario=187-as-is&size=tiny")
    page.get_by_role("heading", name="Skill map").wait_for()
    page.get_by_role("img", name="29 operators").wait_for()
    page.get_by_label("Rows").select_option(label="Teams of post-sales")
    page.get_by_role("img", name="12 operators").wait_for()
    page.get_by_label("Counted days for the gaps").fill("1")
    page.get_by_label("Counted days for the gaps").press("Enter")
    page.get_by_role("button", name="Find the gaps").click()
    page.get_by_role("heading", name="Gaps", exact=True).wait_for()
    table = page.locator("section:has(> h2:text-is('Gaps')) tbody").last
    assert table.locator("tr").count() == 17  # the skills that matters of the 187 take
    page.wait_for_timeout(500)
    picture(page, "skills")
    page.reload()  # what was asked for stands in the address
    page.get_by_role("heading", name="Skill map").wait_for()
    assert page.get_by_label("Counted days for the gaps").input_value() == "1"
