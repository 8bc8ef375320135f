"""Opening what is there already, on Floor and on Life cycle: which file or folder, and what it says of itself."""

import datetime
from collections.abc import Callable

import solara

from twin.errors import TwinError
from twin.ui.language import use_words
from twin.ui.parts.address import use_address
from twin.ui.parts.fields import Button, NumberField, Select, TextField
from twin.ui.parts.html import Box, ErrorSentence, tag
from twin.ui.words import Words
from twin.ui.work.opening import COMPARISON, SAVED, Kept, found_runs, look_at

KEYS = ("open", "side", "rep", "more")
"""Of the address."""


def use_existing() -> tuple[str, Kept | None, str, Callable[[], None]]:
    """What the address asks to open ("" = nothing), what it is, why it cannot be opened, and a look again."""
    given, _ = use_address()
    asked = given.get("open", "")
    look, set_look = solara.use_state(0)

    def read() -> tuple[Kept | None, str]:
        try:
            return (look_at(asked) if asked else None), ""
        except TwinError as error:
            return None, str(error)

    kept, problem = solara.use_memo(read, [asked, look])
    return asked, kept, problem, lambda: set_look(look + 1)


def number_of(given: dict[str, str], key: str, default: int, least: int, most: int) -> int:
    """A whole number of the address; the default for anything else."""
    text = given.get(key, "")
    return int(text) if text.isascii() and text.isdigit() and least <= int(text[:12]) <= most else default


@solara.component
def Existing(problem: str, again: Callable[[], None], class_: str = "stack"):
    """Start afresh, or choose what to open; what is chosen stands in the address."""
    say = use_words("opening")
    given, put = use_address()
    asked = given.get("open", "")
    look, set_look = solara.use_state(0)
    listed = solara.use_memo(found_runs, [look, asked])
    known = {"": say("afresh"), **{name: name for name in listed}}
    if asked:
        known.setdefault(asked, asked)

    def choose(text: str) -> None:
        put(**{**dict.fromkeys(KEYS), "open": text.strip() or None})

    def look_again() -> None:
        set_look(look + 1)
        again()

    with Box(class_):
        Select(say("which"), asked, choose, known, say.count("found", len(listed)) if listed else say("found_none"))
        with Box("more", "details"):
            tag("summary", say("not_listed"))
            with Box("stack inside-more"):
                TextField(say("path"), asked, choose, note=say("path_note"))
                with Box("flow"):
                    Button(say("look_again"), look_again, "quiet")
    ErrorSentence(problem)


@solara.component
def About(kept: Kept):
    """What it is, in a sentence; which of its runs, where there are several."""
    say = use_words("opening")
    given, put = use_address()
    with Box("stack tight"):
        tag("p", sentence(say, kept), class_="note", role="status", id="opened")
        if not kept.is_same_code:
            tag("p", say("other_code_saved" if kept.kind == SAVED else "other_code"), class_="note", role="status")
        if kept.replications > 1:
            place = number_of(given, "rep", 1, 1, kept.replications)
            NumberField(say("replication"), place, lambda n: put(rep=int(n)), least=1, most=kept.replications)


def sentence(say: Words, kept: Kept) -> str:
    """A saved run, a run, a comparison; of what, with which seed, over how many days."""
    said = {"seed": str(kept.seed), "days": say.count("days", kept.days)}
    if kept.kind == SAVED:
        return say("is_saved", name=kept.scenarios[0], at=_instant(say, kept.clock), **said)
    said["runs"] = say.count("runs", kept.replications)
    if kept.kind == COMPARISON:
        first, *others = kept.scenarios
        return say("is_comparison", first=first, others=", ".join(others), **said)
    return say("is_run", name=kept.scenarios[0], **said)


def _instant(say: Words, text: str) -> str:
    try:
        at = datetime.datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{say.numbers.date(at.date())}, {at:%H:%M}"
