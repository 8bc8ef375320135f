"""What must hold where operators have careers: names that exist, weights that weigh, shifts to take hours from."""

from collections.abc import Iterator

from twin.scenario.career_schema import Careers, careers_of
from twin.scenario.problems import key_problems, name_problems
from twin.scenario.provenance import Problem, show
from twin.scenario.schema import Scenario


def career_problems(s: Scenario) -> Iterator[Problem]:
    """All that is wrong with the careers of a scenario."""
    migration = s.migration
    if migration is not None and migration.on is not None and careers_of(s) is None:
        yield Problem(("migration", "on"), f"is {migration.on}, must stand beside [careers]: training takes time")
    careers = s.careers
    if careers is None:
        return
    yield from _names(s, careers)
    yield from _numbers(careers)
    if careers.active:
        yield from _hours(s)
        yield from _beside(s)


def _names(s: Scenario, careers: Careers) -> Iterator[Problem]:
    yield from key_problems(("careers", "turnover", "a_year"), careers.turnover.a_year, "a site", s.sites)
    yield from key_problems(("careers", "absence", "share"), careers.absence.share, "a site", s.sites)
    yield from key_problems(("careers", "incentives", "contracts"), careers.incentives.contracts, "a site", s.sites)
    for i, skill in enumerate(careers.practice.senior_skills):
        yield from name_problems(("careers", "practice", "senior_skills", i), skill, s.skills)


def _numbers(careers: Careers) -> Iterator[Problem]:
    for site, rate in careers.turnover.a_year.items():
        if rate < 0:
            yield Problem(("careers", "turnover", "a_year", site), f"is {show(rate)}, must be at least 0")
    practice, certification = careers.practice, careers.certification
    if practice.new > practice.certified:
        text = f"is {practice.new:g}, must be at most certified, {practice.certified:g}"
        yield Problem(("careers", "practice", "new"), text)
    if certification.test + certification.quality + certification.fcr <= 0:
        yield Problem(("careers", "certification"), "has weights that are all 0, must have one above 0")
    if careers.quality.floor > careers.quality.error:
        text = f"is {careers.quality.floor:g}, must be at most error, {careers.quality.error:g}"
        yield Problem(("careers", "quality", "floor"), text)


def _hours(s: Scenario) -> Iterator[Problem]:
    """Who is away or in training is taken out of the shifts: head counts and open ends know no persons."""
    staffing_groups: list[str] = getattr(s.demand, "staffing_groups", [])
    for name, group in s.groups.items():
        if group.shift is None or name in staffing_groups:
            yield Problem(("groups", name), "has no shift, must have one where operators have careers")


def _beside(s: Scenario) -> Iterator[Problem]:
    if s.control is not None and (s.control.loans or s.control.loan_rules):
        text = "stands beside control.loans or control.loan_rules, must be one or the other for now"
        yield Problem(("careers",), text)
