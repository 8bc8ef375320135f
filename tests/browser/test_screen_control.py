"""The page Control room: a day to try, a report that grows, cancel, reload, Italian, files that are no reports."""

import os

import pytest

FEW = "members=10&without=lend,overflow,outbound"
NONE = "members=10&without=lend,breaks,overflow,outbound"
HEADS = "Date;Start;Offered;Answered;Abandoned\n"


def rows(first, last):
    """Half hours of a Monday in `control-room`."""
    return "".join(f"04/03/2013;{h:02d}:{m:02d};80;75;5\n" for h in range(first, last) for m in (0, 30))


@pytest.fixture(scope="module")
def reports(tmp_path_factory, start_server):
    """A server whose results hold a report of today."""
    folder = tmp_path_factory.mktemp("kept")
    return start_server(TWIN_RESULTS=str(folder)), folder


def test_a_day_to_try_is_followed_compared_and_taken_along(opened, picture):
    page = opened(f"/control?{FEW}")
    page.locator(".empty").wait_for()
    picture(page, "control-empty")
    page.locator(".empty").get_by_role("button", name="A day to try").click()
    page.locator("#stands").wait_for()
    stands = page.locator("#stands").inner_text()
    assert "known until 13:00: a simulated day of control-room, not a real one" in stands
    believed = page.locator("#believed").inner_text()
    assert "Contacts of the day" in believed
    assert "of those planned, as the waits tell" in believed
    assert "What the twin was not told: contacts are" in page.locator("#main").inner_text()
    page.wait_for_function("() => (window.__draws || 0) >= 6")
    picture(page, "control")
    wait = page.locator("figure:has(figcaption:text-is('Mean wait'))")
    wait.get_by_role("button", name="Show as table").click()
    assert wait.locator("thead").inner_text().split("\t")[:2] == ["From", "Recorded"]
    assert wait.locator("tbody tr").count() >= 20
    actions = page.locator("section:has(> h2:text-is('What could be done'))")
    table = actions.locator(".table-part tbody")
    assert "Put breaks off while calls wait" in table.inner_text()
    assert "Doing nothing" in table.inner_text()
    page.get_by_role("radio", name="Mean wait").check()
    actions.locator("figcaption:has-text('Mean wait: change from doing nothing')").wait_for()
    assert "kpi=mean_wait" in page.url
    with page.expect_download() as told:
        page.get_by_role("button", name="This forecast (CSV)").click()
    lines = told.value.path().read_text("utf-8").splitlines()
    assert lines[0] == "from,kpi,recorded,mean,q05,q25,median,q75,q95"
    assert lines[1].startswith("08:00,")
    with page.expect_download() as stored:
        page.get_by_role("button", name="All stored forecasts (zip)").click()
    assert stored.value.suggested_filename == "tracked.zip"
    page.reload()
    page.get_by_label("Known until").wait_for()
    assert page.get_by_label("Known until").input_value() == "13:00"


def test_a_report_that_grows_is_followed_also_after_a_reload(reports, visitors, picture):
    server, folder = reports
    path = folder / "today.csv"
    path.write_text(HEADS + rows(8, 10))
    page = visitors(server, f"/control?{NONE}")
    page.get_by_label("Histories found").select_option(str(path))
    page.get_by_label("Follow: look again").check()
    page.locator("#stands:has-text('Monday 4 Mar 2013, known until 10:00: today.csv.')").wait_for()
    path.write_text(HEADS + rows(8, 11))
    page.locator("#stands:has-text('known until 11:00')").wait_for()
    assert "Last update" in page.locator("#updated").inner_text()
    assert "last looked at" in page.locator("#following").inner_text()
    picture(page, "control-followed")
    page.reload()
    page.locator("#stands:has-text('known until 11:00')").wait_for()
    page.get_by_label("Follow: look again").uncheck()
    page.locator("#following").wait_for(state="detached")
    assert "follow" not in page.url


def test_a_look_can_be_cancelled(opened):
    page = opened("/control?day=try&members=200&clock=12:00")
    page.get_by_role("button", name="Look at the day").click()
    page.get_by_role("progressbar", name="Run").wait_for()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Cancelled.").wait_for()
    assert page.get_by_role("button", name="Look at the day").is_enabled()


def test_a_day_reads_as_italians_write_on_a_narrow_page(opened, picture):
    page = opened(f"/control?day=try&clock=12:00&{FEW}", language="it-IT", width=390, height=844)
    page.get_by_role("button", name="Guarda la giornata").click()
    page.locator("#stands").wait_for()
    assert "nota fino alle 12:00: una giornata simulata di control-room" in page.locator("#stands").inner_text()
    page.wait_for_function("() => (window.__draws || 0) >= 6")
    table = page.locator("section:has(> h2:text-is('Che cosa si può fare')) .table-part tbody")
    assert "Rinviare le pause finché attendono chiamate" in table.inner_text()
    assert "p.p." in table.inner_text()
    assert "qui non è possibile, non ci sono campagne" in page.locator("#main").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    picture(page, "control-narrow-it")


def test_files_and_scenarios_that_will_not_do_are_one_sentence(reports, visitors):
    server, folder = reports
    outside = os.path.join(str(folder), "..", "elsewhere.csv")
    page = visitors(server, "/control")
    page.get_by_label("Or the path of a file or folder").fill(outside)
    page.get_by_label("Or the path of a file or folder").press("Enter")
    page.get_by_role("alert").wait_for()
    assert "must lie inside results or the folder of this server" in page.get_by_role("alert").inner_text()
    upload = page.get_by_label("Or a report from your computer")
    upload.set_input_files({"name": "x.csv", "mimeType": "text/csv", "buffer": b"aa,bb\n1,2\n"})
    page.wait_for_function("() => location.search.includes('file=x.csv')")
    page.get_by_role("button", name="Look at the day").click()
    failed = page.locator(".problem:has-text('It failed')")
    failed.wait_for()
    assert "headings do not tell what it is" in failed.inner_text()
    assert "Traceback" not in page.locator("#main").inner_text()
    page.get_by_label("Scenario", exact=True).select_option("187-to-be-proactive")
    refused = page.locator(".problem:has-text('proactive')")
    refused.wait_for()
    assert "no day of it can be followed" in refused.inner_text()
    assert page.get_by_role("button", name="Look at the day").is_disabled()


def test_a_report_that_tells_intents_apart_shows_a_level_for_each(reports, visitors, picture):
    """Orders at 1.4 of the usual from 8:00 to 11:00; in Italian, a report that holds orders alone."""
    server, folder = reports
    heads = HEADS.replace("Offered", "Queue;Offered")
    lines = [f"04/03/2013;{h:02d}:{m:02d};{{}};{{}};{{}};0\n" for h in range(8, 11) for m in (0, 30)]
    orders, technical = (
        "".join(line.format(queue, n, n) for line in lines) for queue, n in (("orders", 91), ("technical", 18))
    )
    (folder / "queues.csv").write_text(heads + orders + technical)
    (folder / "orders.csv").write_text(heads + orders)
    page = visitors(server, f"/control?{NONE}")
    page.get_by_label("Histories found").select_option(str(folder / "queues.csv"))
    page.get_by_role("button", name="Look at the day").click()
    page.locator("#stands").wait_for()
    believed = page.locator("#believed").inner_text()
    assert "By intent, of those of an ordinary such day:" in believed
    tiles = (one.split() for one in page.locator("#believed .kpi").all_inner_texts())
    levels = {words[0]: words[1].rstrip("%") for words in tiles}
    assert int(levels["order"]) > int(levels["technical"]) + 15
    picture(page, "control-intents")
    page = visitors(server, f"/control?{NONE}", language="it-IT")
    page.get_by_label("Storici trovati").select_option(str(folder / "orders.csv"))
    page.get_by_role("button", name="Guarda la giornata").click()
    page.locator("#stands").wait_for()
    assert (
        "Il report non contiene contatti di technical: il livello è quello degli altri."
        in page.locator("#main").inner_text()
    )
    assert "Per motivo" not in page.locator("#believed").inner_text()
