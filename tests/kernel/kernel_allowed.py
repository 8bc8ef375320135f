"""Random centres made such as a user may write them: what the checks of a scenario would refuse is put right."""

import itertools

from hypothesis import assume

from twin.scenario.answer_checks import held_skills, routed_skills
from twin.scenario.checks import check
from twin.scenario.choice_checks import USED_BY
from twin.scenario.legs_schema import LegShares
from twin.scenario.routing_schema import Priority
from twin.scenario.schema import Hold


def as_allowed(scenario):
    """The centre with its slips mended; one that is still refused is not looked at."""
    for mend in (_periods, _priorities, _staff, _routes, _legs, _work, _control):
        scenario = scenario.model_copy(update=mend(scenario))
    told = [problem.text for problem in check(scenario)]
    assume(not told)
    return scenario


def _each(table, change):
    return {name: one.model_copy(update=change(one)) for name, one in table.items()}


def _periods(s):
    """A factor for each period of the opening hours."""
    n = round((s.opening.closes - s.opening.opens) / s.demand.period)

    def factors(intent):
        keys = [key for key in ("talk_factors", "patience_factors") if getattr(intent, key)]
        return {key: list(itertools.islice(itertools.cycle(getattr(intent, key)), n)) for key in keys}

    return {"intents": _each(s.intents, factors)}


def _priorities(s):
    """No number that the contact rule does not look at."""
    unused = {name: Priority.model_fields[name].get_default(call_default_factory=True)
              for name, rules in USED_BY.items() if s.routing.contact_rule not in rules}  # fmt: skip

    def change(priority):
        reserve = priority.reserve
        if reserve and s.routing.contact_rule != "points":
            reserve = reserve.model_copy(update={"points": 0.0})
        return unused | {"reserve": reserve} | ({"credit": []} if s.cases else {})

    return {"priorities": _each(s.priorities, change)}


def _staff(s):
    """Each skill asked for is held; only who may have chats has a number of them."""
    groups = dict(s.groups)
    held = {skill for name, group in groups.items() if group.count for skill in held_skills(s, name)}
    missing = (routed_skills(s) | dict.fromkeys(skill for leg in s.legs for skill in leg.skills)).keys() - held
    if missing:
        name, group = next(((n, g) for n, g in groups.items() if g.count), next(iter(groups.items())))
        skills = group.skills | {skill: Hold(level=2) for skill in sorted(missing)}
        groups[name] = group.model_copy(update={"skills": skills, "count": max(group.count, 1)})
    chats = {name for name, intent in s.intents.items() if intent.channel == "chat"}
    taken = {c.skill for r in s.routes if not r.intents or chats & set(r.intents) for c in r.skills}
    for name, group in groups.items():
        if not (chats and taken & set(group.skills)):
            groups[name] = group.model_copy(update={"chats": None})
    return {"groups": groups}


def _routes(s):
    """A site without operators for the route is helped by the others; messages are left where they become work."""
    routes = [r.model_copy(update={"away_after": (20.0 if r.away_after is None else r.away_after) if r.sites else None})
              for r in s.routes]  # fmt: skip
    asks = any(rules and rules.message for rules in (s.waiting, *(queue.waiting for queue in s.queues.values())))
    after = s.routing.leave_message_after
    routing = {"leave_message_after": 45.0 if asks and after is None else after}
    return {"routes": routes, "routing": s.routing.model_copy(update=routing)}


def _legs(s):
    """They begin while there is something to talk about, and all together take no more than every talk."""
    legs, total = (
        [],
        max([1.0, *(sum(getattr(leg.share, match) for leg in s.legs) for match in LegShares.model_fields)]),
    )
    for leg in s.legs:
        at = 0.3 if leg.kind == "consultation" else None if leg.unresolved else leg.at
        share = {name: value / total for name, value in dict(leg.share).items()}
        legs.append(leg.model_copy(update={"at": at, "share": leg.share.model_copy(update=share)}))
    return {"legs": legs}


def _work(s):
    """Only what is put down takes time to be found again."""
    resumed = _each(s.intents, lambda intent: {} if intent.interruptible else {"resume_time": 0.0})
    cases = s.cases and s.cases.model_copy(update={} if s.cases.interruptible else {"resume_time": 0.0})
    return {"intents": resumed, "cases": cases}


def _control(s):
    """Operators are lent to skills that are asked for; overtime is for those who have a shift."""
    if s.control is None:
        return {}
    routed = routed_skills(s)

    def lent(loan):
        skills = {skill: level for skill, level in loan.skills.items() if skill in routed}
        return loan.model_copy(update={"skills": skills or {next(iter(routed)): next(iter(loan.skills.values()))}})

    changes = {name: [lent(loan) for loan in getattr(s.control, name)] for name in ("loans", "loan_rules")}
    if all(group.head_count is not None for group in s.groups.values()):
        changes["overtime"] = None
    return {"control": s.control.model_copy(update=changes)}
