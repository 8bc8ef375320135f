"""Plain HTML elements: what has no behaviour needs no widget library."""

from collections.abc import Sequence
from typing import Any

import ipyvuetify as v
import solara

MOST_SAID = 2000
"""Characters."""


def tag(name: str, *children: Any, class_: str = "", **attributes: Any) -> solara.Element:
    """An HTML element: ``tag("p", "text", class_="note", aria_live="polite")``; _ in attribute names becomes -."""
    return v.Html.element(
        tag=name,
        class_=class_,
        children=list(children),
        attributes={key.rstrip("_").replace("_", "-"): value for key, value in attributes.items() if value is not None},
    )


@solara.component
def Box(class_: str = "", name: str = "div", children: Sequence[Any] = (), attributes: dict[str, Any] | None = None):
    """An HTML element as a container: ``with Box("flow"): ...``."""
    return v.Html.element(tag=name, class_=class_, children=list(children), attributes=attributes or {})


@solara.component
def Card(title: str = "", note: str = "", children: Sequence[Any] = (), class_: str = ""):
    """A titled part of a page."""
    head = [tag("h2", title, class_="card-title")] if title else []
    head += [tag("p", note, class_="note")] if note else []
    return tag("section", *head, *children, class_=f"card {class_}", aria_label=title or None)


@solara.component
def EmptyState(title: str, text: str = "", children: Sequence[Any] = ()):
    """What stands where there is nothing yet: what this place is for, and what to do."""
    parts = [tag("p", title, class_="empty-title")] + ([tag("p", text, class_="note")] if text else [])
    return tag("div", *parts, *children, class_="empty")


@solara.component
def ErrorSentence(text: str, lead: str = "", language: str = "en"):
    """What went wrong, in one sentence; read out at once. Names out of a file may be as long as the file.

    The library's sentences are English, and say so to who hears the page; `lead` is in the reader's language.
    """
    if not text:
        return tag("span", style="display:none")
    shown = text if len(text) <= MOST_SAID else f"{text[:MOST_SAID]} ..."
    return tag("p", *([f"{lead}: "] if lead else []), tag("span", shown, lang=language), class_="problem", role="alert")


@solara.component
def Facts(facts: Sequence[tuple[str, str]]):
    """Names and values side by side: a small key-value list."""
    pairs = [tag("div", tag("dt", name), tag("dd", value)) for name, value in facts]
    return tag("dl", *pairs, class_="facts")


@solara.component
def Heading(title: str, lead: str = ""):
    """The head of a page: its only h1, and what the page is for."""
    parts = [tag("h1", title, class_="page-title")] + ([tag("p", lead, class_="lead")] if lead else [])
    return tag("div", *parts, class_="page-head")
