"""Proactive contact and the supplier's stage of life in plain words."""

from twin.scenario.life_stage import OFF_SHORE
from twin.scenario.proactive_schema import Message
from twin.scenario.schema import Scenario
from twin.scenario.words import clock, duration, joined, percent

_WAYS = {"message": "automated call", "phone": "call by people outside the centre", "notice": "letter"}
_MARKS = {"told_date": "the date", "told_works": "the works", "welcomed": "the welcome", "checked": "the check"}


def proactive_lines(s: Scenario) -> list[str]:
    """Sentences about the platform and what it sends."""
    rule = s.proactive
    if rule is None:
        return []
    if not rule.active:
        return ["The platform is switched off: nobody is told anything before he asks."]
    hours = f"{clock(rule.opens)} to {clock(rule.closes)}"
    capacity = rule.lines * s.factor * (rule.closes - rule.opens) / rule.duration
    lines = [
        f"{rule.lines * s.factor:g} lines, {hours}: {capacity:,.0f} attempts of {duration(rule.duration)} a day.",
        f"One attempt reaches {percent(rule.reach.one)} of the customers, three reach {percent(rule.reach.three)}.",
    ]
    lines += [_message(name, message) for name, message in rule.messages.items()]
    for mark, shares in rule.spares.items():
        need = joined([f"{percent(share)} fewer contacts about {intent}" for intent, share in shares.items()])
        lines.append(f"Who was told {_MARKS[mark]} makes {need}.")
    return lines


def _message(name: str, message: Message) -> str:
    what = joined([event.replace("_", " ") for event in message.events])
    if message.steps is not None:
        what += f" {joined([str(step) for step in message.steps])}"
    if message.products is not None:
        what += f" of {joined(message.products)}"
    who = f"{percent(message.share)} of " if message.share < 1 else ""
    when = "the day before the date" if message.when == "day_before" else "at once"
    times = "" if message.way == "notice" else f", up to {message.attempts} times" if message.attempts > 1 else ", once"
    after = (
        f"; {joined([f'{percent(p)} {answer}' for answer, p in message.answers.items()])}" if message.answers else ""
    )
    return f"{message.title or name}: {_WAYS[message.way]} after {who}{what}, {when}{times}{after}."


def survey_lines(s: Scenario) -> list[str]:
    """Sentences about who is asked what."""
    rule = s.proactive
    if rule is None:
        return []
    lines = []
    for name, survey in rule.surveys.items():
        n = survey.interviews_a_year * s.factor
        how = "automated" if survey.way == "automated" else "called back"
        areas = f"{len(rule.areas)} areas" if len(rule.areas) != 1 else "one area"
        lines.append(
            f"Survey {name}, by the {survey.period}: {n:,.0f} interviews a year ({how}, {percent(survey.response)} "
            f"answer) in {areas}, about waiting, accuracy, ability and courtesy."
        )
    if (of := rule.bill_delivery) is not None:
        lines.append(
            f"Every {duration(of.every)} {of.interviewed} customers in each of {of.areas} areas are asked whether the "
            f"bill came; it fails for {percent(of.failed)}, in {of.critical} areas for {percent(of.failed_critical)}."
        )
    return lines


def stage_lines(s: Scenario) -> list[str]:
    """The stage, and what it changes."""
    life = s.life_stage
    if life is None:
        return []
    stage = life.stages[life.stage]
    lines = [
        f"{stage.title or life.stage}: needs x {stage.foc:g}, churn x {stage.churn:g}, first-contact resolution "
        f"{stage.fcr:+g}, {percent(stage.gross_adds)} gross adds a year.",
        f"Volumes miss the plan by {percent(stage.forecast_error)} (coefficient of variation of a day).",
    ]
    if stage.staff != 1:
        lines.append(f"The staff is {stage.staff:g} times that of a mature supplier.")
    away = [name for name in s.groups if name.endswith(OFF_SHORE)]
    if away:
        lines.append(f"{percent(stage.off_shore)} of the operators work off-shore.")
    return lines
