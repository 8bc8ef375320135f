"""Random small centres with chats and calls: tables agree after every instant, and however a run is cut."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from kernel_allowed import as_allowed
from kernel_scenarios import maybe, result, scenarios
from property_runs import DAY, EVERY, HOUR, check_every_instant, check_now_and_then, cut_in_every_way, model_of

from twin.kernel.codes import Activity
from twin.scenario.chat_schema import Chat
from twin.scenario.schema import Scenario


def without_expected_waits(stages):
    return stages and [stage for stage in stages if stage.expected_wait is None]


@st.composite
def with_chats(draw, base: Scenario) -> Scenario:
    """A centre in which some or all of the calls are chats."""
    calls = [name for name, intent in base.intents.items() if intent.channel == "phone"]
    if not calls:
        return base
    chats = draw(st.sampled_from([calls[:1], calls]))
    as_chat = {"channel": "chat", "wrap": None, "containment": 0.0}
    changes = {
        "chat": Chat.model_validate({
            "at_once": draw(st.integers(1, 4)),
            "slowdown": draw(st.sampled_from([0.0, 0.3, 1.0, 2.5])),
            "prefer": draw(st.sampled_from(["idle", "busy"])),
        }),
        "intents": {
            name: intent.model_copy(update=as_chat if name in chats else {}) for name, intent in base.intents.items()
        },
        "groups": {
            name: group.model_copy(update={"head_count": None, "chats": draw(maybe(st.integers(1, 3)))})
            for name, group in base.groups.items()
        },
        "priorities": {name: rule.model_copy(update={"reserve": None}) for name, rule in base.priorities.items()},
        "routes": [
            route.model_copy(update={"stages": without_expected_waits(route.stages)}) for route in base.routes
        ],
        "routing": base.routing.model_copy(
            update={
                "stages": without_expected_waits(base.routing.stages),
                "owner_wait": None,
                "operator_rule": draw(st.sampled_from(["longest_idle", "random", "least_occupied"])),
            }
        ),
    }  # fmt: skip
    return base.model_copy(update=changes)


@st.composite
def chatting(draw, is_lazy=False) -> Scenario:
    return as_allowed(draw(with_chats(draw(scenarios(is_lazy=is_lazy, is_basic=True)))))


@given(chatting(), st.integers(0, 5), st.floats(8 * HOUR, 10.1 * HOUR), st.integers(0, 1))
@EVERY
def test_all_tables_agree_after_every_instant(scenario, seed, begin, day):
    check_every_instant(model_of(scenario, seed), day * DAY + begin)


@given(chatting(), st.integers(0, 5))
@EVERY
def test_all_tables_agree_now_and_then(scenario, seed):
    check_now_and_then(model_of(scenario, seed))


@given(chatting(), st.lists(st.floats(0, 2 * DAY), max_size=30))
@EVERY
def test_no_way_of_cutting_a_run_changes_it(scenario, instants):
    whole, *others = cut_in_every_way(scenario, instants)
    blind = model_of(scenario, recording=False)
    blind.run()
    assert all(result(other) == result(whole) for other in others)
    assert result(whole)[:2] == result(blind)[:2]


@given(chatting(is_lazy=True), st.integers(0, 5))
@EVERY
def test_patience_looked_at_lazily_or_by_event_gives_the_same_records(scenario, seed):
    lazy, eager = model_of(scenario, seed), model_of(scenario, seed, patience_events=True)
    assert not lazy.world.options[0].patience_events
    lazy.run()
    eager.run()
    assert result(lazy)[2] == result(eager)[2]


@given(chatting(), st.integers(0, 5))
@EVERY
def test_records_tell_what_the_tallies_tell_and_operators_time_is_shared_out(scenario, seed):
    scenario = scenario.model_copy(update={"recall": None})
    model = model_of(scenario, seed)
    model.run()
    records, tallies = np.concatenate(model.records), model.world.tallies
    intents = model.world.types["intent"][records["type"]]
    is_chat = np.isin(intents, [i for i, kind in enumerate(scenario.intents.values()) if kind.channel == "chat"])
    ended = records[is_chat & (records["outcome"] == 0)]
    length = ended["ended_at"] - ended["answered_at"]
    assert len(ended) == tallies["chats"].sum()
    np.testing.assert_allclose(length.sum(), tallies["chat_time"].sum(), rtol=1e-9, atol=1e-9)
    most = max(scenario.chat.at_once if group.chats is None else group.chats for group in scenario.groups.values())
    assert tallies["chat_work"].sum() * most >= tallies["chat_time"].sum() * (1 - 1e-9)
    if (model.world.operators["activity"] == Activity.TALK).any():
        return
    calls = records[~is_chat & (records["outcome"] == 0)]
    talk = (calls["ended_at"] - calls["answered_at"]).sum()
    time = model.world.operator_time[:, Activity.TALK].sum()
    np.testing.assert_allclose(time, talk + tallies["chat_work"].sum(), rtol=1e-9, atol=1e-6)


@given(chatting(), st.integers(0, 5))
@EVERY
def test_operators_never_have_more_chats_at_once_than_they_may(scenario, seed):
    """From the records alone; and nobody is in a chat and in a call at the same time."""
    model = model_of(scenario, seed)
    model.run()
    records = np.concatenate(model.records)
    records = records[records["outcome"] == 0]
    kinds = [kind.channel == "chat" for kind in scenario.intents.values()]
    is_chat = np.array(kinds)[model.world.types["intent"][records["type"]]]
    for operator in np.unique(records["operator"]):
        mine = records["operator"] == operator
        group = scenario.groups[model.names.groups[model.world.operators["group"][operator]]]
        most = scenario.chat.at_once if group.chats is None else group.chats
        begins, ends = records["answered_at"][mine], records["ended_at"][mine]
        for at in begins:
            inside = (begins <= at) & (at < ends)
            n_chats = (inside & is_chat[mine]).sum()
            assert n_chats <= most
            assert (inside & ~is_chat[mine]).sum() <= (n_chats == 0)
