"""Random small centres with every rule of the day's control: tables agree after every instant, however a run is cut."""

from hypothesis import given
from hypothesis import strategies as st
from kernel_allowed import as_allowed
from kernel_scenarios import maybe, result, scenarios
from property_runs import (
    DAY,
    EVERY,
    HOUR,
    check_every_instant,
    check_now_and_then,
    check_records,
    cut_in_every_way,
    model_of,
    recorded_and_not,
)

from twin.scenario.control_schema import Control
from twin.scenario.schema import Scenario

LOADS = st.sampled_from([{"waiting": 0}, {"waiting": 0.5}, {"expected_wait": "40 s"}])


@st.composite
def loan(draw, groups, skills, queues):
    lent = draw(st.lists(st.sampled_from(skills), min_size=1, unique=True))
    levels = st.sampled_from(["primary", "secondary", "overflow"])
    found = {"group": draw(st.sampled_from(groups)), "skills": {skill: draw(levels) for skill in lent},
             "keeps": draw(st.booleans())}  # fmt: skip
    if draw(st.booleans()):
        return "loans", found | {"count": draw(st.sampled_from([None, 1])), "begins": "08:20", "ends": "09:10"}
    below = draw(st.sampled_from(["0 s", "20 s"]))
    rule = {"count": 1, "queue": draw(st.sampled_from(queues)), "above": "20 s", "below": below, "every": "3 min"}
    return "loan_rules", found | rule | {"idle_share": draw(st.sampled_from([0.0, 0.3]))}


def outage(has_ivr, trunks):
    when = st.sampled_from([
        {"at": "08:30", "length": "10 min"},
        {"at": "09:50", "length": "30 min", "day": 0},
        {"between": {"law": "exponential", "mean": "20 min"}, "repair": {"law": "exponential", "mean": "3 min"}},
    ])  # fmt: skip
    kinds = [
        {"what": "site", "site": "here", "calls": "lost"},
        {"what": "site", "site": "there"},
        {"what": "slow", "factor": 1.5},
        {"what": "slow", "factor": 2.0, "site": "there"},
    ]
    kinds += [{"what": "ivr"}] if has_ivr else []
    kinds += [{"what": "lines", "lines": 0}] if trunks else []
    return st.tuples(st.sampled_from(kinds), when).map(lambda pair: pair[0] | pair[1])


def pause(queues):
    when = st.sampled_from(
        [{"above": "20 s", "down_to": "5 s"}, {"waiting_above": 1}, {"above": "0 s", "waiting_above": 0}]
    )
    rest = st.fixed_dictionaries({"queue": st.sampled_from(queues), "every": st.just("2 min")})
    return st.tuples(when, rest).map(lambda pair: pair[0] | pair[1])


@st.composite
def with_control(draw, base: Scenario) -> Scenario:
    """A centre with a random day's control."""
    groups, skills, queues = list(base.groups), list(base.skills), list(base.queues)
    rules = {
        "wrap": draw(maybe(st.fixed_dictionaries({
            "over": LOADS, "factor": st.sampled_from([0.0, 0.3]), "postpone": st.booleans(), "interrupt": st.booleans(),
        }))),
        "breaks": draw(maybe(st.fixed_dictionaries({
            "over": LOADS, "limit": st.sampled_from([None, "2 min", "30 min"]), "at_once": maybe(st.integers(1, 2)),
            "per": st.sampled_from(["team", "group", "skill", "centre"]),
        }))),
        "overtime": draw(maybe(st.fixed_dictionaries({
            "over": LOADS, "at_most": st.sampled_from(["7 min", "30 min"]), "again": st.just("2 min"),
            "volunteers": st.sampled_from([0.5, 1.0]),
        }))),
        "early_leave": [
            {"group": group, "idle_share": 0.5, "every": "10 min"}
            for group in groups if base.groups[group].head_count is None and draw(st.booleans())
        ],
        "outages": draw(st.lists(outage(base.ivr is not None, base.limits.trunks), max_size=3)),
        "loans": [], "loan_rules": [],
        "campaign_pauses": draw(st.lists(pause(queues), max_size=2)) if base.campaigns else [],
    }  # fmt: skip
    for kind, found in draw(st.lists(loan(groups, skills, queues), max_size=3)):
        rules[kind].append(found)
    return base.model_copy(update={"control": Control.model_validate(rules)})


@st.composite
def controlled(draw) -> Scenario:
    return as_allowed(draw(with_control(draw(scenarios(is_basic=True)))))


@given(controlled(), st.integers(0, 5), st.floats(8 * HOUR, 10.1 * HOUR), st.integers(0, 1))
@EVERY
def test_all_tables_agree_after_every_instant(scenario, seed, begin, day):
    check_every_instant(model_of(scenario, seed), day * DAY + begin)


@given(controlled(), st.integers(0, 5))
@EVERY
def test_all_tables_agree_now_and_then(scenario, seed):
    check_now_and_then(model_of(scenario, seed))


@given(controlled(), st.lists(st.floats(0, 2 * DAY), max_size=30))
@EVERY
def test_no_way_of_cutting_a_run_changes_it(scenario, instants):
    whole, *others = cut_in_every_way(scenario, instants)
    assert all(result(model) == result(whole) for model in others)


@given(controlled())
@EVERY
def test_recording_changes_nothing_and_records_tell_what_the_tallies_tell(scenario):
    model, other = recorded_and_not(scenario)
    assert result(model)[:2] == result(other)[:2]
    check_records(model)
