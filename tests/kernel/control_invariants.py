"""What must hold of the day's control: loans, breaks, sites, wrap-ups under load, campaigns that are stopped."""

import numpy as np
from list_invariants import among

from twin.kernel.codes import Activity


def check_control(world):
    """Loans, units, sites and the list of wrap-ups agree with what the operators do and wear."""
    if not world.options[0].has_control:
        return
    crew, operators, activity = world.crew, world.operators, world.operators["activity"]
    for number, loan in enumerate(world.loans):
        assert loan["n_lent"] == (crew["next_loan"] == number).sum()
        assert loan["n"] < 0 or loan["n_lent"] <= loan["most"]
    busy = among(activity, [Activity.TALK, Activity.WRAP, Activity.HOLD])
    assert (busy | (crew["loan"] == crew["next_loan"])).all()
    for name in ("first_node", "n_nodes", "profile", "ability"):
        is_own = crew["loan"] < 0
        assert (operators[name][is_own] == crew[name][is_own]).all()
        loans = world.loans[crew["loan"][~is_own]]
        firsts = world.groups["first"][loans["group"]]
        suits = loans["first_suit"] + np.flatnonzero(~is_own) - firsts
        assert (operators[name][~is_own] == world.suits[name][suits]).all()
    away = np.bincount(crew["unit"][activity == Activity.BREAK], minlength=len(world.units))
    assert (world.units["n_away"] == away).all()
    most = world.control["most_away"][0]
    assert most < 0 or (away <= most).all()
    down = world.sites["is_down"][crew["site"]]
    assert (activity[down] != Activity.IDLE).all()
    assert down[activity == Activity.OUTAGE].all()
    assert not operators["is_interruptible"][down].any()
    wraps, before = [], -1
    operator = int(world.control["first_wrap"][0])
    while operator >= 0:
        assert crew["wrap_before"][operator] == before
        wraps.append(operator)
        before, operator = operator, int(crew["wrap_after"][operator])
    assert world.control["last_wrap"][0] == before
    assert sorted(wraps) == np.flatnonzero(crew["may_be_cut"]).tolist()
    assert (activity[wraps] == Activity.WRAP).all()
    assert (crew["owed_wrap"] >= 0).all()
    assert ((crew["n_owed"] > 0) <= (operators["break_time"] > 0)).all()
    stopped = np.bincount(world.pauses["campaign"][world.pauses["is_on"]], minlength=len(world.campaigns))
    assert (stopped[: len(world.campaigns)] == world.campaigns["n_pauses"]).all()
