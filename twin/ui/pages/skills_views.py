"""What the page Skills shows: the map, the gaps."""

import math
from typing import Any

import numpy as np
import solara

from experiments.training.gaps import Gaps
from twin.ui.language import use_words
from twin.ui.parts.address import use_address
from twin.ui.parts.charts import BarChart, HeatMap, Interval, Unit
from twin.ui.parts.fields import Choice, Select
from twin.ui.parts.html import Box, Card, tag
from twin.ui.parts.table import Cell, Table, TableData, cell
from twin.ui.words import Words
from twin.ui.work.skills import ALL_LEVELS, HOLDERS, PROFICIENCY, SHARE, SkillMap, Staff, skill_map

MEASURES = (HOLDERS, SHARE, PROFICIENCY)


@solara.component
def SkillMapCard(staff: Staff):
    """Groups, or the teams of one group, by skill."""
    say = use_words("skills")
    given, put = use_address()
    measure = given.get("measure", "") if given.get("measure", "") in MEASURES else HOLDERS
    group = given.get("group", "") if given.get("group", "") in staff.groups else ""
    asked = given.get("level", "")
    level = int(asked) if asked in [str(known) for known in staff.levels] else ALL_LEVELS
    levels = {str(ALL_LEVELS): say("level_0"), **{str(known): say(f"level_{known}") for known in staff.levels}}
    rows = {"": say("all_groups"), **{name: say("teams_of", group=name) for name in staff.groups}}
    found = skill_map(staff, measure, level, group)
    with Card(say("map"), say("map_note")), Box("stack"):
        with Box("flow"):
            Select(say("rows"), group, lambda text: put(group=text or None), rows)
            Choice(say("level"), str(level), lambda text: put(level=text), levels)
            Choice(say("measure"), measure, lambda text: put(measure=text), {key: say(key) for key in MEASURES})
        _heat_map(say, staff, found, measure, group)
        if any(staff.skills.values()):
            titles = [[name, title] for name, title in staff.titles(say.language).items()]
            table = TableData([say("skill"), say("skill_title")], titles)
            with tag("details", tag("summary", say("skill_titles")), class_="more"):
                Table(table, say("skill_titles"), "skills.csv", is_titled=False)


def _heat_map(say: Words, staff: Staff, found: SkillMap, measure: str, group: str) -> None:
    numbers = say.numbers
    unit = {HOLDERS: Unit.plain(numbers), SHARE: Unit.share(numbers, 0), PROFICIENCY: Unit.plain(numbers, 2)}[measure]
    names = [say("team", n=row) for row in found.rows] if group else found.rows
    known = found.values[np.isfinite(found.values)]
    none = int((~(found.values > 0).any(axis=0)).sum())
    n = len(staff.persons) if not group else int((staff.persons["group"] == group).sum())
    summary = say(
        "map_summary", n=numbers.number(n), skills=numbers.number(len(found.skills)), none=numbers.number(none),
        least=unit.text(float(known.min()) if len(known) else math.nan),
        most=unit.text(float(known.max()) if len(known) else math.nan),
    )  # fmt: skip
    title = f"{say(measure)}, {say('by_team') if group else say('by_group')}"
    first = say("team_head") if group else say("group")
    HeatMap(title, summary, names, found.skills, found.values.T.tolist(), unit, first, say("skill"),
            height=100 + 24 * len(found.skills))  # fmt: skip


@solara.component
def GapsCard(gaps: Gaps):
    """Hours needed against hours held, the widest gap first."""
    say = use_words("skills")
    numbers = say.numbers
    rows: list[Any] = list(gaps.table.itertuples(index=False))
    unit = Unit.plain(numbers, 0, "h")
    short = gaps.short
    note = say(
        "gaps_note", days=numbers.number(gaps.days), size=_size(say, gaps.size),
        occupancy=numbers.percent(gaps.occupancy, 0),
    )  # fmt: skip
    with Card(say("gaps"), note), Box("stack"):
        if len(short):
            worst = say("worst", skill=rows[0].skill, gap=unit.text(float(rows[0].gap)))
            tag("p", worst, class_="verdict")
        summary = say("gaps_summary", short=numbers.number(len(short)), all=numbers.number(len(rows)))
        groups = {
            say("needed"): [Interval(row.needed) for row in rows],
            say("held"): [Interval(row.held) for row in rows],
        }
        BarChart(say("gaps_chart"), summary, [row.skill for row in rows], groups, unit, is_flat=True,
                 height=90 + 42 * len(rows), x_name=say("skill"), colours=("$series-3", "$series-4"))  # fmt: skip
        heads = [say(key) for key in ("skill", "holders", "contacts", "needed", "held", "gap", "holder_hours")]
        Table(TableData(heads, [_row(row, unit) for row in rows]), say("gaps_table"), "gaps.csv")


def _row(row: Any, unit: Unit) -> list[Cell]:
    hours = [cell(float(value), unit.text(float(value))) for value in (row.needed, row.held)]
    gap = cell(float(row.gap), unit.text(float(row.gap)), "bad" if row.gap > 0 else "good")
    whole = cell(float(row.holder_hours), unit.text(float(row.holder_hours)))
    return [row.skill, int(row.holders), int(row.contacts), *hours, gap, whole]


def _size(say: Words, size: str) -> str:
    return say(f"size_{size}") if say.has(f"size_{size}") else size or say("own_size")
