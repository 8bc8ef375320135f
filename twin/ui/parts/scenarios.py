"""Choosing a scenario, on every page alike: of the library, found in the server's folders, by its path, handed in."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import solara

from twin.errors import TwinError
from twin.ui.language import use_words
from twin.ui.parts.fields import Choice, Option, Select, TextField, Upload
from twin.ui.parts.html import Box, ErrorSentence, tag
from twin.ui.parts.jobs import session_folder
from twin.ui.work.scenarios import MOST_BYTES, SUFFIX, Chosen, chosen, found_scenarios, keep_upload, place_of

handed_in: solara.Reactive[dict[str, str]] = solara.reactive({})
"""Scenarios that the session has handed in: name, path. Solara keeps one per session."""


def use_chosen(name: str) -> Chosen:
    """What a name stands for; looked at again when the file is another, or was changed."""
    known = handed_in.value
    return solara.use_memo(lambda: chosen(name, known), [name, place_of(name, known)])


@solara.component
def ScenarioSelect(
    label: str, name: str, on_name: Callable[[str], None], note: str = "", library: Sequence[str] | None = None,
    others: Sequence[Option] = (),
):  # fmt: skip
    """The reader's own first, then the library (or these of it); `others` stand before both."""
    from twin.scenario.files import library_entries

    say = use_words("choosing")
    entries = solara.use_memo(lambda: list(library_entries()), [])
    found = solara.use_memo(found_scenarios, [name, handed_in.value])
    listed: list[Option] = [
        {"value": e.name, "text": f"{e.name}: {e.title}" if e.title else e.name}
        for e in entries
        if library is None or e.name in library
    ]
    known = {option["value"] for option in [*listed, *others]}
    names = dict.fromkeys([*handed_in.value, *found, *([] if name in known else [name])])
    own = [{"value": one, "text": one} for one in names]
    groups = [{"text": say("library"), "options": listed}]
    Select(label, name, on_name, [*others, *([{"text": say("own"), "options": own}] if own else []), *groups], note)


@solara.component
def OwnScenario(on_name: Callable[[str, str], None], sides: dict[str, str] | None = None):
    """A file by its path, or handed in: it is chosen at once. `sides`: what it may be chosen as, the last at first."""
    say = use_words("choosing")
    problem, set_problem = solara.use_state("")
    taken, set_taken = solara.use_state("")
    typed, set_typed = solara.use_state("")
    side, set_side = solara.use_state(list(sides)[-1] if sides else "")

    def choose(name: str) -> None:
        set_problem("")
        set_taken(name)
        set_typed("")
        on_name(side, name)

    def take(name: str, content: bytes) -> None:
        try:
            path = keep_upload(name, content, Path(tempfile.mkdtemp(prefix="scenario-", dir=session_folder())))
        except TwinError as error:
            set_taken("")
            set_problem(str(error))
        else:
            handed_in.set({**handed_in.value, path.name: str(path)})
            choose(path.name)

    def follow(text: str) -> None:
        name = text.strip()
        set_typed(name)
        if not name:
            return
        found = chosen(name if name.endswith(SUFFIX) else f"{name}{SUFFIX}", handed_in.value)
        if found.mistake:
            set_taken("")
            set_problem(found.mistake)
        else:
            choose(found.name)

    with Box("stack tight"):
        with Box("more", "details"):
            tag("summary", say("own_file"))
            with Box("stack inside-more"):
                if sides:
                    Choice(say("own_as"), side, set_side, sides)
                TextField(say("own_path"), typed, follow, note=say("own_path_note"), placeholder="scenarios/own.toml")
                Upload(say("own_upload"), take, SUFFIX, MOST_BYTES, say("own_upload_note"))
        ErrorSentence(problem)
        if taken and not problem:
            tag("p", say("own_taken", name=taken), class_="note", role="status")
