"""The reader's language: chosen here, remembered by a cookie, at first what the browser prefers."""

import solara
from solara.lab.utils.cookies import cookies
from solara.lab.utils.headers import headers

from twin.ui.words import LANGUAGES, Words, preferred

COOKIE = "twin-language"
_chosen: solara.Reactive[str] = solara.reactive("")  # Solara keeps one per session


def use_language() -> str:
    """The language of this session."""
    if _chosen.value in LANGUAGES:
        return _chosen.value
    kept = (cookies.value or {}).get(COOKIE, "")
    if kept in LANGUAGES:
        return kept
    sent = {name.lower(): values for name, values in (headers.value or {}).items()}
    return preferred(",".join(sent.get("accept-language", [])))


def use_words(page: str) -> Words:
    """What a page says, in the language of this session."""
    return Words(page, use_language())


def choose(language: str) -> None:
    """From now on this session is in this language."""
    if language in LANGUAGES:
        _chosen.set(language)
