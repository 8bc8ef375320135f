"""The library of scenarios, and those of the reader, each to be read in words."""

import solara

from twin.errors import TwinError
from twin.ui.language import use_words
from twin.ui.page import Page
from twin.ui.parts.address import use_address
from twin.ui.parts.html import Box, Card, EmptyState, ErrorSentence, Heading, tag
from twin.ui.parts.scenarios import OwnScenario, handed_in, use_chosen
from twin.ui.parts.table import Table, TableData
from twin.ui.words import ENGLISH
from twin.ui.work.scenarios import found_scenarios


@solara.component
def Scenarios():
    """A table of the library, and the words of the chosen scenario beside it."""
    from twin.scenario.files import library_entries

    say = use_words("scenarios")
    given, put = use_address()
    entries = solara.use_memo(lambda: list(library_entries()), [])
    chosen = given.get("scenario", "")
    own = solara.use_memo(found_scenarios, [chosen])
    rows = [*([name, say("own")] for name in dict.fromkeys([*handed_in.value, *own])),
            *([entry.name, entry.title] for entry in entries)]  # fmt: skip
    names = [name for name, _ in rows]
    with Box("page"):
        Heading(say("title"), say("lead"))
        with Box("grid-2 read-beside"):
            with Card(), Box("stack"):
                OwnScenario(lambda _, name: put(scenario=name))
                Table(
                    TableData([say("name"), say("what")], rows), say("library"), "scenarios.csv",
                    on_pick=lambda k: put(scenario=names[k]), picked=names.index(chosen) if chosen in names else -1,
                )  # fmt: skip
            with Card(chosen, say("in_english") if chosen and say.language != ENGLISH else "", class_="reading"):
                if chosen:
                    Explanation(chosen)
                else:
                    EmptyState(say("choose"), say("choose_note"))


@solara.component
def Explanation(name: str):
    """What `twin show` says; the sentences are made in English from the file."""
    from twin.scenario.explain import explain_lines
    from twin.scenario.load import load

    scenario = use_chosen(name)

    def read() -> tuple[list[str], str]:
        try:
            return (explain_lines(load(scenario.file)) if scenario.file else []), scenario.problem
        except TwinError as error:
            return [], str(error)

    lines, error = solara.use_memo(read, [scenario])
    ErrorSentence(error)
    title = lines[0].partition(": ")[2] if scenario.is_own and lines else ""  # that of the library stands in the table
    parts = [tag("p", title, class_="verdict")] if title else []
    parts += [tag("p", line) if line.startswith(" ") else tag("h3", line) for line in lines[1:] if line]
    tag("div", *parts, class_="words", lang="en")


PAGE = Page("scenarios", "title", Scenarios, order=90)
