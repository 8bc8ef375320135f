"""Form fields and buttons: native elements with labels, so that keyboards and screen readers know them."""

import base64
import math
from collections.abc import Callable, Sequence
from typing import Any

import solara

from twin.ui.language import use_words

MEGABYTE = 1 << 20
Option = dict[str, Any]


@solara.component_vue("button.vue")
def _Button(text: str, kind: str, label: str, disabled: bool, event_click: Any) -> None: ...


@solara.component_vue("field_select.vue")
def _Select(label: str, value: str, on_value: Any, options: list[Option], note: str, disabled: bool) -> None: ...


@solara.component_vue("field_choice.vue")
def _Choice(label: str, value: str, on_value: Any, options: list[Option], note: str, disabled: bool) -> None: ...


@solara.component_vue("field_toggle.vue")
def _Toggle(label: str, value: bool, on_value: Any, note: str, disabled: bool) -> None: ...


@solara.component_vue("field_text.vue")
def _Entry(
    label: str, value: Any, on_value: Any, unit: str, note: str, problem: str, placeholder: str, disabled: bool,
    is_number: bool, is_search: bool, may_be_empty: bool, locale: str, digits: int, least: float, most: float,
    rule: str,
) -> None: ...  # fmt: skip


@solara.component_vue("download.vue")
def _Download(
    text: str, filename: str, mime: str, content: Any, serial: int, disabled: bool, event_ask: Any
) -> None: ...


@solara.component_vue("upload.vue")
def _Upload(
    label: str, accept: str, limit: int, note: str, disabled: bool, say: dict[str, str], event_chunk: Any
) -> None: ...


def options_of(texts: dict[str, str]) -> list[Option]:
    """Values and what the reader sees of them."""
    return [{"value": value, "text": text} for value, text in texts.items()]


@solara.component
def Button(text: str, on_click: Callable[[], Any], kind: str = "", disabled: bool = False, label: str = ""):
    """`kind`: "primary" (one per page), "quiet", or "danger"; `label` if the text says too little when read out."""
    return _Button(text=text, kind=kind, label=label, disabled=disabled, event_click=lambda _=None: on_click())


@solara.component
def Select(
    label: str, value: str, on_value: Callable[[str], Any], options: dict[str, str] | Sequence[Option], note: str = "",
    disabled: bool = False,
):  # fmt: skip
    """One of many. Options are value: text, or a list of {value, text} and groups {text, options}."""
    listed = options_of(options) if isinstance(options, dict) else list(options)
    return _Select(label=label, value=value, on_value=on_value, options=listed, note=note, disabled=disabled)


@solara.component
def Choice(
    label: str, value: str, on_value: Callable[[str], Any], options: dict[str, str], note: str = "",
    disabled: bool = False,
):  # fmt: skip
    """One of a few, all in view."""
    return _Choice(
        label=label, value=value, on_value=on_value, options=options_of(options), note=note, disabled=disabled
    )


@solara.component
def Toggle(label: str, value: bool, on_value: Callable[[bool], Any], note: str = "", disabled: bool = False):
    """On or off."""
    return _Toggle(label=label, value=value, on_value=on_value, note=note, disabled=disabled)


@solara.component
def NumberField(
    label: str, value: float | None, on_value: Callable[[Any], Any], unit: str = "", least: float = -math.inf,
    most: float = math.inf, digits: int = 0, note: str = "", problem: str = "", disabled: bool = False,
    may_be_empty: bool = False,
):  # fmt: skip
    """A number as the reader's language writes it; out of range it is refused where it is typed."""
    say = use_words("common")
    numbers = say.numbers
    rule = say("a_number" if digits else "a_whole_number")
    if math.isfinite(least) and math.isfinite(most):
        rule += " " + say("from_to", least=numbers.number(least, digits), most=numbers.number(most, digits))
    elif math.isfinite(least):
        rule += " " + say("at_least", least=numbers.number(least, digits))
    ends = (max(least, -1e300), min(most, 1e300))  # JSON has no infinity
    return _Entry(
        label=label, value=value, on_value=on_value, unit=unit, note=note, problem=problem, placeholder="",
        disabled=disabled, is_number=True, is_search=False, may_be_empty=may_be_empty, locale=numbers.tag,
        digits=digits, least=ends[0], most=ends[1], rule=rule,
    )  # fmt: skip


@solara.component
def TextField(
    label: str, value: str, on_value: Callable[[str], Any], unit: str = "", note: str = "", problem: str = "",
    placeholder: str = "", disabled: bool = False, is_search: bool = False,
):  # fmt: skip
    """A line of text; as a search it tells each letter, else what stands when the reader leaves it."""
    return _Entry(
        label=label, value=value, on_value=on_value, unit=unit, note=note, problem=problem, placeholder=placeholder,
        disabled=disabled, is_number=False, is_search=is_search, may_be_empty=True, locale="en-GB", digits=0,
        least=0, most=0, rule="",
    )  # fmt: skip


@solara.component
def Download(text: str, filename: str, make: Callable[[], bytes], mime: str = "application/octet-stream"):
    """A button that makes a file when it is pressed, and hands it to the browser."""
    content, set_content = solara.use_state((0, b""))

    def ask(_: Any = None) -> None:
        set_content((content[0] + 1, make()))

    return _Download(
        text=text, filename=filename, mime=mime, content=content[1], serial=content[0], disabled=False, event_ask=ask
    )


@solara.component
def Upload(
    label: str, on_file: Callable[[str, bytes], Any], accept: str = "", limit: int = MEGABYTE, note: str = "",
    disabled: bool = False,
):  # fmt: skip
    """A file of the reader, in memory, never larger than `limit` bytes; its name is only a name, never a path."""
    say = use_words("common")
    parts: list[bytes] = solara.use_memo(list, [])

    def take(chunk: dict[str, Any]) -> None:
        if chunk["first"]:
            parts.clear()
        parts.append(base64.b64decode(chunk["content"]))
        if sum(map(len, parts)) > limit:
            parts.clear()
        elif chunk["last"]:
            on_file(plain_name(str(chunk["name"])), b"".join(parts))
            parts.clear()

    words = {key: say(key) for key in ("choose_file", "drop_file", "too_large", "reading_file")}
    return _Upload(label=label, accept=accept, limit=limit, note=note, disabled=disabled, say=words, event_chunk=take)


def plain_name(name: str) -> str:
    """The last part of a file's name, letters, digits, dots and dashes only."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c if c.isalnum() or c in "._-" else "-" for c in last).lstrip(".-")
    return kept[-80:] or "file"
