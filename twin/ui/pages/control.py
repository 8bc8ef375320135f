"""Control room: the day so far, what the twin believes of it, the rest of the day, what actions would change."""

import threading
import time
from pathlib import Path
from typing import Any

import solara
from solara.server import kernel_context

from twin.ui.language import use_words
from twin.ui.page import Page
from twin.ui.pages.control_centre import Centre, use_centre
from twin.ui.pages.control_form import TRY, Asked, Form, use_asked
from twin.ui.parts.fields import Button
from twin.ui.parts.html import Box, Card, EmptyState, Heading, tag
from twin.ui.parts.jobs import Job, JobDone, JobPanel, use_job

LOOK_EVERY = 2.0
"""Time [s] between two looks at a history that is followed."""

shown: solara.Reactive[Any] = solara.reactive(None)
"""The last look of the session: it stays in view while the next one is under way."""


@solara.component
def Control():
    """The form on the left; on the right what was found last, and how the next look gets on."""
    from twin.ui.work.scenarios import found_scenarios

    say = use_words("control")
    job = use_job("control")
    known = solara.use_memo(found_scenarios, [])
    asked = use_asked(known)
    centre = use_centre(asked.chosen, asked.text("size"))
    begun: Any = solara.use_ref(())

    def begin(given: Asked = asked) -> None:
        from twin.ui.work.control import look

        begun.current = given.print_of_history()
        job.start(look, given.request())

    def keep() -> None:
        if job.view.result is not None:
            shown.set(job.view.result)

    solara.use_effect(keep, [id(job.view.result)])
    with Box("page"):
        Heading(say("title"), say("lead"))
        JobDone(job)
        with Box("side"):
            Form(asked, centre, job, begin)
            with Box("stack"):
                if asked.is_followed and centre.is_fine:
                    Follow(asked, job, begin, begun)
                if job.view.state not in ("idle", "done"):
                    with Card():
                        JobPanel(job, say)
                if shown.value is not None:
                    Shown(shown.value)
                elif not job.view.is_running:
                    Nothing(asked, centre, begin)


@solara.component
def Nothing(asked: Asked, centre: Centre, begin: Any):
    """What the page is for, and a day to try for who has no history at hand."""
    say = use_words("control")

    def try_one() -> None:
        clock = asked.text("clock") or centre.clocks[len(centre.clocks) // 2]
        asked.put(day=TRY, clock=clock)
        begin(asked.with_changes(day=TRY, clock=clock))

    with EmptyState(say("nothing"), say("nothing_note")):
        with Box("flow middle centred"):
            Button(say("a_day"), try_one, disabled=not centre.is_fine)
        tag("p", say("a_day_note"), class_="note")


@solara.component
def Follow(asked: Asked, job: Job, begin: Any, begun: Any):
    """Looks at the file in a thread of its own as long as it is there, and says so."""
    say = use_words("control")
    latest: Any = solara.use_ref(None)
    latest.current = (asked, begin)
    seen, set_seen = solara.use_state(0.0)

    def watch() -> Any:
        from twin.ui.work.days import Watch

        over = threading.Event()
        watched = Watch(asked.print_of_history)

        def work() -> None:
            while not over.is_set():
                is_free = not job.view.is_running
                if watched.changed(begun.current) and is_free:
                    now, start = latest.current
                    start(now)
                set_seen(time.time())
                over.wait(LOOK_EVERY)

        if kernel_context.has_current_context():
            kernel_context.get_current_context().on_close(over.set)
        threading.Thread(target=work, name="follow", daemon=True).start()
        return over.set

    solara.use_effect(watch, [asked.history])
    clock = time.strftime("%H:%M:%S", time.localtime(seen)) if seen else "–"
    tag("p", say("following", name=Path(asked.history_name).name, clock=clock), class_="note", id="following")


@solara.component
def Shown(found: Any):
    """See `twin.ui.pages.control_result`, which brings pandas."""
    from twin.ui.pages.control_result import Result

    Result(found)


PAGE = Page("control", "title", Control, order=15)
