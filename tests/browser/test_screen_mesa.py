"""Mesa's own view: a model for each user, steps and reset, no request outside."""

import re


def steps(page):
    return int(re.search(r"Step: (\d+)", page.locator("body").inner_text())[1])


def test_each_user_steps_a_model_of_his_own(opened, picture):
    ready = "button:has-text('Step')"
    first, second = opened("/mesa", ready=ready), opened("/mesa", ready=ready)
    first.locator("img").nth(1).wait_for()
    start = steps(first)
    first.get_by_role("button", name="Step").click()
    first.wait_for_function(f"() => document.body.innerText.includes('Step: {start + 1}')")
    picture(first, "mesa")
    assert steps(second) == start
    first.get_by_role("button", name="Reset").click()
    first.wait_for_function(f"() => document.body.innerText.includes('Step: {start}')")
