"""The top bar: product, pages, language. Also what only a browser knows to do: its page's language, skip link."""

from typing import Any

import solara


@solara.component_vue("shell.vue")
def Navigation(
    links: list[dict[str, Any]],
    here: str,
    language: str,
    languages: list[dict[str, str]],
    say: dict[str, str],
    event_go: Any,
    event_choose: Any,
) -> None:
    """Real links, so that they open in a new tab, too; a plain click stays in the session."""
