"""What each operator is seen to do: one byte, out of the kernel's tables and the day's plan."""

from enum import IntEnum
from typing import Any

import numpy as np

from twin.kernel.codes import Activity, Deferral, Phase


class State(IntEnum):
    """What the floor shows of an operator; finer than the kernel's `Activity`."""

    OFF = 0
    IDLE = 1
    TALK = 2
    HOLD = 3
    CHAT = 4
    OUTBOUND = 5
    """Dials, or looks at the record of the next number."""
    WRITTEN = 6
    """E-mail, letter, message or desk work."""
    CASE = 7
    WRAP = 8
    BREAK = 9
    TRAINING = 10
    """Off the telephone before the shift ends, to learn."""
    ABSENT = 11
    OUTAGE = 12
    VACANT = 13
    """Nobody holds the position."""


AT_WORK = (State.TALK, State.HOLD, State.CHAT, State.OUTBOUND, State.WRITTEN, State.CASE, State.WRAP)
"""States that the kernel counts as handling."""
_OF_ACTIVITY = np.zeros(len(Activity), np.uint8)
for _activity in Activity:
    _OF_ACTIVITY[_activity] = State[_activity.name]
_OF_DEFERRAL = {
    Deferral.CASE: State.CASE,
    Deferral.WORK: State.WRITTEN,
    Deferral.MESSAGE: State.WRITTEN,
}


def operator_states(world: Any) -> np.ndarray:
    """The state of every operator now, uint8, without what only the day's plan knows (training, absence)."""
    operators = world.operators
    states = _OF_ACTIVITY[operators["activity"]]
    talking = np.flatnonzero(operators["activity"] == Activity.TALK)
    if len(talking) == 0:
        return states
    if world.options[0].has_chats:
        in_chats = world.chatters["n"][talking] > 0
        states[talking[in_chats]] = State.CHAT
        talking = talking[~in_chats]
    contacts = world.contacts[operators["contact"][talking]]
    for deferral, state in _OF_DEFERRAL.items():
        states[talking[contacts["deferral"] == deferral]] = state
    states[talking[contacts["phase"] == Phase.DIALLING]] = State.OUTBOUND
    return states


def kernel_activity(states: np.ndarray) -> np.ndarray:
    """The kernel's activity behind each state: what the frames are checked against."""
    back = np.array([Activity[state.name] if state.name in Activity.__members__ else -1 for state in State])
    back[[State.CHAT, State.OUTBOUND, State.WRITTEN, State.CASE]] = Activity.TALK
    back[[State.TRAINING, State.ABSENT, State.VACANT]] = Activity.OFF
    return back[states]
