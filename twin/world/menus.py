"""Menus of a scenario as the kernel's rows: trees, entries, and the types of who waits where he does not belong."""

from typing import Any

import numpy as np

from twin.kernel.codes import LegKind
from twin.kernel.rule_tables import CHOICE, ENTRY, LEG, MENU_RULE, TREE
from twin.scenario.legs_schema import LegShares
from twin.scenario.menu_checks import entries_of
from twin.scenario.menu_schema import Menu, Tree
from twin.scenario.schema import Scenario
from twin.world.channel_choice import self_care_entries
from twin.world.legs import LineOf, legs_after_transfer
from twin.world.type_rows import TypeRows


def add_menus(found: Any, type_of: np.ndarray, legs: np.ndarray, line_of: LineOf) -> tuple[np.ndarray, dict, dict]:
    """Add the types of who waits elsewhere, and their legs.

    Returns
    -------
    legs : LEG
    tables : dict
        Tables of the world that only menus need.
    origins : dict
        Type of who waits elsewhere -> the type that his matter would have had.
    """
    menu = found.scenario.menu
    tables = {
        "menu_rule": np.zeros(1, MENU_RULE),
        "trees": np.zeros(1, TREE),
        "tree_of": np.zeros((1, 1), np.int32),
        "choices": np.zeros(1, CHOICE),
        "reroutes": np.full((1, 1), -1, np.int32),
        "entries": _entries(found.scenario, found.laws),
    }
    origins: dict[int, int] = {}
    if menu is not None:
        tables |= _trees(found.scenario, found.names, menu)
        elsewhere = _Elsewhere(found, menu, legs.tolist() if found.scenario.legs else [], line_of)
        tables["reroutes"] = elsewhere.reroutes(type_of)
        origins = elsewhere.origins
        if elsewhere.legs:
            legs = np.array(elsewhere.legs, LEG).view(np.recarray)
    views = {name: table if table.dtype.names is None else table.view(np.recarray) for name, table in tables.items()}
    return legs, views, origins


def _entries(scenario: Scenario, laws: Any) -> np.ndarray:
    """Of each intent: what is left unsettled by menu or self care, and how it comes back."""
    rows = np.zeros(len(scenario.intents), ENTRY)
    rows["fallback"], rows["session_law"] = -1, 0
    ivr, menu = scenario.ivr, scenario.menu
    by_entry = {} if menu is None else menu.false_containment
    for row, (name, intent) in zip(rows, scenario.intents.items(), strict=True):
        if ivr is not None and ivr.false_delay is not None:
            row["false_share"] = by_entry.get(intent.group or name, ivr.false_containment)
            row["false_law"] = laws.row(ivr.false_delay)
    self_care_entries(scenario, list(scenario.intents), laws, rows)
    return rows


def _trees(scenario: Scenario, names: Any, menu: Menu) -> dict[str, np.ndarray]:
    """The menu of all, then each tree: how long, how often wrong, which entries in which place."""
    rule = np.zeros(1, MENU_RULE)
    rule["recognised"], rule["mis_first"] = menu.recognised, menu.mis_selection_first
    rule["entry_time"] = menu.entry_time
    everybody = [Tree(order=menu.order, shares=menu.shares), *menu.trees]
    trees = np.zeros(len(everybody), TREE)
    trees["navigation"] = [tree.navigation_factor for tree in everybody]
    shares = [menu.mis_selection if tree.mis_selection is None else tree.mis_selection for tree in everybody]
    trees["mis_share"] = shares
    tree_of = np.zeros((len(names.clusters), len(names.segments)), np.int32)
    for number, tree in enumerate(menu.trees, 1):
        rows = [c for c, name in enumerate(names.clusters) if tree.clusters is None or name in tree.clusters]
        columns = [s for s, name in enumerate(names.segments) if tree.segments is None or name in tree.segments]
        tree_of[np.ix_(rows, columns)] = number
    entries = entries_of(scenario)
    choices = np.zeros((len(everybody), len(scenario.intents)), CHOICE)
    for row, tree in zip(choices, everybody, strict=True):
        weights = tree.shares or menu.shares or dict.fromkeys(entries, 1.0)
        places = [*(tree.order or menu.order), *entries]
        for choice, (name, intent) in zip(row, scenario.intents.items(), strict=True):
            entry = intent.group or name
            if intent.channel != "phone":
                choice["entry"] = -1
                continue
            choice["entry"] = entries.index(entry)
            choice["weight"] = weights.get(entry, 0.0) * (intent.share if intent.group else 1.0)
            choice["position"] = list(dict.fromkeys(places)).index(entry)
    return {"menu_rule": rule, "trees": trees, "tree_of": tree_of, "choices": choices.ravel()}


class _Elsewhere(TypeRows):
    """Types of those who wait where another entry, or another cluster, would wait; each made once."""

    def __init__(self, found: Any, menu: Menu, legs: list[tuple], line_of: LineOf):
        super().__init__(found)
        self.menu, self.legs, self.line_of = menu, legs, line_of
        self.made: dict[tuple[int, int, bool], int] = {}
        self.after_transfer: dict[int, int] = {}
        self.origins: dict[int, int] = {}

    def reroutes(self, type_of: np.ndarray) -> np.ndarray:
        """(intent, cluster, segment, condition; chosen intent, recognised or not): type, -1 = as it is."""
        names, unknown = self.found.names, self.menu.unrecognised
        n = len(names.intents)
        table = np.full((type_of.size, 2 * n), -1, np.int32)
        is_choice = [intent.channel == "phone" for intent in self.found.scenario.intents.values()]
        for place, own in enumerate(type_of.ravel().tolist()):
            intent, cluster, segment, condition = np.unravel_index(place, type_of.shape)
            if own < 0 or not is_choice[intent]:
                continue
            as_cluster = cluster if unknown.cluster is None else names.clusters.index(unknown.cluster)
            as_segment = segment if unknown.segment is None else names.segments.index(unknown.segment)
            for chosen in np.flatnonzero(is_choice).tolist():
                is_wrong = chosen != intent
                if is_wrong:
                    table[place, chosen] = self.type_at(own, int(type_of[chosen, cluster, segment, condition]), True)
                other = int(type_of[chosen, as_cluster, as_segment, 0])
                table[place, n + chosen] = self.type_at(own, other, is_wrong)
        return table

    def type_at(self, own: int, other: int, is_wrong: bool) -> int:
        """The type of a matter of type `own` that waits where those of type `other` do."""
        if other < 0:
            return -1
        line, own_line = self._get(other, "line"), self._get(own, "line")
        key = (own, line, is_wrong)
        if line == own_line:
            return own
        if key not in self.made:
            shares = self.menu.transfer if is_wrong else self.menu.unrecognised.transfer
            row = self.made[key] = self._copy(own, line=line)
            self.origins[row] = own
            self._hand_on(row, own, shares)
        return self.made[key]

    def _hand_on(self, row: int, own: int, shares: LegShares) -> None:
        """The leg from where the customer waits to where the matter belongs, before the legs that the matter has."""
        first, n = self._get(own, "first_leg"), self._get(own, "n_legs")
        own_legs = self.legs[first : first + n]
        if not any(shares.model_dump().values()):
            return
        if own not in self.after_transfer:
            fcr = min(max(self._get(own, "fcr") + self.menu.fcr_change, 0.0), 1.0)
            self.after_transfer[own] = self._copy(own, fcr=fcr, first_leg=0, n_legs=0)
            legs_after_transfer(self.found, self.line_of, self.legs, self.after_transfer[own])
        seek = self.after_transfer[own]
        leg: tuple = (int(LegKind.TRANSFER), row, seek, row, shares.primary, shares.secondary, shares.none)
        leg += (self.menu.found_after, -1, -1, -1, 0.0, False, False, False, False)
        self._set(row, first_leg=len(self.legs), n_legs=1 + len(own_legs))
        self.legs += [leg, *own_legs]


def menu_options(scenario: Scenario, options: Any) -> None:
    """Which of these rules the scenario uses."""
    options.has_menus = scenario.menu is not None
    options.has_web = any(intent.channel == "web" for intent in scenario.intents.values())
