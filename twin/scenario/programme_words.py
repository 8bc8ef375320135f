"""Self service at night, improvement, knowledge, profiles and interviews in words, for `twin show`."""

from twin.scenario.days import WEEKDAYS
from twin.scenario.schema import Scenario
from twin.scenario.words import clock, duration, joined, percent


def programme_lines(s: Scenario) -> list[str]:
    """Sentences about what goes on beside the day's contacts; nothing where nothing does."""
    return [*_night_lines(s), *_improvement_lines(s), *_knowledge_lines(s), *_profile_lines(s), *_interview_lines(s)]


def campaign_success_lines(s: Scenario) -> list[str]:
    """What the calls of campaigns achieve."""
    lines = []
    for campaign in s.campaigns.values():
        if campaign.redemption is None:
            continue
        title = s.intents[campaign.intent].title or campaign.intent
        more = f", up to {percent(campaign.redemption + campaign.learnt)} as the list learns" if campaign.learnt else ""
        lines.append(f"{title}: {percent(campaign.redemption)} of those spoken with agree{more}.")
        if campaign.renewed_every is not None:
            lines.append(f"{title}: a new list every {campaign.renewed_every} days.")
    return lines


def _night_lines(s: Scenario) -> list[str]:
    rule = s.self_service
    if rule is None:
        return []
    days = "every day" if len(rule.days) == len(WEEKDAYS) else f"on {joined(rule.days)}"
    hours = f"{clock(rule.opens)} to {clock(rule.closes)}"
    return [
        f"The menu serves {days} from {hours}; out of operators' hours {percent(rule.share_an_hour)} of a day's "
        "contacts come each hour, and whom it does not serve hears when the operators are there."
    ]


def _improvement_lines(s: Scenario) -> list[str]:
    rule = s.improvement
    if rule is None:
        return []
    first = f" ({joined(rule.first)} first)" if rule.first else ""
    return [
        f"Every {rule.every_days} days the matter with most repeats is put right{first}: {percent(rule.cut)} of its "
        f"contacts no longer come, within {duration(rule.settles)}."
    ]


def _knowledge_lines(s: Scenario) -> list[str]:
    rule = s.knowledge
    if rule is None:
        return []
    return [
        f"A knowledge base covers {percent(rule.coverage)} of each matter at first; {rule.written_a_day:g} articles "
        f"are written a day, and go stale after {duration(rule.stale_after)}.",
        f"Where it covers a matter wholly talks are {percent(rule.talk_cut)} shorter and the FCR is "
        f"{percent(rule.fcr_gain)} higher.",
    ]


def _profile_lines(s: Scenario) -> list[str]:
    rule = s.profiles
    if rule is None:
        return []
    feeds = joined([feed.title or name for name, feed in rule.feeds.items()], len(rule.feeds))
    return [
        f"{percent(rule.complete)} of {rule.customers * s.factor:,.0f} profiles are complete at first; a talk with one "
        f"takes {percent(rule.talk_factor)} of the time. They are fed by {feeds}."
    ]


def _interview_lines(s: Scenario) -> list[str]:
    rule = s.interviews
    if rule is None:
        return []
    return [
        f"Who was handled by telephone is called up to {rule.attempts} times the same day ({percent(rule.reach)} of "
        f"the attempts reach, {percent(rule.consent)} answer) for a grade from 0 to {rule.scale}."
    ]
