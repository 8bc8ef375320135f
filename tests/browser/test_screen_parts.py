"""The shared parts, on a page of their own: fields, jobs, charts."""

import re


def test_charts_are_drawn_and_each_has_its_table(gallery, picture):
    gallery.wait_for_function("() => (window.__draws || 0) >= 6")
    charts = gallery.locator("figure.chart-part")
    assert charts.count() == 6
    for k in range(6):
        chart = charts.nth(k)
        assert chart.locator("svg path").count() >= 3
        assert len(chart.get_by_role("img").first.get_attribute("aria-label")) > 15
        chart.get_by_role("button", name="Show as table").click()
        assert chart.locator("tbody tr").count() >= 2
    assert charts.nth(2).locator("tbody tr").first.inner_text().split("\t") == ["Basic", "−2.0\u00a0% ± 1.0\u00a0%"]
    picture(gallery, "gallery")


def test_a_legend_of_several_lines_pushes_its_chart_down(gallery):
    gallery.wait_for_function("() => (window.__draws || 0) >= 6")
    top = "() => document.querySelector('.chart-part').__vue__.chart.getOption().grid[0].top"
    wide = gallery.evaluate(top)
    gallery.evaluate("document.querySelector('.chart-part').style.width = '110px'")
    gallery.wait_for_function(f"() => ({top})() >= {wide + 20}")
    gallery.evaluate("document.querySelector('.chart-part').style.width = ''")
    gallery.wait_for_function(f"() => ({top})() === {wide}")


def test_charts_write_thousands_as_tables_do(gallery):
    """1.500 in Italian: left alone, browsers group five figures and more only."""
    gallery.wait_for_function("() => (window.__draws || 0) >= 6")
    chart = "document.querySelector('.chart-part').__vue__"
    assert gallery.evaluate(f"({chart}.locale = 'it-IT', {chart}.writer({{}})(1500))") == "1.500"


def test_the_name_of_an_axis_is_not_cut(gallery):
    gallery.wait_for_function("() => (window.__draws || 0) >= 6")
    bottoms = """() => {
        const chart = document.querySelector(".chart")
        const name = [...chart.querySelectorAll("text")].find(text => text.textContent === "hour")
        return name && [name, chart].map(part => part.getBoundingClientRect().bottom)
    }"""
    gallery.wait_for_function(bottoms)  # a chart that is drawn anew has no name for a moment
    name, chart = gallery.wait_for_function(bottoms).json_value()
    assert name <= chart


def test_number_field_reads_and_refuses(gallery):
    field = gallery.get_by_label("Days")
    field.fill("7.5")
    field.press("Enter")
    gallery.get_by_text("b tiny 7.5").wait_for()
    field.fill("400")
    field.press("Enter")
    gallery.get_by_text("a number from 1.0 to 365.0").wait_for()
    assert field.get_attribute("aria-invalid") == "true"
    assert gallery.get_by_text("b tiny 7.5").count() == 1


def test_notes_are_read_out_with_their_fields(opened):
    page = opened("/compare")
    size = page.get_by_role("group", name="Size of the centre")
    note = page.locator(f"#{size.get_attribute('aria-describedby')}")
    assert note.inner_text().startswith("Small centres")
    page.goto(page.url.replace("/compare", "/control"))
    follow = page.get_by_role("switch", name="Follow: look again whenever the report grows")
    follow.wait_for()
    assert page.locator(f"#{follow.get_attribute('aria-describedby')}").inner_text().startswith("For a file or folder")


def test_choices_reach_the_server(gallery):
    gallery.get_by_label("Scenario").select_option("a")
    gallery.get_by_role("radio", name="Reference").check()
    gallery.get_by_label("Common random numbers").click()
    gallery.get_by_text(re.compile("a reference .* False")).wait_for()


def test_job_tells_how_far_it_is_and_hands_over_its_result(gallery):
    gallery.get_by_role("button", name="Run 5", exact=True).click()
    gallery.get_by_role("progressbar", name="Counting").wait_for()
    said = gallery.locator("p.aside[role=status]")  # a region that is there before it speaks is read out
    assert (said.count(), said.inner_text()) == (1, "")
    gallery.get_by_text("counted to 5").wait_for()
    said.get_by_text("Finished; the results are on the page.").wait_for()
    assert gallery.get_by_role("progressbar").count() == 0


def test_job_is_cancelled_at_once(gallery):
    gallery.get_by_role("button", name="Run 500").click()
    gallery.locator(".progress-part .note:has-text('Show all')").wait_for()
    gallery.get_by_role("button", name="Cancel").click()
    gallery.get_by_text("Cancelled.").wait_for(timeout=5000)


def test_job_that_fails_says_one_sentence(gallery):
    gallery.get_by_role("button", name="Run 13").click()
    gallery.get_by_text("It failed: thirteen brings bad luck, try twelve").wait_for()


def test_file_is_read_whole_and_a_large_one_is_refused(gallery):
    field = gallery.get_by_label("A file")
    field.set_input_files({"name": "a b.toml", "mimeType": "text/plain", "buffer": b"x" * 1_500_000})
    gallery.get_by_text("a-b.toml: 1500000 bytes").wait_for()
    field.set_input_files({"name": "large.toml", "mimeType": "text/plain", "buffer": b"x" * 2_500_000})
    gallery.get_by_text("large.toml is larger than 2 MB.").wait_for()


def test_download_is_made_when_asked_for(gallery):
    with gallery.expect_download() as download:
        gallery.get_by_role("button", name="Download", exact=True).click()
    assert download.value.path().read_bytes() == b"hello"
    assert download.value.suggested_filename == "example.txt"
