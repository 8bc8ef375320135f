"""Operators' careers in words, for `twin show`."""

from collections.abc import Iterator

from twin.scenario.career_schema import Careers, careers_of
from twin.scenario.schema import Scenario
from twin.scenario.words import duration, joined, percent


def career_lines(s: Scenario) -> list[str]:
    """Sentences about those who come, learn, are assessed and leave."""
    careers = careers_of(s)
    if careers is None:
        return ["They are switched off: the operators stay as they are."] if s.careers is not None else []
    lines = [*_flow(careers), *_skills(careers), *_training(careers), *_incentives(careers)]
    if s.migration is not None and s.migration.on is not None:
        lines.append(
            f"On day {s.migration.on} {joined(list(s.migration.moves))} are moved to their new skills; {_hours(s)}."
        )
    return lines


def _hours(s: Scenario) -> str:
    assert s.migration is not None
    return f"whoever brings too little has {s.migration.training_hours:g} hours of training for the first one"


def _flow(careers: Careers) -> Iterator[str]:
    rates = [f"{percent(rate)} at {site}" for site, rate in careers.turnover.a_year.items()]
    if rates:
        limit = percent(careers.turnover.occupancy_limit)
        yield (
            f"A year {joined(rates)} leave, {careers.turnover.probation:g} times as many on probation, and more where "
            f"occupancy is above {limit}."
        )
    hiring = careers.hiring
    yield (
        f"Posts are opened for vacancies and for those expected: selection {duration(hiring.selection_time)} "
        f"({percent(hiring.accepted)} pass), class {duration(hiring.class_time)} "
        f"({percent(hiring.class_failed)} fail), nesting {duration(hiring.nesting_time)} at {hiring.nesting_handle:g} "
        f"times the handle time ({percent(hiring.nesting_failed)} fail), probation {duration(hiring.probation)}."
    )
    yield f"Illness and leave come in spells of {duration(careers.absence.mean)} on average."


def _skills(careers: Careers) -> Iterator[str]:
    practice, weights = careers.practice, careers.certification
    yield (
        f"Proficiency is {practice.new:g} after class, {practice.certified:g} when certified, grows with practice and "
        f"halves in {duration(practice.half_life)} unused; experienced colleagues shorten the ramp by up to "
        f"{percent(practice.team_gain)}."
    )
    yield (
        f"Each month a skill is held from {weights.held_from:g} on: {weights.test:g} test + {weights.quality:g} "
        f"audited quality + {weights.fcr:g} FCR on its matters."
    )
    if practice.senior_skills:
        yield f"{joined(practice.senior_skills)} are taught to seniors only, from {practice.senior:g} in the own skill."
    quality, coaching = careers.quality, careers.coaching
    yield (
        f"Audited are {quality.listens_a_week} contacts an operator-week, {quality.side_by_side_a_year:g} a year side "
        f"by side and {percent(quality.mystery)} mystery calls; up to {percent(coaching.a_month)} of the operators a "
        f"month are coached for {coaching.hours:g} h (FCR +{coaching.fcr:g}, gone after {duration(coaching.fades)})."
    )
    if careers.fatigue is not None:
        late = duration(careers.fatigue.after)
        yield f"After {late} on duty handle times grow by {percent(careers.fatigue.per_hour)} an hour."


def _training(careers: Careers) -> Iterator[str]:
    training = careers.training
    yield (
        f"{training.refresh_hours:g} hours a year of refreshers, at the end of shifts, {duration(training.block)} at a "
        f"time, within {percent(training.capacity)} of a day's hours."
    )
    if training.plans:
        yield (
            f"Where the skill map has fewer hours than are needed, up to {percent(training.modules_a_month)} of the "
            f"operators a month learn a further skill in {training.module_hours:g} h; {percent(training.passed)} pass."
        )


def _incentives(careers: Careers) -> Iterator[str]:
    rule = careers.incentives
    for site, contract in rule.contracts.items():
        yield (
            f"{site} is paid {percent(contract.bonus)} more at best and {percent(contract.malus)} less at worst, by "
            f"CSI, recall and service level."
        )
    if rule.team is not None:
        yield (
            f"Teams with a CSI of {rule.csi_goal:g} get {percent(rule.team.share)} of their wages; where it is lost, "
            f"{rule.team.turnover_lost:g} times as many leave."
        )
    if rule.objectives is not None:
        yield (
            f"Management's bonus counts cost {percent(rule.objectives.company)}, satisfaction "
            f"{percent(rule.objectives.satisfaction)}, the area's service {percent(rule.objectives.area)}."
        )
