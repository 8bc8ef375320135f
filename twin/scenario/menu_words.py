"""Menus in plain words, for `twin show`."""

from twin.scenario.schema import Scenario
from twin.scenario.words import duration, joined, percent


def menu_lines(s: Scenario) -> list[str]:
    """Sentences about the menu; nothing without one."""
    menu = s.menu
    if menu is None:
        return []
    lines = [f"{percent(menu.recognised)} of the customers are recognised by their number."]
    if menu.recognised < 1:
        ways = [name for name in (menu.unrecognised.cluster, menu.unrecognised.segment) if name]
        lines.append(f"The others are routed as {joined(ways) if ways else 'of their own cluster'}, with nothing open.")
    if menu.mis_selection:
        lines.append(f"{percent(menu.mis_selection)} choose a wrong entry and wait where it leads.")
        lines.append(f"The operator finds out after {percent(menu.found_after)} of the talk, and hands them on.")
    if menu.entry_time:
        lines.append(f"Each entry that is read out takes {duration(menu.entry_time)}.")
    for tree in menu.trees:
        who = joined([*(tree.clusters or []), *(tree.segments or [])]) or "all"
        what = [f"first {joined(tree.order, 4)}"] if tree.order else []
        what += [f"navigation x {tree.navigation_factor:g}"] if tree.navigation_factor != 1 else []
        what += [f"{percent(tree.mis_selection)} choose wrong"] if tree.mis_selection is not None else []
        lines.append(f"Menu of {who}: {joined(what) or 'as the others'}.")
    return lines
