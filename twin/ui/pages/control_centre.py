"""The centre that is chosen on the page Control room: read beside the page, and what it can do."""

from dataclasses import dataclass
from typing import Any

from solara.lab import use_task

from twin.errors import TwinError
from twin.ui.words import Words
from twin.ui.work.scenarios import Chosen

SHORTENED, MOST_NAMES = "and_more", 3
"""Key of the words for a list that is cut, and how long one may be."""


@dataclass(frozen=True)
class Centre:
    """What is known of it by now."""

    read: Any = None
    """A `twin.ui.work.control.Centre`; None while it is being read."""
    problem: str = ""
    """Why it cannot be read."""

    @property
    def is_fine(self) -> bool:
        return self.read is not None and not self.read.problem

    @property
    def sizes(self) -> tuple[str, ...]:
        return self.read.sizes if self.read is not None else ()

    @property
    def own_size(self) -> str:
        return self.read.own_size if self.read is not None else ""

    @property
    def is_in_between(self) -> bool:
        return self.read is not None and self.read.is_in_between

    @property
    def is_proactive(self) -> bool:
        return self.read is not None and bool(self.read.is_proactive)

    @property
    def clocks(self) -> list[str]:
        """Half hours of the opening, as times until which a day to try may be known."""
        if not self.is_fine:
            return []
        from twin.ui.work.control import half_hours

        return half_hours(self.read.opens, self.read.closes)

    def sentence(self, proactive: str) -> str:
        """Why no day of it can be followed; "" if one can, or nobody knows yet. One reason has the reader's words."""
        if self.read is None or not self.read.problem:
            return self.problem
        return proactive if self.is_proactive else self.read.problem

    def reason(self, kind: str) -> str:
        """Why an action is not possible here, in English; "" if it is, or nobody knows yet."""
        if not self.is_fine or kind in self.read.possible:
            return ""
        return str(self.read.refused.get(kind, ""))

    def reason_in_words(self, say: Words, kind: str) -> str:
        """The same in the reader's language."""
        return in_words(say, self.reason(kind))


def use_centre(scenario: Chosen, size: str) -> Centre:
    """The centre of a scenario, read in a thread of its own."""
    name, problem = scenario.file, scenario.problem

    def read() -> tuple[Any, str]:
        from twin.ui.work.control import read_centre

        try:
            return (read_centre(name, size) if name else None), ""
        except TwinError as error:
            return None, str(error)

    task = use_task(read, dependencies=[name, scenario.serial, size], prefer_threaded=True)
    if problem or task.pending or task.value is None:
        return Centre(problem=problem)
    found, why = task.value
    return Centre(found) if _is_of(found, name, size) else Centre(problem=why)


def _is_of(read: Any, name: str, size: str) -> bool:
    return read is not None and (read.scenario, read.size) == (name, size)


def in_words(say: Words, text: str) -> str:
    """What `calibration.track.actions` says, in the reader's language; as it stands if it says something new."""
    from twin.ui.work.control import phrase

    key, values = phrase(text)
    if not key:
        return text
    if "groups" in values:
        names = values["groups"].split(", ")
        if len(names) > MOST_NAMES:
            values["groups"] = say(SHORTENED, names=", ".join(names[:2]), n=say.numbers.number(len(names) - 2))
    return say(key, **values)
