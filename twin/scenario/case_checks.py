"""What must hold where cases are worked on: levels, what opens them, and rules that do not know them yet."""

from collections.abc import Iterator

from twin.scenario.answer_checks import heads_of, held_skills
from twin.scenario.choice_checks import rules_in_use
from twin.scenario.problems import name_problems, sum_problems
from twin.scenario.provenance import Path, Problem
from twin.scenario.schema import Scenario


def case_problems(s: Scenario) -> Iterator[Problem]:
    """All that is wrong."""
    cases = s.cases
    if cases is None:
        return
    yield from sum_problems(("cases", "levels"), [level.share for level in cases.levels.values()])
    held = {skill for name, group in s.groups.items() if heads_of(s, group) > 0 for skill in held_skills(s, name)}
    for level, rule in cases.levels.items():
        for place, skill in enumerate(rule.skills):
            at: Path = ("cases", "levels", level, "skills", place)
            yield from name_problems(at, skill, s.skills)
            if skill in s.skills and skill not in held:
                yield Problem(at, f"is {skill!r}, which no operator holds, must be held by a group with any")
    opens = cases.one_call or any(intent.case_share > 0 for intent in s.intents.values())
    if not opens:
        told = "is given, but nothing opens a case, must stand beside an intent with case_share above 0, or one_call"
        yield Problem(("cases",), told)
    if cases.chasing is not None:
        yield from name_problems(("cases", "chasing", "intent"), cases.chasing.intent, s.intents)
        intent = s.intents.get(cases.chasing.intent or "")
        if intent is not None and intent.channel != "phone":
            told = f"is {cases.chasing.intent!r}, which comes by {intent.channel}, must be one that comes by phone"
            yield Problem(("cases", "chasing", "intent"), told)
    if cases.resume_time > 0 and not cases.interruptible:
        told = f"is {cases.resume_time:g} s, must be 0 s unless interruptible is true"
        yield Problem(("cases", "resume_time"), told)
    for other in _other_rules(s):
        yield Problem(("cases",), f"stands beside {other}, must be one or the other for now")


def _other_rules(s: Scenario) -> Iterator[str]:
    """Rules that do not know yet of work that nobody waits for."""
    if s.chat is not None:
        yield "chat"
    if s.cases is not None and s.cases.interruptible and s.legs:
        yield "legs (while they are interruptible)"
    priorities = [*s.priorities.values(), *(route.priority for route in s.routes if route.priority is not None)]
    if any(priority.credit for priority in priorities):
        yield "priorities with a credit"
    yield from rules_in_use(s)
