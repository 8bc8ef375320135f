"""Stored studies: how KPIs answer to the factors, from results of any size."""

import solara

from twin.errors import InputError
from twin.ui.language import use_words
from twin.ui.page import Page
from twin.ui.parts.address import use_address
from twin.ui.parts.fields import Button, Select, TextField
from twin.ui.parts.html import Box, Card, EmptyState, ErrorSentence, Facts, Heading, tag
from twin.ui.parts.jobs import JobPanel, use_job

EXAMPLE = """title = "Operators and patience"
scenario = "erlang-a"
days = 1
replications = 10
seed = 1
method = "grid"

[factors."groups.operators.count"]
range = [10, 18]
levels = 5
whole = true

[factors."patience.mean"]
range = ["1 min", "9 min"]
levels = 5"""


@solara.component
def Sweeps():
    """Which study on the left, what it says on the right."""
    from twin.ui.work.studies import found_studies, open_study

    say = use_words("sweeps")
    job = use_job("sweeps")
    given, put = use_address()
    asked = given.get("study", "")
    look, set_look = solara.use_state(0)
    listed = solara.use_memo(found_studies, [look, asked])
    shown = job.view.result
    problem = solara.use_memo(lambda: _problem(asked), [asked])

    def read() -> None:
        if asked and not problem and (shown is None or shown.folder != asked):
            job.start(open_study, asked)

    def choose(text: str) -> None:
        put(study=text.strip() or None, kpi=None, x=None, y=None, of=None)

    def again() -> None:
        set_look(look + 1)
        if asked and not problem:
            job.start(open_study, asked)

    solara.use_effect(read, [asked])
    is_shown = bool(asked) and not problem and shown is not None and shown.folder == asked
    with Box("page"):
        Heading(say("title"), say("lead"))
        with Box("side"):
            with Card(say("study")), Box("stack"):
                known = {"": say("choose"), **{name: name for name in listed}}
                if asked and asked not in known:
                    known[asked] = asked
                if listed:
                    Select(say("found"), asked, choose, known, say.count("found_note", len(listed)))
                TextField(say("folder") if listed else say("folder_alone"), asked, choose, note=say("folder_note"))
                ErrorSentence(problem)
                Button(say("again"), again)
                if is_shown:
                    About(shown)
            with Box("stack"):
                if asked and not problem and job.view.state not in ("idle", "done"):
                    with Card():
                        JobPanel(job, say)
                if is_shown:
                    Shown(shown).key(shown.folder)
                elif not asked or problem:
                    Nothing()


@solara.component
def Shown(data):
    """What the study says."""
    from twin.ui.pages.sweeps_views import Views

    Views(data)


@solara.component
def About(data):
    """What the study is."""
    say = use_words("sweeps")
    done = len(data.runs)
    facts = [
        (say("scenario"), data.scenario),
        (say("method"), say(data.method) if say.has(data.method) else data.method),
        (say("points"), say.numbers.number(len(data.points))),
        (say("replications"), say.numbers.number(data.replications)),
        (say("days"), say.numbers.number(data.days)),
        (say("runs"), say("runs_of", done=say.numbers.number(done), all=say.numbers.number(data.n_all))),
    ]
    if data.title:
        tag("p", data.title)
    Facts(facts)


@solara.component
def Nothing():
    """How to make a study."""
    say = use_words("sweeps")
    with EmptyState(say("nothing"), say("nothing_note")):
        tag(
            "pre",
            tag("code", EXAMPLE),
            class_="scroll listing",
            tabindex="0",
            role="region",
            aria_label="staffing.toml",
        )
        tag("p", say("nothing_run"), class_="note")
        tag("pre", tag("code", "twin sweep staffing.toml"), class_="scroll listing")


def _problem(text: str) -> str:
    """Why a folder cannot be opened, in one sentence; "" if it may be tried."""
    from twin.ui.work.studies import allowed

    try:
        if text:
            allowed(text)
    except InputError as error:
        return str(error)
    return ""


PAGE = Page("sweeps", "title", Sweeps, order=60)
