"""Cases of a scenario as the kernel's types, lines and rules: the work that a contact of each type leaves behind."""

import math
from typing import Any

import numpy as np

from twin.kernel.codes import Deferral
from twin.kernel.rule_tables import CASE_LEVEL, CASE_RULE, FILE
from twin.kernel.tables import TYPE
from twin.scenario.case_schema import Cases
from twin.scenario.routing_schema import Priority, Reserve, Route
from twin.scenario.schema import Scenario
from twin.world.channels import AFTER_ALL
from twin.world.laws import LawTable, mean_time
from twin.world.names import Names
from twin.world.rules import line_points, route_steps


def add_cases(found: Any, origins: dict[int, int]) -> dict[str, np.ndarray]:
    """Add the types of cases and their lines to what ``routes.py`` has found; the tables that only cases need.

    Parameters
    ----------
    origins
        Types that differ from another one only in where the contact waits -> that one: cases go by the matter.
    """
    cases = found.scenario.cases
    if cases is None:
        return _tables(np.full((1, 1), -1, np.int32), np.zeros(1, CASE_RULE), np.zeros(1, CASE_LEVEL))
    made = _Made(found, cases)
    rows = [[made.type_of(origins.get(row, row), name) for name in cases.levels] for row in range(len(found.types))]
    levels = np.zeros(len(cases.levels), CASE_LEVEL)
    levels["upto"] = np.cumsum([level.share for level in cases.levels.values()])
    levels["wait_law"] = [found.laws.row(level.wait) for level in cases.levels.values()]
    return _tables(np.array(rows, np.int32), _rule(cases, found.names, found.laws), levels)


def _tables(case_types: np.ndarray, rule: np.ndarray, levels: np.ndarray) -> dict[str, np.ndarray]:
    return {
        "case_rule": rule.view(np.recarray),
        "case_levels": levels.view(np.recarray),
        "case_types": case_types,
    }


def _rule(cases: Cases, names: Names, laws: LawTable) -> np.ndarray:
    row = np.zeros(1, CASE_RULE)
    row["one_call"], row["owner_first"] = cases.one_call, cases.owner_first
    row["chase_intent"] = row["defect_law"] = row["ring_law"] = row["talk_law"] = -1
    row["charge_share"] = cases.taken_in_charge
    if (chasing := cases.chasing) is not None:
        row["chase_share"] = chasing.share_a_day
        row["chase_intent"] = -1 if chasing.intent is None else names.intents.index(chasing.intent)
    if (defects := cases.defects) is not None:
        row["defect_share"], row["defect_law"] = defects.share, laws.row(defects.delay)
    if (recontact := cases.recontact) is not None:
        row["recontact_share"], row["reach"] = recontact.share, recontact.reach
        row["ring_law"], row["talk_law"] = laws.row(recontact.ring), laws.row(recontact.talk)
    return row


class _Made:
    """Types and lines of cases, each made once."""

    def __init__(self, found: Any, cases: Cases):
        self.found, self.cases = found, cases
        self.types: dict[tuple, int] = {}
        self.lines: dict[tuple, int] = {}
        self.levels = {row: place[1] for place, row in found.pools.items()}

    def type_of(self, row: int, level: str) -> int:
        """The type of a case of this level that a contact of type `row` opens."""
        found, rule = self.found, self.cases.levels[level]
        parent = dict(zip(TYPE.names or (), found.types[row], strict=True))
        line = self._line(parent["line"], level)
        key = (level, parent["intent"], parent["cell"], parent["need"], line)
        if key not in self.types:
            self.types[key] = len(found.types)
            need = found.names.skills.index(rule.skills[0]) if rule.skills else parent["need"]
            work = {
                "line": line,
                "need": need,
                "talk_law": found.laws.row(rule.work),
                "wrap_law": -1,
                "patience_law": -1,
                "talk_row": -1,
                "talk_factor": 1.0,
                "containment": 0.0,
                "fcr": 1.0,
                "case_share": 0.0,
                "menu_first": False,
                "first_leg": 0,
                "n_legs": 0,
                "deferral": int(Deferral.WORK),
                "is_interruptible": self.cases.interruptible,
                "answer_by": rule.due,
                "resume_time": self.cases.resume_time,
            }
            found.types.append(tuple((parent | work).values()))
            found.names.types.append(found.names.types[row])
            found.case_rows.append(self.types[key])
        return self.types[key]

    def _line(self, line: int, level: str) -> int:
        """A line of work for the operators of another line, up to the level of skill that takes cases."""
        found, cases, rule = self.found, self.cases, self.cases.levels[level]
        first, n, queue, skill, *_, is_chat = found.lines[line]
        reserve: Reserve | None = None
        if rule.skills:
            skill, steps = found.names.skills.index(rule.skills[0]), self._own_steps(rule.skills)
        else:
            guarantee: Any = f"{cases.guarantee!r} s"
            reserve = Reserve(share=1.0 - cases.occupancy_below, guarantee=guarantee)
            steps = tuple(
                (pool, after, math.inf, *gate)
                for pool, after, _, *gate in found.steps[first : first + n]
                if after < math.inf and self.levels[pool] <= cases.upto
            )
        priority = Priority(rank=rule.rank, reserve=reserve)
        key = (steps, queue, skill, rule.rank)
        if key not in self.lines:
            points = line_points(found.scenario.routing.contact_rule, priority)
            points = (points[0] + AFTER_ALL, *points[1:])
            self.lines[key] = len(found.lines)
            found.lines.append((len(found.steps), len(steps), queue, skill, *points, math.inf, is_chat))
            found.line_sites.append(found.line_sites[line])
            found.line_rules.append((found.scenario.routing.operator_rule, priority))
            found.line_times.append([mean_time(rule.work)])
            found.steps.extend(steps)
        return self.lines[key]

    def _own_steps(self, skills: list[str]) -> tuple:
        """The operators of a back office of its own, at once."""
        stages = [{"level": level} for level in range(1, self.cases.upto + 1)]
        route = Route.model_validate({"queue": "", "skills": skills, "stages": stages})
        found = self.found
        return route_steps(found.scenario, found.names, route, -1, found.staffed, found.pools)


def case_skills(scenario: Scenario) -> set[str]:
    """Skills of back offices of their own."""
    levels = scenario.cases.levels.values() if scenario.cases is not None else ()
    return {skill for level in levels for skill in level.skills}


def case_options(scenario: Scenario, options: Any) -> None:
    """Which of these rules the scenario uses."""
    options.has_cases = scenario.cases is not None


def case_files(scenario: Scenario, n_contacts: int) -> np.ndarray:
    """A FILE for each contact, where there are cases."""
    return np.zeros(1 if scenario.cases is None else n_contacts, FILE).view(np.recarray)
