"""The To-Be begins in the course of the run: the same persons get other skills in a night, and learn for months."""

from collections.abc import Sequence

import numpy as np

from twin.people.career_report import CareerLog
from twin.people.career_states import CareerEvent, Phase
from twin.people.career_table import CareerTable
from twin.people.migration import brought_to, placements, taken_skills
from twin.people.persons import Held, Person, form_teams


def move_all(table: CareerTable, log: CareerLog, persons: Sequence[Person], day: int, seed: int) -> None:
    """Positions get the skills that the migration foresees; who holds them owes the hours of training.

    Until these are spent, what one brings to a skill may be less than certified; it is answered all the same.
    """
    scenario, rows = table.scenario, table.rows
    plan = scenario.migration
    assert plan is not None
    now = [_as_person(table, person) for person in persons]
    for person, skill in placements(scenario, now, seed):
        row = person.number
        known = {name: held for name, held in person.skills.items() if held.level <= 2}
        taken: dict[str, Held] = {}
        hours = 0.0
        for name, level in taken_skills(scenario, person, skill, seed).items():
            proficiency, retained = brought_to(scenario, plan, name, known)
            is_known = proficiency >= plan.certified
            taken[name] = Held(level, proficiency, 0.0 if is_known else 1.0 - retained)
            if not is_known:
                hours += plan.training_hours if level == 1 else plan.module_hours
        everyone = scenario.groups[person.group].skills
        person.skills = {name: Held(hold.level, hold.proficiency) for name, hold in everyone.items()} | taken
        rows.first[row] = table.names.skills.index(skill)
        is_there = rows.phase[row] >= Phase.PROBATION
        rows.move_left[row] = hours if is_there else 0.0
        rows.is_in_retraining[row] = is_there and hours > 0
        rows.has_moved[row] = hours > 0
        rows.module[row], rows.module_left[row] = -1, 0.0
    form_teams(scenario, now)
    firsts = rows.first.copy()
    table.read_skills(now)
    rows.first = firsts
    rows.team = [person.team for person in now]
    rows.is_leader = False
    table.used_on[:] = day
    table.answered[:] = table.resolved[:] = 0.0
    moved = np.flatnonzero(rows.has_moved & (rows.phase != Phase.VACANT))
    log.add(day, CareerEvent.MOVED, moved, rows.generation[moved], rows.first[moved])


def _as_person(table: CareerTable, person: Person) -> Person:
    """Who holds the position now, as the roster knows persons."""
    row, skills = person.number, {}
    for column in np.flatnonzero(table.level[row] <= 4).tolist():
        known, novice = float(table.proficiency[row, column]), float(table.novice[row, column])
        skills[table.names.skills[column]] = Held(int(table.level[row, column]), known, novice)
    speed = float(table.rows.speed[row])
    return Person(row, person.group, person.site, person.team, speed, skills, person.start, person.days_off)
