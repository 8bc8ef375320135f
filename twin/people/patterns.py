"""Who works which weekly pattern: dealt out so that each skill has its people spread evenly over the hours."""

from collections import Counter

from twin.people.persons import Person, allocate, draws, first_skill
from twin.scenario.days import WEEKDAYS
from twin.scenario.schema import Scenario

CHANCE = 8  # which draw of a person decides the order among people of the same skill


class Homes:
    """The queue that a person works for in the first place."""

    def __init__(self, scenario: Scenario):
        self.of_skill: dict[str, str] = {}
        """Skill -> queue, of skills that are the first choice of a route: its home, or where most routes lead."""
        routed: dict[str, Counter[str]] = {}
        for route in scenario.routes:
            routed.setdefault(route.skills[0].skill, Counter())[route.queue] += 1
        for skill, queues in routed.items():
            home = scenario.skills[skill].queue
            self.of_skill[skill] = home if home in scenario.queues else queues.most_common(1)[0][0]

    def queues(self, person: Person) -> list[str]:
        """Queues of the routed skills that the person holds at the best level; of one level, most are alike."""
        held = [(held.level, skill) for skill, held in person.skills.items() if skill in self.of_skill]
        best = min(held, default=(0, ""))[0]
        return list(dict.fromkeys(self.of_skill[skill] for level, skill in held if level == best))

    def queue(self, person: Person) -> str | None:
        """The one queue, or None of somebody who works for several alike."""
        queues = self.queues(person)
        return queues[0] if len(queues) == 1 else None


def give_patterns(scenario: Scenario, persons: list[Person], seed: int) -> None:
    """Give the people of each shift with patterns their week, in exact proportion to the patterns' heads."""
    homes = Homes(scenario)
    for name, shift in scenario.shifts.items():
        if not shift.patterns:
            continue
        named = {pattern.queue for pattern in shift.patterns}
        workers: dict[str | None, list[Person]] = {}
        for person in persons:
            if scenario.groups[person.group].shift == name:
                home = homes.queue(person)
                workers.setdefault(home if home in named else None, []).append(person)
        for queue, theirs in workers.items():
            fitting = [i for i, pattern in enumerate(shift.patterns) if pattern.queue == queue]
            places = fitting or list(range(len(shift.patterns)))
            heads = {str(i): shift.patterns[i].heads for i in sorted(places, key=lambda i: _hours(scenario, name, i))}
            labels = allocate(len(theirs), heads)
            for person, label in zip(_spread(theirs, seed), labels, strict=True):
                _give(scenario, person, name, int(label))


def _hours(scenario: Scenario, shift: str, pattern: int) -> tuple:
    """Order of the patterns: by starts, so that neighbours in it are on duty at about the same hours."""
    week = scenario.shifts[shift].patterns[pattern].week
    return (min(week.values()), sorted(WEEKDAYS.index(day) for day in week), pattern)


def _spread(workers: list[Person], seed: int) -> list[Person]:
    """People in an order in which those of each first skill lie at even distances; who of them is who is chance."""
    chance = dict(zip((person.number for person in workers), draws(seed, workers, CHANCE)[:, 0], strict=True))
    by_skill: dict[str, list[Person]] = {}
    for person in sorted(workers, key=lambda person: chance[person.number]):
        by_skill.setdefault(first_skill(person), []).append(person)
    places = {person.number: (i + 0.5) / len(alike) for alike in by_skill.values() for i, person in enumerate(alike)}
    return sorted(workers, key=lambda person: (places[person.number], chance[person.number]))


def _give(scenario: Scenario, person: Person, shift: str, place: int) -> None:
    pattern = scenario.shifts[shift].patterns[place]
    week = pattern.week
    person.pattern = pattern
    person.start = week[min(week, key=WEEKDAYS.index)]
    person.days_off = tuple(i for i, day in enumerate(WEEKDAYS) if day not in week)
