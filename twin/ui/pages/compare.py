"""Compare two caring models: choose, change, run, see who wins and who pays."""

import solara

from twin.ui.language import use_words
from twin.ui.page import Page
from twin.ui.pages.compare_form import Form, request_of, use_request
from twin.ui.parts.html import Box, Card, EmptyState, Heading
from twin.ui.parts.jobs import JobDone, JobPanel, use_job


@solara.component
def Compare():
    """The form on the left; on the right the run and what it shows."""
    say = use_words("compare")
    job = use_job("compare")
    asked = use_request()
    with Box("page"):
        Heading(say("title"), say("lead"))
        JobDone(job)
        with Box("side"):
            Form(asked, job)
            with Box("stack", attributes={"aria-live": "off"}):
                if job.view.state != "idle":
                    with Card():
                        JobPanel(job, say)
                        if not job.view.is_running and job.view.result is not None:
                            Outcome(job, request_of(asked) != job.view.asked)
                Shown(job)


@solara.component
def Outcome(job, is_other):
    """In short, above everything else; `is_other`: the form asks for something else by now."""
    from twin.ui.pages.compare_result import InShort

    InShort(job.view.result.comparison, job.view.seconds, is_other)


@solara.component
def Shown(job):
    """What is known by now."""
    from twin.ui.pages.compare_result import FirstLook, Result

    say = use_words("compare")
    view = job.view
    if view.result is not None:
        Result(view.result)
    elif view.partial is not None and view.is_running:
        FirstLook(view.partial)
    elif view.state == "idle":
        EmptyState(say("nothing"), say("nothing_note"))


PAGE = Page("compare", "title", Compare, order=10)
