"""Which intent and queue of a scenario a row of history is of: by key, by title, or as `twin init` has named them."""

from collections.abc import Mapping

import pandas as pd

from calibration.history.first_numbers import key_of
from twin.scenario.schema import Scenario


class Names:
    """The scenario's names as reports may write them: capitals and signs do not matter."""

    def __init__(self, scenario: Scenario):
        self.scenario = scenario
        self.intents = _by_key({name: intent.title for name, intent in scenario.intents.items()})
        self.queues = _by_key({name: queue.title for name, queue in scenario.queues.items()})

    def queue(self, text: str) -> str | None:
        """The queue of this key or title."""
        return self.queues.get(_plain(text)) if text else None

    def intent(self, queue: str, kind: str) -> str | None:
        """The intent of the type, of queue and type together, or the only one that goes to the queue."""
        if kind:
            return self.intents.get(_plain(kind)) or self.intents.get(_plain(queue, kind))
        if queue and _plain(queue) in self.intents:
            return self.intents[_plain(queue)]
        place = self.queue(queue)
        going = [
            name for name in self.scenario.intents if place is not None and place in queues_of(self.scenario, name)
        ]
        return going[0] if len(going) == 1 else None


def in_names(table: pd.DataFrame, scenario: Scenario) -> tuple[pd.DataFrame, set[str]]:
    """Rows with `type` and `queue` called as the scenario does where it has them; and the names of which it has none.

    A row without a type keeps none where several intents go to its queue.
    """
    names = Names(scenario)
    pairs = [(str(queue), str(kind)) for queue, kind in zip(table["queue"], table["type"], strict=True)]
    intents = {pair: names.intent(*pair) for pair in dict.fromkeys(pairs)}
    queues = {queue: names.queue(queue) for queue, _ in intents}
    unknown = {
        kind or queue
        for (queue, kind), intent in intents.items()
        if intent is None and (kind or queue) and not (not kind and queues[queue])
    }
    told = table.assign(
        type=[intents[pair] or pair[1] for pair in pairs], queue=[queues[queue] or queue for queue, _ in pairs]
    )
    return told, unknown


def queues_of(scenario: Scenario, intent: str) -> set[str]:
    """Queues that contacts of an intent may go to; the last route that fits wins."""
    found: set[str] = set()
    for route in scenario.routes:
        if route.intents is None or intent in route.intents:
            is_for_all = route.clusters is None and route.segments is None and route.condition is None
            found = {route.queue} if is_for_all else found | {route.queue}
    return found


def _plain(*parts: str) -> str:
    """The key that `twin init` makes of it; the text itself where it has no letters of a key."""
    text = "-".join(part for part in parts if part).casefold()
    return key_of([text]) if any(char.isascii() and char.isalnum() for char in text) else text


def _by_key(titles: Mapping[str, str]) -> dict[str, str]:
    """Name by the key of its title, of its own where both say something else."""
    found = {_plain(title): name for name, title in titles.items() if title}
    return found | {_plain(name): name for name in titles}
