"""What the reference simulator knows before anything happens: the rules of the scenario, and chance."""

import bisect
import itertools
import math
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from twin.kernel.chance import uniforms
from twin.kernel.codes import Grade
from twin.kernel.draws import draw_times
from twin.scenario.days import WEEKDAYS
from twin.scenario.routing_schema import Priority
from twin.world.laws import LawTable, mean_time

DAY = 86400.0
NEVER = math.inf


@dataclass(eq=False)
class Operator:
    centre: Any
    number: int
    group: str
    held: dict[str, Any]
    speed: float
    activity: str = "off"
    since: float = 0.0
    busy_time: float = 0.0  # of this shift
    available_time: float = 0.0  # busy or idle
    contact: Any = None
    waited_for: Any = None
    is_leaving: bool = False
    break_time: float = 0.0
    back_at: float = math.nan

    @property
    def does(self):
        """Off, idle, talk, wrap, break; or free: about to do what comes next."""
        return self.activity

    @does.setter
    def does(self, activity):
        self.book()
        self.activity = activity

    def book(self):
        time, self.since = self.centre.now - self.since, self.centre.now
        self.busy_time += time if self.activity in ("talk", "wrap") else 0.0
        self.available_time += time if self.activity in ("talk", "wrap", "idle") else 0.0

    @property
    def levels(self):
        return {skill: held.level for skill, held in self.held.items()}

    def holds(self, skill):
        """As primary or secondary: overflow operators and outsourcers are not counted among a skill's operators."""
        return self.levels.get(skill) in (1, 2)


@dataclass(eq=False)
class Contact:
    who: int
    intent: Any
    cluster: Any
    rules: SimpleNamespace
    place: str = "new"
    attempt: int = 0
    redials: int = 0  # since the last answer
    n_answered: int = 0
    waited_before: float = 0.0  # since the last answer
    owner: Operator | None = None
    at: dict[str, float] = field(default_factory=dict)


class Rules:
    """A scenario, its kinds of contact, its operators, the laws and the keyed chance, and what is planned."""

    def __init__(self, scenario, persons, seed, weekday):
        self.scenario, self.seed, self.weekday = scenario, np.uint64(seed), weekday
        self.now = 0.0
        self.operators = [Operator(self, p.number, p.group, p.skills, p.speed) for p in persons]
        self.future, self.counter, self.laws = [], itertools.count(), {}
        self.kinds = self.all_kinds()

    def all_kinds(self):
        """What the routes say of each kind of contact: the last one that fits, its stages, soonest first."""
        scenario, rules, lines = self.scenario, {}, {}
        staffed = {pair for operator in self.operators for pair in operator.levels.items()}
        for intent, cluster in itertools.product(scenario.intents, scenario.clusters):
            route = [r for r in scenario.routes if intent in (r.intents or [intent])
                     and cluster in (r.clusters or [cluster]) and r.condition is None][-1]  # fmt: skip
            priority = route.priority or scenario.priorities.get(cluster, Priority())
            stages = [(choice.skill, stage.level) + self.opens_at(choice, stage)
                      for choice in route.skills for stage in route.stages or scenario.routing.stages
                      if (choice.skill, stage.level) in staffed]  # fmt: skip
            stages.sort(key=lambda stage: stage[2])
            alike = str(stages), route.skills[0].skill, route.queue, str(priority.model_copy(update={"target": None}))
            kind = scenario.intents[intent]
            lines.setdefault(alike, []).append(mean_time(kind.talk) + (mean_time(kind.wrap) if kind.wrap else 0.0))
            keeps = priority.reserve is not None and priority.reserve.share + priority.reserve.operators > 0
            reserve = priority.reserve if keeps else None
            rules[intent, cluster] = SimpleNamespace(
                queue=route.queue, skill=route.skills[0].skill, need=route.need or route.skills[0].skill, stages=stages,
                priority=priority, reserve=reserve, handle_times=lines[alike], kind=(intent, cluster, route.queue),
                line=list(lines).index(alike),
            )  # fmt: skip
        return rules

    def opens_at(self, choice, stage):
        """Wait and expected wait that open a stage; one that has the latter and no wait opens by the latter only."""
        if stage.expected_wait is None:
            return choice.after + stage.after, NEVER
        return choice.after + stage.after if stage.after > 0 else NEVER, stage.expected_wait

    def plan(self, at, kind, act, *args):
        bisect.insort(self.future, (at, int(kind), next(self.counter), act, args))

    def chance(self, purpose, contact, which):
        return uniforms(self.seed, np.uint64(purpose), np.uint64(contact.who), np.uint64(which))

    def time(self, law, level):
        key = law.model_dump_json()
        if key not in self.laws:
            table = LawTable()
            self.laws[key] = (table.row(law), *table.tables())
        row, laws, knots = self.laws[key]
        return float(draw_times(laws, knots, row, np.array([level]))[0])

    def is_open_day(self, day):
        return WEEKDAYS[(self.weekday + day) % 7] in self.scenario.opening.days

    def period_factor(self, factors, at):
        """Periods count from opening."""
        if factors is None:
            return 1.0
        day = math.floor(at / DAY)
        period = int((at - day * DAY - self.scenario.opening.opens) / getattr(self.scenario.demand, "period", 3600.0))
        return factors[min(max(period, 0), len(factors) - 1)]

    def grade(self, operator, skill):
        """A skill alike to one that is held counts as a secondary one."""
        if operator.holds(skill):
            return Grade(operator.levels[skill])
        alike = self.scenario.skills[skill].alike
        return Grade.SECONDARY if any(operator.holds(other) for other in alike) else Grade.NONE

    def proficiency(self, operator, skill):
        """Of a skill not held: a share of the best of those alike, or what those have who hold none."""
        rules, held = self.scenario.abilities, operator.held
        alike = [held[other].proficiency for other in self.scenario.skills[skill].alike if operator.holds(other)]
        if alike and not operator.holds(skill):
            return rules.alike_share * max(alike)
        return held[skill].proficiency if skill in held else rules.proficiency["none"]

    def match_of(self, operator, contact, table):
        return table[self.grade(operator, contact.rules.need).name.lower()]
