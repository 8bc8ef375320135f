"""Values to change in one scenario or in both: found by any words, with what they mean and stand at now."""

from typing import Any

import solara

from twin.errors import TwinError
from twin.ui.language import use_words
from twin.ui.parts.fields import Button, Choice, TextField
from twin.ui.parts.html import Box, ErrorSentence, tag
from twin.ui.parts.lists import Chips, Picks
from twin.ui.work.scenarios import Chosen

_ARMS = {"both": ("a", "b"), "a": ("a",), "b": ("b",)}


@solara.component
def Changes(asked: Any):
    """Search, value, arm; below, the changes made."""
    say = use_words("compare")
    key, set_key = solara.use_state("")
    names = {"both": say("change_arm_both"), "a": say("as_is"), "b": say("to_be")}
    made = asked.changes

    def drop(k: int) -> None:
        asked.put_changes([change for i, change in enumerate(made) if i != k])

    with Box("stack"):
        if made:
            Chips(say("change_chosen"), [f"{names[arm]}: {change}" for arm, change in made], drop)
        Search(asked, set_key)
        if key:
            NewValue(asked, key, set_key, names).key(key)


@solara.component
def Search(asked: Any, on_key: Any):
    """A value by any words of its key or meaning."""
    from twin.ui.work.keys import keys_of, search

    say = use_words("compare")
    text, set_text = solara.use_state("")
    a, b = asked.scenarios["a"], asked.scenarios["b"]

    def rows() -> list[Any]:
        if not text:
            return []
        try:
            of_a = {row.key: row for row in keys_of(a.file, a.serial)}
            return list(({row.key: row for row in keys_of(b.file, b.serial)} | of_a).values())
        except TwinError:
            return []

    known = solara.use_memo(rows, [a, b, bool(text)])
    found = search(known, text)
    status = (say.count("change_found", len(found)) if found else say("change_none")) if text else ""

    def pick(k: int) -> None:
        on_key(found[k].key)
        set_text("")

    TextField(say("change_search"), text, set_text, placeholder=say("change_hint"), is_search=True)
    if text:
        items = [(row.key, row.value, row.meaning) for row in found]
        if not found and "." in text:
            items = [(text.strip(), "", "")]
            Picks(say("change_list"), items, lambda _: (on_key(text.strip()), set_text("")), status)
        else:
            Picks(say("change_list"), items, pick, status)


def _row_of(scenario: Chosen, key: str) -> Any:
    """The value of one scenario; None if it does not state it, or cannot be read."""
    from twin.ui.work.keys import keys_of

    rows = () if scenario.mistake else keys_of(scenario.file, scenario.serial)
    return next((row for row in rows if row.key == key), None)


@solara.component
def NewValue(asked: Any, key: str, set_key: Any, names: dict[str, str]):
    """The chosen value: what it means and stands at, what it shall be, where."""
    from twin.scenario.load import load
    from twin.ui.work.scenarios import check_changes

    say = use_words("compare")
    arm, set_arm = solara.use_state("both")
    problem, set_problem = solara.use_state("")
    rows = [_row_of(asked.scenarios[side], key) for side in ("a", "b")]
    row = rows[0] or rows[1]
    value, set_value = solara.use_state(row.value if row else "")

    def add() -> None:
        change = f"{key}={value}"
        try:
            check_changes([change])
            for side in _ARMS[arm]:
                load(asked.scenarios[side].file, [change])
        except TwinError as error:
            set_problem(str(error).split("\n")[0])
            return
        asked.put_changes([*(c for c in asked.changes if c[1].partition("=")[0] != key or c[0] != arm), (arm, change)])
        set_key("")

    with Box("stack tight"):
        tag("code", key)
        if row is not None:
            now = [r.value if r else "–" for r in rows]
            same = now[0] == now[1]
            stands = say("change_now", value=now[0]) if same else say("change_in", a=now[0], b=now[1])
            said = [row.meaning, stands, *([f"{row.origin.mark}, {row.origin.source}"] if row.origin.source else [])]
            for line in filter(None, said):
                tag("p", line, class_="note")
        TextField(say("change_value"), value, set_value)
        Choice(say("change_arm"), arm, set_arm, names)
        ErrorSentence(problem)
        Button(say("change_add"), add)
