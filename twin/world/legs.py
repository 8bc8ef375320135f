"""Legs of a scenario as rows of the kernel: each adds types of contacts that wait for, and talk to, a further operator.

What a leg makes of a type is a type again, of the same cell: the same tally, but another line, need and FCR.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from twin.kernel.codes import LegKind
from twin.kernel.rule_tables import LEG
from twin.scenario.legs_schema import HANDS_ON, Leg
from twin.scenario.routing_schema import Priority, Route
from twin.world.laws import mean_time
from twin.world.type_rows import TypeRows

LineOf = Callable[[Any, Route, Priority, int, str], int]


class _Legs(TypeRows):
    """Types and legs as they are found; `found` is what ``routes.py`` collects."""

    def __init__(self, found: Any, line_of: LineOf):
        super().__init__(found)
        self.line_of = line_of
        self.rows: list[tuple] = []

    def add(self, row: int, tier: int, was_transferred: bool) -> None:
        """The legs of one type, and those that these lead to. A tier hands on once, but may escalate afterwards."""
        intent = self.found.names.types[row][0]
        legs = [
            leg
            for leg in self.found.scenario.legs
            if leg.tier == tier
            and (leg.intents is None or intent in leg.intents)
            and not (was_transferred and leg.kind != "escalation")
        ]
        first = len(self.rows)
        self._set(row, first_leg=first, n_legs=len(legs), tier=tier)
        self.rows.extend([()] * len(legs))  # those of one type stand side by side
        for number, leg in enumerate(legs, first):
            following = self._type(row, leg)
            self._set(following, tier=tier)
            back = row
            if leg.kind == "consultation":
                back = self._copy(row, fcr=_fcr(leg, self._get(row, "fcr")))
            self.rows[number] = self._leg(leg, row, following, back)
            if leg.kind in HANDS_ON:
                is_escalation = leg.kind == "escalation"
                self.add(following, tier + is_escalation, not is_escalation)

    def _type(self, row: int, leg: Leg) -> int:
        """The type of a contact of type `row` on its way to, and with, the further operator."""
        found = self.found
        intent, _, queue = found.names.types[row]
        _, origin = found.line_rules[self._get(row, "line")]
        changes = {"points": origin.points + leg.points, "rank": origin.rank if leg.rank is None else leg.rank}
        route = Route.model_validate({"queue": leg.queue or queue, "skills": leg.skills})
        line = self.line_of(found, route, origin.model_copy(update=changes), -1, intent)
        meaning = found.scenario.intents[intent]
        wrap = leg.wrap or meaning.wrap
        if leg.kind == "consultation":
            found.line_times[line].append(mean_time(leg.briefing))
        else:
            talk = mean_time(leg.talk) if leg.talk is not None else mean_time(meaning.talk) * (1 - leg.part)
            found.line_times[line].append(talk + (mean_time(wrap) if wrap is not None else 0.0))
        need = found.names.skills.index(leg.skills[0])
        fcr = _fcr(leg, self._get(row, "fcr"))
        return self._copy(row, line=line, need=need, wrap_law=found.laws.row(wrap), fcr=fcr, first_leg=0, n_legs=0)

    def _leg(self, leg: Leg, row: int, following: int, back: int) -> tuple:
        law = self.found.laws.row
        share = leg.share
        return (
            (LegKind[leg.kind.upper()], row, following, back, share.primary, share.secondary, share.none)
            + (leg.part, law(leg.after), law(leg.talk), law(leg.briefing), leg.limit or 0.0)
            + (leg.stays, leg.unresolved, leg.patience == "keep", leg.age == "keep")
        )


def _fcr(leg: Leg, fcr: float) -> float:
    return min(max((fcr if leg.fcr is None else leg.fcr) + leg.fcr_effect, 0.0), 1.0)


def add_legs(found: Any, line_of: LineOf) -> np.ndarray:
    """Add the types that the legs lead to, and return the LEG table (one blank row if there are none)."""
    legs = _Legs(found, line_of)
    if found.scenario.legs:
        for row in range(len(found.types)):
            legs.add(row, 1, False)
    if not legs.rows:
        return np.zeros(1, LEG).view(np.recarray)
    return np.array(legs.rows, LEG).view(np.recarray)


def legs_after_transfer(found: Any, line_of: LineOf, rows: list[tuple], row: int) -> None:
    """Add to `rows` the legs that a contact of type `row` may take after it was handed on: escalations."""
    legs = _Legs(found, line_of)
    legs.rows = rows
    legs.add(row, 1, True)
