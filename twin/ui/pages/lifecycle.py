"""Customers over months: moves between clusters, arrivals, leavers, value; one scenario, or two side by side."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import solara

from twin.ui.language import use_words
from twin.ui.page import Page
from twin.ui.parts.address import use_address
from twin.ui.parts.existing import About, Existing, number_of, use_existing
from twin.ui.parts.fields import Button, Choice, NumberField, Select
from twin.ui.parts.html import Box, Card, EmptyState, ErrorSentence, Heading
from twin.ui.parts.jobs import Job, JobDone, JobPanel, use_job
from twin.ui.parts.scenarios import OwnScenario, ScenarioSelect, use_chosen
from twin.ui.work.scenarios import Chosen, common_sizes

MOST_SEED = 10**9
NONE = "none"
"""In place of a second scenario."""


@solara.component
def LifeCycle():
    """The form on the left; on the right the run and what it shows."""
    say = use_words("lifecycle")
    asked, kept, problem, again = use_existing()
    with Box("page"):
        Heading(say("title"), say("lead"))
        if asked:
            Opened(kept, problem, again)
        else:
            Afresh(problem, again)


@solara.component
def Afresh(problem: str, again: Callable[[], None]):
    """Scenarios that are run now."""
    say = use_words("lifecycle")
    job = use_job("lifecycle")
    asked = use_asked()
    with Box("side"):
        with Box("stack"):
            with Card(say("open_title")):
                Existing(problem, again)
            Form(job, asked)
            JobDone(job)
        with Box("stack"):
            if job.view.state not in ("idle", "done"):
                Progress(job)
            if job.view.result is not None:
                Shown(job.view.result, job.view.seconds, is_other=asked.request() != job.view.asked)
            elif job.view.state == "idle":
                EmptyState(say("nothing"), say("nothing_note"))


@solara.component
def Opened(kept: Any, problem: str, again: Callable[[], None]):
    """A run that is there already: read from its tables, or lived again."""
    from twin.ui.parts.work import within_memory
    from twin.ui.work.stored_lives import MOST_MEMORY, open_lives

    say = use_words("lifecycle")
    job = use_job("lives")
    given, put = use_address()
    names = kept.scenarios if kept is not None else ()
    side = number_of(given, "side", 2, 2, max(len(names), 2)) - 1
    replication = number_of(given, "rep", 1, 1, kept.replications if kept is not None else 1) - 1
    wanted = (given.get("open", ""), side, replication)
    lives = job.view.result
    is_shown = lives is not None and (lives.place, lives.side, lives.replication) == wanted

    def read() -> None:
        if kept is not None and not is_shown:
            job.start(within_memory, MOST_MEMORY, open_lives, *wanted)

    def read_again() -> None:
        again()
        if kept is not None:
            job.start(within_memory, MOST_MEMORY, open_lives, *wanted)

    solara.use_effect(read, [wanted, kept])
    with Box("side"):
        with Card(say("open_title")), Box("stack"):
            Existing(problem, read_again)
            if kept is not None:
                About(kept)
            if len(names) > 2:
                others = {str(place): name for place, name in enumerate(names, 1) if place > 1}
                Select(say("second"), str(side + 1), lambda place: put(side=place), others)
        with Box("stack"):
            if kept is not None and job.view.state not in ("idle", "done"):
                Progress(job)
            if is_shown:
                Shown(list(lives.sides), job.view.seconds, lives.how).key(str(wanted))


@solara.component
def Progress(job: Job):
    """How far it is, or what went wrong."""
    with Card():
        JobPanel(job, use_words("lifecycle"))


@dataclass(frozen=True)
class Asked:
    """What the address says, with defaults where it is silent."""

    a: Chosen
    b: Chosen
    """As the first where there is no second."""
    is_pair: bool
    size: str
    months: int
    seed: int

    @property
    def sizes(self) -> list[str]:
        """That both scenarios offer."""
        return common_sizes(self.a, self.b)

    def request(self) -> Any:
        """What would be run now."""
        from twin.ui.work.lifecycle import Request

        names = (self.a.file, self.b.file) if self.b.file != self.a.file else (self.a.file,)
        size = self.size if self.size in self.sizes else next(iter(self.sizes), "")
        return Request(names, size, self.months, self.seed)


def use_asked() -> Asked:
    """Scenarios, size, months, seed."""
    from twin.ui.work.lifecycle import MOST_MONTHS

    given, _ = use_address()
    first, second = given.get("a", "187-as-is"), given.get("b", "187-to-be")
    is_pair = second != NONE
    months, seed = number_of(given, "months", 3, 1, MOST_MONTHS), number_of(given, "seed", 1, 0, MOST_SEED)
    a, b = use_chosen(first), use_chosen(second if is_pair else first)
    return Asked(a, b, is_pair, given.get("size", "tiny"), months, seed)


@solara.component
def Form(job: Job, asked: Asked):
    """Scenarios, size, months, seed; what is chosen stands in the address."""
    from twin.ui.work.lifecycle import MOST_MONTHS, live_months, with_customers

    say = use_words("lifecycle")
    _, put = use_address()
    known = solara.use_memo(with_customers, [])
    a, b, second = asked.a, asked.b, asked.b.name if asked.is_pair else ""
    sizes, request = asked.sizes, asked.request()

    def start() -> None:
        job.start(live_months, request)

    with Card(say("setup")), Box("stack"):
        ScenarioSelect(say("first"), a.name, lambda name: put(a=name), library=known)
        ErrorSentence(a.mistake)
        nobody = {"value": NONE, "text": say("nobody")}
        ScenarioSelect(say("second"), second or NONE, lambda name: put(b=name), say("second_note"), known, (nobody,))
        ErrorSentence(b.mistake if second else "")
        OwnScenario(lambda side, name: put(**{side: name}), {"a": say("first"), "b": say("second")})
        if sizes:
            texts = {name: say(f"size_{name}") if say.has(f"size_{name}") else name for name in sizes}
            Choice(say("size"), request.size, lambda name: put(size=name), texts)
        NumberField(say("months"), asked.months, lambda n: put(months=int(n)), say("months_unit"), 1, MOST_MONTHS,
                    note=say("months_note"))  # fmt: skip
        NumberField(say("seed"), asked.seed, lambda n: put(seed=int(n)), least=0, most=MOST_SEED)
        Button(say("run_again" if job.view.result is not None else "run"), start, "primary",
               disabled=job.view.is_running or bool(a.mistake or b.mistake))  # fmt: skip


@solara.component
def Shown(sides, seconds, how="", is_other=False):
    """What has become of the customers; `is_other`: the form asks for something else by now."""
    from twin.ui.pages.lifecycle_views import Views

    Views(sides, seconds, how, is_other)


PAGE = Page("lifecycle", "title", LifeCycle, order=30)
