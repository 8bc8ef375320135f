"""What the pages say, in the reader's language: one TOML file of words per page, the same keys in both languages."""

import string
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from twin.ui.parts.numbers import Numbers

FOLDER = Path(__file__).parent / "words"
ENGLISH, ITALIAN = "en", "it"
LANGUAGES = (ENGLISH, ITALIAN)
COMMON = "common"


@cache
def words_of(page: str) -> dict[str, dict[str, str]]:
    """All words of a page by language and key."""
    with (FOLDER / f"{page}.toml").open("rb") as file:
        return tomllib.load(file)


class _Plurals(string.Formatter):
    """What `str.format` does, and ``{n} {n:day|days}``: the first word after "1", the second after any other number."""

    def format_field(self, value: Any, format_spec: str) -> str:
        one, bar, other = format_spec.partition("|")
        if bar:
            return one if str(value) == "1" else other
        return str(super().format_field(value, format_spec))


_FORMATTER = _Plurals()


@dataclass(frozen=True)
class Words:
    """`say("key", n=3)`: the sentence of a page in one language; a page's own words go before the common ones."""

    page: str
    language: str

    def __call__(self, key: str, **values: object) -> str:
        own = words_of(self.page)[self.language]
        text = own[key] if key in own else words_of(COMMON)[self.language][key]
        said = _FORMATTER.format(text, **values) if values else text
        return said.replace("p.p..", "p.p.")  # the last word of a sentence has its full stop already

    def count(self, key: str, n: int, **values: object) -> str:
        """The words of `key_one` or `key_other`, with {n} written as the language does."""
        return self(f"{key}_one" if n == 1 else f"{key}_other", n=self.numbers.number(n), **values)

    def has(self, key: str) -> bool:
        return key in words_of(self.page)[self.language] or key in words_of(COMMON)[self.language]

    @property
    def numbers(self) -> Numbers:
        """How this language writes numbers, euro, durations and dates."""
        return Numbers(self.language)


def preferred(accepted: str) -> str:
    """The language that a browser likes best, from its Accept-Language header: "it-IT,it;q=0.9,en;q=0.8"."""
    found = []
    for position, part in enumerate(accepted.split(",")):
        name, _, quality = part.strip().partition(";q=")
        try:
            found.append((-float(quality or 1), position, name[:2].lower()))
        except ValueError:
            continue
    return next((name for _, _, name in sorted(found) if name in LANGUAGES), ENGLISH)
