"""Random small centres where some contacts are no calls: what must hold after every instant, however a run is cut."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from kernel_allowed import as_allowed
from kernel_scenarios import law, result, scenarios
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
from test_waiting_properties import centres

from twin.scenario.channel_schema import Blending, Campaign
from twin.scenario.load import load_scenario
from twin.scenario.schema import Intent, Scenario


@st.composite
def mails(draw, scenario: Scenario) -> dict[str, Any]:
    """Changes by which one of the intents (or both) comes by e-mail."""
    names = draw(st.lists(st.sampled_from(sorted(scenario.intents)), min_size=1, unique=True))
    mail = {"channel": "e-mail", "answer_by": 3600.0, "patience": None, "containment": 0.0}
    mail |= {"interruptible": draw(st.booleans()), "resume_time": draw(st.sampled_from([0.0, 15.0]))}
    order = "after_live" if mail["interruptible"] else draw(st.sampled_from(["after_live", "by_rank"]))
    blending = {"deferred": order, "resumed_by": draw(st.sampled_from(["anyone", "same"]))}
    changed = {name: scenario.intents[name].model_copy(update=mail) for name in names}
    return {"intents": scenario.intents | changed, "blending": Blending.model_validate(blending)}


@st.composite
def numbers(draw) -> tuple[Intent, Campaign]:
    """A list of numbers to be called, and what the calls are about."""
    mode = draw(st.sampled_from(["preview", "progressive", "predictive"]))
    more: dict[str, Any] = {"preview_time": draw(law(10))} if mode == "preview" else {}
    if mode == "predictive":
        more = {"nuisance_cap": draw(st.sampled_from([0.03, 0.3])), "most_dials": 3.0, "adapts_every": "5 min"}
    list_ = {"intent": "sales", "count": 200, "mode": mode, "reach": draw(st.sampled_from([0.0, 0.5, 1.0]))}
    list_ |= {"ring_time": draw(law(15)), "attempts": 3, "retry_delay": draw(law(300)), "closes": "09:40"}
    list_ |= {"opens": draw(st.sampled_from(["07:50", "08:20"])), "keep_idle": draw(st.sampled_from([0, 1]))}
    sales = Intent.model_validate({"talk": draw(law(60)), "wrap": draw(law(10)), "channel": "outbound"})
    return sales, Campaign.model_validate(list_ | more)


@st.composite
def with_channels(draw, base: Scenario | None = None) -> Scenario:
    """A random centre, some with rules of waiting, with e-mails or a list of numbers or both."""
    scenario = draw(st.one_of(scenarios(is_basic=True), centres())) if base is None else base
    what = draw(st.sampled_from(["mails", "numbers", "both"]))
    if what != "numbers":
        scenario = scenario.model_copy(update=draw(mails(scenario)))
    if what != "mails":
        sales, list_ = draw(numbers())
        changes = {"intents": scenario.intents | {"sales": sales}, "campaigns": {"list": list_}}
        scenario = scenario.model_copy(update=changes)
    return as_allowed(scenario) if base is None else scenario


@given(with_channels(), st.integers(0, 5), st.floats(8 * HOUR, 10.1 * HOUR), st.integers(0, 1))
@EVERY
def test_all_tables_agree_after_every_instant(scenario, seed, begin, day):
    check_every_instant(model_of(scenario, seed), day * DAY + begin)


@given(with_channels(), st.lists(st.floats(0, 2 * DAY), max_size=30))
@EVERY
def test_no_way_of_cutting_a_run_changes_it(scenario, instants):
    whole, *others = cut_in_every_way(scenario, instants)
    assert all(result(other) == result(whole) for other in others)


@given(with_channels())
@EVERY
def test_recording_changes_nothing_and_records_tell_what_the_tallies_tell(scenario):
    one, other = recorded_and_not(scenario)
    assert result(one)[:2] == result(other)[:2]
    check_records(one)


def test_all_tables_agree_in_a_centre_with_every_channel():
    """The library's centre: calls, interruptible and other deferred work, and a list dialled ahead."""
    scenario = load_scenario("blended", {"run.warm_up": 0, "run.days": 1})
    model = model_of(scenario)
    check_now_and_then(model)
    counts = model.world.tallies
    lines = model.world.lines[: model.world.campaigns.due_line[0]]
    assert model.backlog == lines.n_waiting[lines.is_work].sum() > 0
    assert min(counts[name].sum() for name in ("deferred_handled", "reached", "handled", "abandoned")) > 0
