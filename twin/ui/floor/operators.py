"""What one sees of an operator who is clicked: skills, today so far, and how he compares with his team."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.calendar import DAY
from twin.kernel.codes import Activity, Outcome, Phase
from twin.ui.floor.floor import Floor
from twin.ui.floor.states import State, operator_states

BUSY = (Activity.TALK, Activity.WRAP, Activity.HOLD)
DONE = (Outcome.HANDLED, Outcome.MESSAGE_DONE, Outcome.CASE_DONE)
SHORTEST = 1.0
"""Of a band that is drawn [s]."""


@dataclass(frozen=True)
class Band:
    """A piece of an operator's day."""

    state: State
    begin: float
    """[s] since midnight, as `end`."""
    end: float
    intent: str = ""
    customer: int = -1
    is_now: bool = False


@dataclass(frozen=True)
class SkillHeld:
    """A skill, and how well it is known."""

    name: str
    proficiency: float
    level: int
    """As in `twin.scenario.routing_schema.LEVELS`: 1 = primary."""


@dataclass(frozen=True)
class Record:
    """What was handled, by one operator or a mean one of the team."""

    n_handled: float
    """Since the start of the run."""
    aht: float
    """Handling time over contacts handled, since the start of the run [s]; NaN = none."""
    occupancy: float
    n_today: float
    resolved: float
    """Share of the contacts of the records kept; NaN = none."""
    csi: float


@dataclass(frozen=True)
class OperatorView:
    """An operator as the floor shows him."""

    row: int
    site: str
    group: str
    team: int
    state: State
    skills: tuple[SkillHeld, ...]
    shift: tuple[float, float] | None
    """Begin and end of today's shift [s since midnight]."""
    leaves_phone: float | None
    """When training begins, if it does today."""
    breaks: tuple[tuple[float, float], ...]
    """As planned: when due, and how long."""
    bands: tuple[Band, ...]
    time_today: dict[str, float]
    """Seconds by activity."""
    mine: Record
    team_mean: Record
    n_team: int
    customer: int | None
    """With whom he is now; -1 = somebody whom the scenario does not know as a customer."""
    intent: str
    career: dict[str, Any]
    history: tuple[dict[str, Any], ...]


def operator_view(floor: Floor, row: int) -> OperatorView:
    """The operator in this row."""
    with floor.lock:
        model, plan = floor.model, floor.plan
        operator = model.operators[row]
        midnight = plan.day * DAY
        team = np.flatnonzero(np.array([other.team == operator.team for other in model.operators]))
        records = records_of(floor, team)
        state = State(int(floor.states()[row]))
        contact = contact_in_hand(model.world, row)
        contacts = model.world.contacts
        whom = int(contacts["customer"][contact]) if contact is not None else None
        due = plan.breaks[0] == row
        has_shift = math.isfinite(plan.begins[row]) and math.isfinite(plan.ends[row])
        trains = has_shift and plan.leaves_phone[row] < plan.ends[row]
        return OperatorView(
            row=row,
            site=operator.person.site,
            group=operator.group,
            team=operator.team,
            state=state,
            skills=skills_held(operator),
            shift=(float(plan.begins[row]) - midnight, float(plan.ends[row]) - midnight) if has_shift else None,
            leaves_phone=float(plan.leaves_phone[row]) - midnight if trains else None,
            breaks=tuple(zip((plan.breaks[1][due] - midnight).tolist(), plan.breaks[2][due].tolist(), strict=True)),
            bands=tuple(bands_of(floor, row)),
            time_today={a.name.lower(): float(floor.time_today()[row, a]) for a in Activity},
            mine=record_of(floor, np.array([row]), records),
            team_mean=record_of(floor, team, records),
            n_team=len(team),
            customer=whom,
            intent=model.names.intents[int(contacts["intent"][contact])] if contact is not None else "",
            career=career_of(operator),
            history=tuple(operator.history[-12:]),
        )


def skills_held(operator: Any) -> tuple[SkillHeld, ...]:
    """Own skills first, the best known first."""
    careers = operator.model.careers
    names = operator.model.names.skills
    found = []
    for name, proficiency in operator.skills.items():
        if careers is not None:
            level = int(careers.table.level[operator.row, names.index(name)])
        else:
            level = operator.person.skills[name].level
        found.append(SkillHeld(name, float(proficiency), level))
    return tuple(sorted(found, key=lambda held: (held.level, -held.proficiency, held.name)))


def career_of(operator: Any) -> dict[str, Any]:
    """Phase, days since joining and what is being learned; empty where operators have no careers."""
    careers = operator.model.careers
    if careers is None:
        return {"training_hours": operator.person.training_hours} if operator.person.has_moved else {}
    me = careers.table.rows[operator.row]
    learns = careers.names.skills[int(me.module)] if me.module >= 0 else ""
    left = float(me.module_left + me.move_left + me.coach_left + me.refresh_left)
    return {
        "phase": operator.phase,
        "tenure": operator.tenure,
        "generation": operator.generation,
        "is_leader": operator.is_leader,
        "is_senior": bool(me.is_senior),
        "learns": learns,
        "hours_left": left,
    }


def contact_in_hand(world: Any, row: int) -> int | None:
    """The contact on which the operator works now; of several chats one."""
    operator = world.operators[row]
    if operator.activity not in (Activity.TALK, Activity.HOLD):
        return None
    if world.options[0].has_chats and world.chatters["n"][row] > 0:
        chatter = world.chatters[row]
        slots = world.slots["contact"][chatter.first_slot : chatter.first_slot + chatter.most]
        return int(slots[slots >= 0][0])
    return int(operator.contact)


# ---- the day so far --------------------------------------------------------------------------------------------------


def bands_of(floor: Floor, row: int) -> list[Band]:
    """Talk, wrap-up and breaks of today: what is over from the records, what goes on from the kernel's tables."""
    model, midnight = floor.model, floor.plan.day * DAY
    world, names = model.world, model.names
    records = floor.records_today()
    mine = records[(records["operator"] == row) & np.isfinite(records["answered_at"])]
    bands = []
    for record in mine:
        intent, state = names.types[int(record["type"])][0], kind_of(world, int(record["type"]), record)
        begin, end, wrap = float(record["answered_at"]), float(record["ended_at"]), float(record["wrap_time"])
        bands.append(Band(state, max(begin - midnight, 0.0), end - midnight, intent, int(record["customer"])))
        wrapped = min(end + wrap, floor.now)
        if wrapped - end >= SHORTEST:
            bands.append(Band(State.WRAP, end - midnight, wrapped - midnight, intent, int(record["customer"])))
    bands += present_bands(floor, row)
    return sorted(bands + past_breaks(floor, row, bands), key=lambda band: (band.begin, band.end))


def kind_of(world: Any, kind: int, record: Any) -> State:
    """What the floor calls the work on a contact that is over."""
    if record["outcome"] == Outcome.CASE_DONE:
        return State.CASE
    line = world.lines[world.types["line"][kind]]
    if line.is_chat:
        return State.CHAT
    return State.WRITTEN if line.is_work or record["outcome"] == Outcome.MESSAGE_DONE else State.TALK


def present_bands(floor: Floor, row: int) -> list[Band]:
    """What the operator is at now: contacts in hand, or a break."""
    world, midnight, now = floor.model.world, floor.plan.day * DAY, floor.now
    names = floor.model.names
    state = State(int(operator_states(world)[row]))
    if state == State.BREAK:
        began = max(break_began(floor, row), midnight)
        return [Band(state, began - midnight, now - midnight, is_now=True)]
    if state not in (State.TALK, State.HOLD, State.CHAT, State.OUTBOUND, State.WRITTEN, State.CASE):
        return []
    operator = world.operators[row]
    held = [int(operator.contact)]
    if state == State.CHAT:
        chatter = world.chatters[row]
        slots = world.slots["contact"][chatter.first_slot : chatter.first_slot + chatter.most]
        held = slots[slots >= 0].tolist()
    bands = []
    for contact in held:
        contacts = world.contacts
        is_talking = contacts["phase"][contact] == Phase.TALKING
        began = float(contacts["answered_at"][contact]) if is_talking else float(operator.since)
        intent, customer = names.intents[int(contacts["intent"][contact])], int(contacts["customer"][contact])
        bands.append(Band(state, max(began - midnight, 0.0), now - midnight, intent, customer, is_now=True))
    return bands


def break_began(floor: Floor, row: int) -> float:
    """Start of the break that goes on: its end less the length that was due last."""
    who, at, length = floor.plan.breaks
    back_at = float(floor.model.world.operators["back_at"][row])
    due = np.flatnonzero((who == row) & (at <= floor.now))
    return back_at - float(length[due[-1]]) if len(due) else float(floor.model.world.operators["since"][row])


def past_breaks(floor: Floor, row: int, bands: list[Band]) -> list[Band]:
    """Breaks that are over: each began when it was due, or when the contact ended that was in hand then."""
    if floor.model.scenario.control is not None:
        return []  # the desk moves breaks: when they were taken is not written down
    midnight, found = floor.plan.day * DAY, []
    who, at, length = floor.plan.breaks
    for due, time in zip(at[who == row] - midnight, length[who == row], strict=True):
        begin = float(due)
        for band in bands:
            if band.begin < begin < band.end + SHORTEST and band.state != State.BREAK:
                begin = band.end
        if begin + time <= floor.now - midnight and begin >= floor.begun_at - midnight:
            found.append(Band(State.BREAK, begin, begin + float(time)))
    return found


# ---- in comparison ---------------------------------------------------------------------------------------------------


def records_of(floor: Floor, team: np.ndarray) -> np.ndarray:
    """Contacts that the team has ended, of all records that are kept."""
    is_team = np.zeros(len(floor.model.persons) + 1, bool)
    is_team[team] = True
    parts = [rows[is_team[rows["operator"]] & np.isin(rows["outcome"], DONE)] for rows in floor.records()]
    return np.concatenate(parts)


def record_of(floor: Floor, rows: np.ndarray, records: np.ndarray) -> Record:
    """Of these operators together; counts are per head."""
    world = floor.model.world
    time = world.operator_time[rows].sum(axis=0)
    activity = world.operators["activity"][rows].astype(np.int64)
    np.add.at(time, activity, floor.now - world.operators["since"][rows])
    busy, n = float(time[list(BUSY)].sum()), int(world.operators["n_handled"][rows].sum())
    mine = records[np.isin(records["operator"], rows) & (records["outcome"] == Outcome.HANDLED)]
    csi = mine["csi"][np.isfinite(mine["csi"])]
    available = busy + float(time[Activity.IDLE])
    return Record(
        n_handled=n / len(rows),
        aht=busy / n if n else math.nan,
        occupancy=busy / available if available > 0 else math.nan,
        n_today=float(floor.handled_today()[rows].mean()),
        resolved=float(mine["is_resolved"].mean()) if len(mine) else math.nan,
        csi=float(csi.mean()) if len(csi) else math.nan,
    )
