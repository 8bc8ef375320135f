"""What must hold of menus: names, rules that they need, and rules that do not know them yet."""

from collections.abc import Iterable, Iterator

from twin.scenario.problems import TOLERANCE, key_problems, name_problems
from twin.scenario.provenance import Path, Problem
from twin.scenario.schema import Scenario


def entries_of(s: Scenario) -> list[str]:
    """Entries of the menu: groups of intents that come by telephone."""
    return list(dict.fromkeys(kind.group or name for name, kind in s.intents.items() if kind.channel == "phone"))


def menu_problems(s: Scenario) -> Iterator[Problem]:
    """All that is wrong."""
    menu = s.menu
    if menu is None:
        return
    if s.ivr is None:
        yield Problem(("menu",), "is given without ivr, must stand beside it")
    entries, segments = entries_of(s), list(dict.fromkeys(s.segments.values()))
    yield from _entries(("menu",), menu.order, menu.shares, entries)
    yield from key_problems(("menu", "false_containment"), menu.false_containment, "an entry", entries)
    yield from name_problems(("menu", "unrecognised", "cluster"), menu.unrecognised.cluster, s.clusters)
    yield from name_problems(("menu", "unrecognised", "segment"), menu.unrecognised.segment, segments)
    for number, tree in enumerate(menu.trees):
        at: Path = ("menu", "trees", number)
        for name in tree.clusters or []:
            yield from name_problems((*at, "clusters"), name, s.clusters)
        for name in tree.segments or []:
            yield from name_problems((*at, "segments"), name, segments)
        yield from _entries(at, tree.order, tree.shares, entries)
    if len(entries) < 2 and any(share > 0 for share in _mis_selections(s)):
        yield Problem(("menu", "mis_selection"), "is above 0, must be 0 in a menu of one entry")
    for other in _other_rules(s):
        yield Problem(("menu",), f"stands beside {other}, must be one or the other for now")


def _mis_selections(s: Scenario) -> Iterator[float]:
    assert s.menu is not None
    yield from (s.menu.mis_selection, s.menu.mis_selection_first)
    yield from (tree.mis_selection for tree in s.menu.trees if tree.mis_selection is not None)


def _entries(at: Path, order: list[str], shares: dict[str, float], entries: Iterable[str]) -> Iterator[Problem]:
    for name in order:
        yield from name_problems((*at, "order"), name, entries)
    if len(set(order)) < len(order):
        yield Problem((*at, "order"), "names an entry twice, must name each once")
    yield from key_problems((*at, "shares"), shares, "an entry", entries)
    total = sum(shares.values())
    if shares and not 0 < total <= 1 + TOLERANCE:
        yield Problem((*at, "shares"), f"has shares that sum to {total:.6g}, must sum to more than 0 and at most 1")


def _other_rules(s: Scenario) -> Iterator[str]:
    """Rules that do not know yet of contacts that are not where they belong."""
    if s.control is not None:
        yield "control"
    if s.chat is not None:
        yield "chat"
    if any(route.sites for route in s.routes):
        yield "routes with sites"
    if any(intent.interruptible for intent in s.intents.values()) or (s.cases is not None and s.cases.interruptible):
        yield "interruptible work"
