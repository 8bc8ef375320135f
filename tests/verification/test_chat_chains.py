"""Chats at once against Markov chains: with no slowdown, with one operator, with several, and beside calls."""

import pytest
from chains import Kind, erlang, solve
from test_chains import MINUTE, Z, centre, check, days_of, exponential

from experiments.verify.chats import Chatting
from experiments.verify.run import verify
from twin.erlang import ErlangA

CALLS = Kind(1.2, 0.8, 0.4, 3, (0,))
CHATS = Kind(2.4, 0.6, 0.5, 4, (0,))
NO_CALLS = Kind(0.0, 1.0, 1.0, 0, (0,))


def chatting(n, at_once, slowdown, prefer, chats, calls=NO_CALLS):
    """`n` operators, alike; calls go before chats. Exact.

    The state: what each operator does, in order (-1 in a call, else the number of chats); calls, then chats in line.
    """

    def change(state, before, after, calls=0, chats=0):
        doing, n_calls, n_chats = list(state[0]), state[1], state[2]
        doing.remove(before)
        return tuple(sorted([*doing, after])), n_calls + calls, n_chats + chats

    def freed(state, before):
        if state[1]:
            return change(state, before, -1, calls=-1)
        taken = min(at_once, state[2])
        return change(state, before, taken, chats=-taken)

    def chat_arrives(state):
        room = [number for number in state[0] if 0 <= number < at_once]
        busy = [number for number in room if number > 0]
        if room:
            fewest = min(busy) if busy and prefer == "busy" else min(room)
            return change(state, fewest, fewest + 1)
        return (*state[:2], state[2] + 1) if state[2] < chats.room else state

    def transitions(state):
        doing, n_calls, n_chats = state
        yield chats.arrival, chat_arrives(state)
        if 0 in doing:
            yield calls.arrival, change(state, 0, -1)
        elif n_calls < calls.room:
            yield calls.arrival, (doing, n_calls + 1, n_chats)
        yield n_calls * calls.theta, (doing, n_calls - 1, n_chats)
        yield n_chats * chats.theta, (doing, n_calls, n_chats - 1)
        for number in set(doing):
            rate = doing.count(number)
            if number == -1:
                yield rate * calls.mu, freed(state, -1)
            elif number == 1:
                yield rate * chats.mu, freed(state, 1)
            elif number > 1:
                left = change(state, number, number - 1)
                after = change(state, number, number, chats=-1) if n_chats else left
                yield rate * number * chats.mu / (1 + slowdown * (number - 1)), after

    return solve(((0,) * n, 0, 0), transitions)


def scenario(n, rule, chats, calls=None):
    """Contacts x are chats, y calls."""
    kinds = [chats] if calls is None else [chats, calls]
    intents = {"x": {"talk": exponential(chats.mu), "patience": exponential(chats.theta), "channel": "chat"}}
    routes = [{"queue": "x", "skills": ["a"], "priority": {"rank": 1}}]
    if calls is not None:
        intents["y"] = {"talk": exponential(calls.mu), "patience": exponential(calls.theta)}
        routes.append({"queue": "y", "intents": ["y"], "skills": ["a"]})
    groups = {"desk": {"count": n, "skills": {"a": 1}}}
    return centre(kinds, intents=intents, skills={"a": {}}, routes=routes, groups=groups, chat=rule)


def check_chats(sample, chats, n_waiting, n_chats, n_chatting):
    """The means of the chain: chats in line, chats going on, operators who have any."""
    entering = n_waiting * chats.theta + (handled := n_chats[1])
    check(sample, lambda m: m.blocked.x / m.entered.x, 1 - entering / chats.arrival)
    check(sample, lambda m: (m.wait_handled.x + m.wait_lost.x) / m.offered.x, n_waiting / entering * MINUTE)
    check(sample, lambda m: m.abandoned.x / m.offered.x, n_waiting * chats.theta / entering)
    check(sample, lambda m: m.chat_time.x / m.chats.x, n_chats[0] / handled * MINUTE)
    check(sample, lambda m: m.chat_time.x / m.chat_work.x, n_chats[0] / n_chatting)


def of_chain(chain, chats, slowdown):
    """What `check_chats` wants."""

    def rate(state):
        return sum(m * chats.mu / (1 + slowdown * (m - 1)) for m in state[0] if m > 0)

    n_chats = chain.mean(lambda state: sum(m for m in state[0] if m > 0))
    n_chatting = chain.mean(lambda state: sum(m > 0 for m in state[0]))
    return chats, chain.mean(lambda state: state[2]), (n_chats, chain.mean(rate)), n_chatting


# ---- the chain ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefer", ["idle", "busy"])
def test_without_slowdown_the_chain_is_erlang_a_with_all_places(prefer):
    chain, line = chatting(2, 3, 0.0, prefer, CHATS), erlang(6, 2.4, 0.6, 0.5, 4)
    assert chain.mean(lambda state: state[2]) == pytest.approx(line.mean(lambda inside: max(inside - 6, 0)), rel=1e-9)


def test_one_at_once_is_erlang_a_too():
    chain, line = chatting(3, 1, 5.0, "idle", CHATS), erlang(3, 2.4, 0.6, 0.5, 4)
    assert chain.mean(lambda state: state[2]) == pytest.approx(line.mean(lambda inside: max(inside - 3, 0)), rel=1e-9)


def test_one_operator_shared_out_is_one_server():
    """Processor sharing with a limit (Luo and Zhang 2013): the number inside is that of M/M/1, in line or not."""
    chats = Kind(0.5, 0.6, 0.0, 4, (0,))
    chain, line = chatting(1, 3, 1.0, "idle", chats), erlang(1, 0.5, 0.6, 0.0, 6)
    for most in range(8):
        share = chain.mean(lambda state, most=most: state[0][0] + state[2] <= most)
        assert share == pytest.approx(line.mean(lambda inside, most=most: inside <= most), rel=1e-9)


# ---- the simulation -------------------------------------------------------------------------------------------------


def test_two_operators_with_three_chats_that_cost_nothing_are_six_servers():
    line = erlang(6, CHATS.arrival, CHATS.mu, CHATS.theta, CHATS.room)
    sample = days_of(scenario(2, {"at_once": 3, "slowdown": 0.0}, CHATS), 60)
    n_waiting = line.mean(lambda inside: max(inside - 6, 0))
    entering = n_waiting * CHATS.theta + line.mean(lambda inside: min(inside, 6)) * CHATS.mu
    check(sample, lambda m: m.blocked.x / m.entered.x, 1 - entering / CHATS.arrival)
    check(sample, lambda m: m.abandoned.x / m.offered.x, n_waiting * CHATS.theta / entering)
    check(sample, lambda m: m.chat_time.x / m.chats.x, MINUTE / CHATS.mu)


def test_one_operator_whose_chats_slow_each_other_down():
    chats = Kind(1.0, 0.6, 0.5, 4, (0,))
    chain = chatting(1, 4, 0.4, "idle", chats)
    sample = days_of(scenario(1, {"at_once": 4, "slowdown": 0.4}, chats), 80)
    check_chats(sample, *of_chain(chain, chats, 0.4))


@pytest.mark.parametrize("prefer", ["idle", "busy"])
def test_two_operators_the_one_with_fewest_chats_or_first_who_has_any(prefer):
    chain = chatting(2, 3, 0.8, prefer, CHATS)
    sample = days_of(scenario(2, {"at_once": 3, "slowdown": 0.8, "prefer": prefer}, CHATS), 80)
    check_chats(sample, *of_chain(chain, CHATS, 0.8))


@pytest.mark.parametrize("prefer", ["idle", "busy"])
def test_chats_beside_calls_that_go_first_but_to_idle_operators_only(prefer):
    chain = chatting(3, 2, 0.5, prefer, CHATS, CALLS)
    sample = days_of(scenario(3, {"at_once": 2, "slowdown": 0.5, "prefer": prefer}, CHATS, CALLS), 80)
    check_chats(sample, *of_chain(chain, CHATS, 0.5))
    n_calls = chain.mean(lambda state: state[1])
    entering = chain.mean(lambda state: state[0].count(-1)) * CALLS.mu + n_calls * CALLS.theta
    check(sample, lambda m: m.blocked.y / m.entered.y, 1 - entering / CALLS.arrival)
    check(sample, lambda m: (m.wait_handled.y + m.wait_lost.y) / m.offered.y, n_calls / entering * MINUTE)


def test_the_wrong_preference_would_be_found_out():
    chain = chatting(2, 3, 0.8, "busy", CHATS)
    with pytest.raises(AssertionError, match="exact"):
        check_chats(days_of(scenario(2, {"at_once": 3, "slowdown": 0.8}, CHATS), 80), *of_chain(chain, CHATS, 0.8))


# ---- the case of the library ----------------------------------------------------------------------------------------


def test_the_chain_of_the_library_is_this_one():
    one = Chatting(4, 0.4, 1.0 / MINUTE, MINUTE / 0.6, MINUTE / 0.5)
    chats = Kind(1.0, 0.6, 0.5, 150, (0,))
    _, n_waiting, (n_chats, ends), n_chatting = of_chain(chatting(1, 4, 0.4, "idle", chats), chats, 0.4)
    assert one.mean(one.n_waiting) == pytest.approx(n_waiting, rel=1e-9)
    assert one.mean_length == pytest.approx(n_chats / ends * MINUTE, rel=1e-9)
    assert one.at_once == pytest.approx(n_chats / n_chatting, rel=1e-9)
    assert one.p_abandon == pytest.approx(n_waiting * 0.5, rel=1e-9)


def test_one_chat_at_once_is_erlang_a():
    one, line = Chatting(1, 9.0, 0.008, 100.0, 200.0), ErlangA(1, 0.008, 0.01, 0.005)
    assert one.p_wait == pytest.approx(line.p_wait, rel=1e-9)
    assert one.p_abandon == pytest.approx(line.p_abandon, rel=1e-9)
    assert one.mean_wait == pytest.approx(line.mean_wait, rel=1e-9)


def test_the_scenario_of_the_library_meets_its_chain():
    rows = verify(["chat"]).rows
    assert len(rows) == 6
    assert [(row.measure, row.published, row.ours, row.z) for row in rows if not abs(row.z) <= Z] == []
