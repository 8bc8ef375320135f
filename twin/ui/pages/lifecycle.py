"""Customers over months: moves between clusters, arrivals, leavers, value; one scenario, or two side by side."""

import solara

from twin.ui.language import use_words
from twin.ui.page import Page
from twin.ui.parts.address import use_address
from twin.ui.parts.fields import Button, Choice, NumberField, Select
from twin.ui.parts.html import Box, Card, EmptyState, Heading
from twin.ui.parts.jobs import Job, JobPanel, use_job

MOST_SEED = 10**9


@solara.component
def LifeCycle():
    """The form on the left; on the right the run and what it shows."""
    say = use_words("lifecycle")
    job = use_job("lifecycle")
    with Box("page"):
        Heading(say("title"), say("lead"))
        with Box("side"):
            Form(job)
            with Box("stack"):
                if job.view.state not in ("idle", "done"):
                    with Card():
                        JobPanel(job, say)
                if job.view.result is not None:
                    Shown(job.view.result, job.view.seconds)
                elif job.view.state == "idle":
                    EmptyState(say("nothing"), say("nothing_note"))


@solara.component
def Form(job: Job):
    """Scenarios, size, months, seed; what is chosen stands in the address."""
    from twin.ui.work.lifecycle import MOST_MONTHS, Request, live_months, with_customers
    from twin.ui.work.scenarios import common_sizes

    say = use_words("lifecycle")
    given, put = use_address()
    known = solara.use_memo(with_customers, [])
    first = given.get("a", "187-as-is")
    second = given.get("b", "187-to-be")
    second = "" if second == "none" else second
    sizes = solara.use_memo(lambda: common_sizes(first, second or first), [first, second])
    size = given.get("size", "tiny")
    size = size if size in sizes else sizes[0] if sizes else ""
    months, seed = _whole(given.get("months", ""), 3, MOST_MONTHS), _whole(given.get("seed", ""), 1, MOST_SEED)

    def start() -> None:
        names = (first, second) if second and second != first else (first,)
        job.start(live_months, Request(names, size, months, seed))

    with Card(say("setup")), Box("stack"):
        Select(say("first"), first, lambda name: put(a=name), {name: name for name in known})
        others = {"none": say("nobody"), **{name: name for name in known}}
        Select(say("second"), second or "none", lambda name: put(b=name), others, say("second_note"))
        if sizes:
            texts = {name: say(f"size_{name}") if say.has(f"size_{name}") else name for name in sizes}
            Choice(say("size"), size, lambda name: put(size=name), texts)
        NumberField(say("months"), months, lambda n: put(months=int(n)), say("months_unit"), 1, MOST_MONTHS,
                    note=say("months_note"))  # fmt: skip
        NumberField(say("seed"), seed, lambda n: put(seed=int(n)), least=1, most=MOST_SEED)
        Button(say("run_again" if job.view.result is not None else "run"), start, "primary",
               disabled=job.view.is_running)  # fmt: skip


@solara.component
def Shown(sides, seconds):
    """What has become of the customers."""
    from twin.ui.pages.lifecycle_views import Views

    Views(sides, seconds)


def _whole(text: str, default: int, most: int) -> int:
    """A whole number from 1; the default for anything else."""
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text[:12]) <= most else default


PAGE = Page("lifecycle", "title", LifeCycle, order=30)
