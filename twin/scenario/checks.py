"""What must hold between the parts of a scenario: all checks, in the order in which their problems are told.

Each check is a small function that yields problems. Where a part of the scenario is already known to be wrong, the
checks that rest on it (`rests_on`) are left out, so that one mistake is told once.
"""

from collections.abc import Callable, Iterable, Iterator

from twin.scenario import answer_checks, hours_checks, names_checks, numbers_checks
from twin.scenario.career_checks import career_problems
from twin.scenario.case_checks import case_problems
from twin.scenario.channel_checks import channel_problems
from twin.scenario.channel_choice_checks import channel_choice_problems
from twin.scenario.chat_checks import chat_problems
from twin.scenario.choice_checks import choice_problems
from twin.scenario.control_checks import control_problems
from twin.scenario.legs_checks import legs_problems
from twin.scenario.lives_checks import lives_problems
from twin.scenario.menu_checks import menu_problems
from twin.scenario.proactive_checks import proactive_problems, stage_problems
from twin.scenario.problems import NONE
from twin.scenario.programme_checks import programme_problems
from twin.scenario.provenance import Path, Problem
from twin.scenario.schema import Scenario
from twin.scenario.shift_checks import shift_problems
from twin.scenario.trace_checks import trace_problems
from twin.scenario.training_checks import training_problems
from twin.scenario.volume_checks import volume_problems
from twin.scenario.waiting_checks import waiting_problems


class _Check:
    """A check, and the places that must be right for it to make sense; "shifts.*.length" is a place in every shift."""

    def __init__(self, function: Callable[[Scenario], Iterator[Problem]], rests_on: str = ""):
        self.function = function
        self.rests_on = [tuple(place.split(".")) for place in rests_on.split()]


_CHECKS = (
    _Check(names_checks.route_names),
    _Check(names_checks.group_names),
    _Check(names_checks.demand_names),
    _Check(names_checks.migration_names),
    _Check(names_checks.free_keys),
    _Check(
        answer_checks.skills_are_held,
        "groups.*.count groups.*.skills groups.*.primary groups.*.further scale routes migration legs",
    ),
    _Check(answer_checks.groups_have_skills, "groups.*.skills groups.*.primary groups.*.further migration"),
    _Check(answer_checks.intents_reach_a_route, "routes segments clusters demand.kind"),
    _Check(numbers_checks.shares_sum_to_one),
    _Check(hours_checks.opening_lasts, "opening.opens opening.closes"),
    _Check(hours_checks.shifts_lie_within_opening, "opening.opens opening.closes shifts.*.length"),
    _Check(hours_checks.lists_cover_the_opening, "demand opening.opens opening.closes"),
    _Check(hours_checks.interval_divides_the_day, "run.interval"),
    _Check(hours_checks.group_hours, "groups.*.count groups.*.head_count"),
    _Check(names_checks.parts_go_together, "ivr intents"),
    _Check(lives_problems, "customers demand"),
    _Check(volume_problems, "intents clusters opening.opens opening.closes"),
    _Check(numbers_checks.factors_are_positive),
    _Check(trace_problems, "demand intents"),
    _Check(choice_problems, "routes routing priorities groups scale"),
    _Check(legs_problems, "legs intents"),
    _Check(control_problems, "control groups sites queues routes scale"),
    _Check(waiting_problems, "waiting queues.*.waiting opening.opens opening.closes priorities routes routing"),
    _Check(chat_problems, "chat intents groups routes routing priorities demand.kind waiting queues"),
    _Check(menu_problems, "menu ivr intents clusters segments routes control chat cases"),
    _Check(channel_choice_problems, "channels clusters intents queues demand routing priorities control chat legs"),
    _Check(case_problems, "cases intents groups scale migration routes routing priorities control chat legs"),
    _Check(shift_problems, "shifts opening.opens opening.closes opening.days"),
    _Check(channel_problems, "intents blending campaigns routes clusters segments demand"),
    _Check(career_problems, "careers groups.*.shift sites skills control migration"),
    _Check(proactive_problems, "proactive customers demand intents satisfaction"),
    _Check(programme_problems, "demand ivr intents satisfaction campaigns cases opening limits"),
    _Check(stage_problems, "life_stage sites customers"),
    _Check(training_problems, "training groups scale shifts demand team_size control"),
)


def check(scenario: Scenario, wrong: Iterable[Path] = ()) -> Iterator[Problem]:
    """All that is wrong between the parts; `wrong` are places already told, whose consequences are left out."""
    known = set(wrong)
    is_table_missing = any(len(path) == 1 for path in known)
    for item in _CHECKS:
        if any(_touches(path, pattern) for path in known for pattern in item.rests_on):
            continue
        for problem in item.function(scenario):
            is_told = any(problem.path[: len(path)] == path for path in known if path)
            if not is_told and not (is_table_missing and problem.text.endswith(NONE)):
                yield problem


def _touches(path: Path, pattern: Path) -> bool:
    return all(wanted in ("*", part) for part, wanted in zip(path, pattern, strict=False))
