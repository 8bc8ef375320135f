"""The library of scenarios, each to be read in words."""

import solara

from twin.errors import ScenarioError, TwinError
from twin.ui.language import use_words
from twin.ui.page import Page
from twin.ui.parts.address import use_address
from twin.ui.parts.html import Box, Card, EmptyState, ErrorSentence, Heading, tag
from twin.ui.parts.table import Table, TableData


@solara.component
def Scenarios():
    """A table of the library, and the words of the chosen scenario beside it."""
    from twin.scenario.files import library_entries

    say = use_words("scenarios")
    given, put = use_address()
    entries = solara.use_memo(lambda: list(library_entries()), [])
    names = [entry.name for entry in entries]
    chosen = given.get("scenario", "")
    with Box("page"):
        Heading(say("title"), say("lead"))
        with Box("grid-2"):
            with Card():
                Table(
                    TableData([say("name"), say("what")], [[entry.name, entry.title] for entry in entries]),
                    say("library"), "scenarios.csv", on_pick=lambda k: put(scenario=names[k]),
                    picked=names.index(chosen) if chosen in names else -1,
                )  # fmt: skip
            with Card(chosen):
                if chosen:
                    Explanation(chosen)
                else:
                    EmptyState(say("choose"), say("choose_note"))


@solara.component
def Explanation(name: str):
    """What `twin show` says; the sentences are made in English from the file."""
    from twin.scenario.explain import explain_lines
    from twin.scenario.files import library_names
    from twin.scenario.load import load

    def read() -> tuple[list[str], str]:
        try:
            if name not in library_names():
                raise ScenarioError(f"{name}: is not in the library")
            return explain_lines(load(name)), ""
        except TwinError as error:
            return [], str(error)

    lines, error = solara.use_memo(read, [name])
    ErrorSentence(error)
    parts = [tag("p", line) if line.startswith(" ") else tag("h3", line) for line in lines[1:] if line]
    tag("div", *parts, class_="words", lang="en")


PAGE = Page("scenarios", "title", Scenarios, order=90)
