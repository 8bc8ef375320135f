"""Short lists: things found to pick from, things chosen to take away again."""

from collections.abc import Callable, Sequence
from typing import Any

import solara

from twin.ui.language import use_words


@solara.component_vue("picks.vue")
def _Picks(label: str, items: list[dict[str, str]], status: str, event_pick: Any) -> None: ...


@solara.component_vue("chips.vue")
def _Chips(label: str, items: list[str], can_remove: bool, remove_word: str, event_drop: Any) -> None: ...


@solara.component
def Picks(
    label: str, items: Sequence[tuple[str, str, str]], on_pick: Callable[[int], Any], status: str = ""
):  # fmt: skip
    """What a search has found (title, value, note), each to be picked; `status` is read out when it changes."""
    listed = [{"title": title, "aside": aside, "note": note} for title, aside, note in items]
    return _Picks(label=label, items=listed, status=status, event_pick=on_pick)


@solara.component
def Chips(label: str, items: Sequence[str], on_drop: Callable[[int], Any] | None = None):
    """Chosen things side by side, each with a button that takes it away."""
    say = use_words("common")
    return _Chips(
        label=label, items=list(items), can_remove=on_drop is not None, remove_word=say("remove"),
        event_drop=on_drop or (lambda _: None),
    )  # fmt: skip
