"""The page Life cycle: a month of tiny customers is lived, and looked at from all sides."""


def test_customers_live_a_month_and_a_month_is_chosen(opened, picture):
    page = opened("/lifecycle?b=none&months=1&size=tiny")
    page.get_by_role("button", name="Run the months", exact=True).click()
    page.locator("#lived").wait_for()
    assert "187-as-is: from" in page.locator("#lived").inner_text()
    page.wait_for_function("() => (window.__draws || 0) >= 5")
    flows = page.locator("section:has(> h2:text-is('Moves between clusters'))")
    assert "moves, Mar 2013" in flows.locator("figcaption").inner_text()
    picture(page, "lifecycle")
    flows.get_by_label("Month").select_option("2013-02")
    flows.locator("figcaption:has-text('4 days of warm-up')").wait_for()
    assert "month=2013-02" in page.url
    flows.get_by_role("button", name="Show as table").click()
    assert flows.locator("tbody tr").count() >= 5
    leavers = page.locator("section:has(> h2:text-is('Who leaves'))")
    assert leavers.locator(".table-part").first.locator("tbody tr").count() == 7  # clusters but Acquisizioni
    value = page.locator("section:has(> h2:text-is('Value by cluster'))")
    assert "At the end of the run only" in value.inner_text()
    stocks = page.locator("section:has(> h2:text-is('Customers by cluster'))")
    stocks.get_by_label("Cluster", exact=True).select_option("Nursery")
    stocks.locator("figcaption:has-text('Customers in Nursery')").wait_for()
    assert "The form has been changed" not in page.locator("#lived").inner_text()
    page.get_by_label("Months").fill("2")
    page.get_by_label("Months").press("Enter")
    page.locator("#lived").get_by_text("The form has been changed since").wait_for()


def test_scenario_without_customers_is_refused_in_italian_on_a_narrow_page(opened):
    page = opened("/lifecycle?a=erlang-a&b=none", language="it-IT", width=390)
    assert page.locator("h1:text-is('Ciclo di vita')").count() == 1
    page.get_by_role("button", name="Simula i mesi", exact=True).click()
    page.get_by_role("alert").wait_for()
    assert page.get_by_role("alert").inner_text().startswith("Non riuscito: ")
    assert "has no customers" in page.get_by_role("alert").locator("[lang=en]").inner_text()  # read out as English
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
