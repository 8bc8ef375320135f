"""A slow and obvious simulator of a call centre, written from the rules: to answer a question it looks at everybody.

It shares with the kernel the scenario, the persons, the arrivals and duty rows of the days, the laws and the keyed
chance; nothing of its tables, lists, masks and lazy patience. Left out: satisfaction, segments and conditions.
"""

import math

import numpy as np
from reference_menus import Menus
from reference_rules import DAY, NEVER, Contact

from twin.kernel.codes import Event, Grade, Outcome, Purpose

GIVES_UP, ARRIVES = -1, 99
"""At equal instants: whose patience ends is gone before anything else happens, arrivals come last."""


class Reference(Menus):
    """A centre; `records` has a row for each attempt that ended."""

    def __init__(self, scenario, names, persons, seed, arrivals, duty, weekday=0):
        super().__init__(scenario, persons, seed, weekday)
        self.n_booked = 0
        self.closed = not self.is_open_day(0) or scenario.opening.closes - scenario.opening.opens < DAY
        self.heads = {name: 0 for name, group in scenario.groups.items() if group.head_count is not None}
        self.idle, self.waiting, self.on_trunks, self.records = [], [], [], []  # idle: longest first
        for row in arrivals:
            kind = names.intents[row["intent"]], names.clusters[row["cluster"]]
            parts = scenario.intents[kind[0]], scenario.clusters[kind[1]], self.kinds[kind]
            self.plan(float(row["at"]), ARRIVES, self.arrive, Contact(int(row["who"]), *parts))
        for row in duty:
            self.plan(float(row["at"]), int(row["kind"]), self.on_duty_row, int(row["kind"]), row["who"], row["value"])

    def run(self, until):
        """Let everything before `until` happen. After each event, whoever may be answered is."""
        while self.future and self.future[0][0] < until:
            self.book_intervals(self.future[0][0])
            self.now, _, _, act, args = self.future.pop(0)
            act(*args)
            self.match()

    def book_intervals(self, until):
        """Everybody's time is booked at the end of each interval, too: the last bit of a sum depends on it."""
        while (self.n_booked + 1) * self.scenario.run.interval <= until:
            self.n_booked += 1
            self.now = self.n_booked * self.scenario.run.interval
            for operator in self.operators:
                operator.book()

    # ---- a contact comes, goes, comes back --------------------------------------------------------------------------

    def arrive(self, contact):
        contact.at = {"entered": self.now, "joined": self.now}
        if self.scenario.limits.trunks is not None and len(self.on_trunks) >= self.scenario.limits.trunks:
            self.turn_away(contact)
            return
        self.on_trunks.append(contact)
        if (ivr := self.scenario.ivr) is None:
            self.ask(contact)
            return
        level, chance = self.chance(Purpose.IVR, contact, contact.attempt)
        share = min(contact.intent.containment * contact.cluster.containment_factor, 1.0)
        is_contained = chance < share and contact.attempt == 0
        end = self.serve_itself if is_contained else self.ask
        time = self.navigate(contact, is_contained, self.time(ivr.navigation, level))
        self.plan(self.now + time, Event.IVR_END, end, contact)

    def serve_itself(self, contact):
        rule = self.scenario.ivr
        chance, delay = self.chance(Purpose.FALSE_CONTAINMENT, contact, contact.attempt)
        by_entry = {} if self.scenario.menu is None else self.scenario.menu.false_containment
        share = by_entry.get(self.entry(contact.rules.kind[0]), rule.false_containment)
        returns = rule.false_delay is not None and chance < share
        contact.at["joined"] = math.nan
        self.end(contact, Outcome.SELF_SERVED, returns)
        if returns:
            self.come_back(contact, rule.false_delay, delay)

    def turn_away(self, contact):
        redial = self.scenario.redial
        self.end(contact, Outcome.BLOCKED, redial is not None and redial.after_blocked and self.will_redial(contact))

    def lose(self, contact, outcome):
        contact.waited_before += self.now - contact.at["joined"]
        self.end(contact, outcome, outcome == Outcome.ABANDONED and self.will_redial(contact))

    def will_redial(self, contact):
        redial = self.scenario.redial
        return redial is not None and self.chance(Purpose.REDIAL, contact, contact.attempt)[0] < redial.share

    def end(self, contact, outcome, returns, resolved=False, case=False):
        """The attempt is over. Who was not answered redials after the delay."""
        if contact in self.on_trunks:
            self.on_trunks.remove(contact)
        record = {
            "who": contact.who,
            "attempt": contact.attempt,
            "n_answered": contact.n_answered,
            "ended_at": self.now,
        }
        record |= {"outcome": int(outcome), "kind": contact.rules.kind, "returns": returns, "is_resolved": resolved}
        record |= {"entered_at": contact.at["entered"], "joined_at": contact.at["joined"], "opens_case": case}
        record |= {"answered_at": math.nan, "operator": -1, "wrap_time": 0.0, "grade": int(Grade.NONE)}
        if outcome == Outcome.HANDLED:
            record |= {"answered_at": contact.at["answered"], "operator": contact.operator.number}
            grade = self.grade(contact.operator, contact.rules.need)
            record |= {"wrap_time": contact.wrap_time, "grade": int(grade)}
        self.records.append(record | {"interval": int(contact.at["entered"] // self.scenario.run.interval)})
        contact.place = "home"
        if returns and outcome in (Outcome.ABANDONED, Outcome.BLOCKED):
            _, delay = self.chance(Purpose.REDIAL, contact, contact.attempt)
            contact.redials += 1
            self.come_back(contact, self.scenario.redial.delay, delay)

    def come_back(self, contact, law, level):
        """After a delay; if the doors are shut then, on the next open day, evenly spread over its hours."""
        at, hours = self.now + self.time(law, level), self.scenario.opening
        day = math.floor(at / DAY)
        if not (self.is_open_day(day) and hours.opens <= at - day * DAY < hours.closes):
            day += at - day * DAY >= hours.closes or not self.is_open_day(day)
            while not self.is_open_day(day):
                day += 1
            place = self.chance(Purpose.REOPEN, contact, contact.attempt)[1] * 96
            marks, left = np.linspace(hours.opens, hours.closes, 97), int(place)
            clock = float(marks[left] * (1.0 - (place - left)) + marks[left + 1] * (place - left))
            at = day * DAY + min(max(clock, hours.opens), hours.closes - 1e-3)
        contact.attempt += 1
        self.plan(at, Event.RETURN, self.arrive, contact)

    # ---- it asks for an operator, waits, gives up -------------------------------------------------------------------

    def ask(self, contact):
        """Answered at once, after those who go before; or turned away; or in line, with so much patience."""
        redial, queues, rules = self.scenario.redial, self.scenario.queues, contact.rules
        contact.at["joined"] = self.now
        contact.since = self.now - contact.waited_before if redial and redial.cumulate_wait else self.now
        contact.opened = self.now - contact.since
        if self.closed:
            self.lose(contact, Outcome.CUT)
        elif not self.ask_owner(contact) and not self.is_answered_at_once(contact):
            in_queue = sum(other.rules.queue == rules.queue for other in self.waiting)
            if _is_full(len(self.waiting), self.scenario.limits.waiting) or _is_full(
                in_queue, queues[rules.queue].max_waiting
            ):
                self.turn_away(contact)
            elif self.waits_at_all(contact):
                self.stand_in_line(contact)

    def ask_owner(self, contact):
        """Who opened the case answers if idle; if busy, and nobody waits for him yet, he is waited for."""
        owner, limit = contact.owner, self.scenario.routing.owner_wait
        if owner is None or not limit:
            return False
        if owner.does == "idle":
            self.answer(contact, owner)
            return True
        if owner.does not in ("talk", "wrap") or owner.waited_for is not None or owner.is_leaving:
            return False
        if self.waits_at_all(contact):
            owner.waited_for, contact.place = contact, "owner"
            self.plan(self.now + limit, Event.OWNER_TIMEOUT, self.leave_owner, contact, contact.attempt)
        return True

    def leave_owner(self, contact, attempt):
        if (contact.place, contact.attempt) == ("owner", attempt):
            contact.owner.waited_for = None
            contact.opened = self.now - contact.since
            if not self.is_answered_at_once(contact):
                self.stand_in_line(contact)

    def is_answered_at_once(self, contact):
        """While somebody idle may answer it: it, or whoever goes before it, is answered."""
        self.waiting.append(contact)
        contact.place, self.newcomer = "line", contact
        while contact in self.waiting and self.operator_for(contact) is not None:
            self.answer(*self.first(self.pairs()))
        self.newcomer = None
        if contact not in self.waiting:
            return True
        self.waiting.remove(contact)
        return False

    def stand_in_line(self, contact):
        contact.place = "line"
        self.waiting.append(contact)
        self.widen_later(contact)

    def widen_later(self, contact):
        """The next wait that opens a stage, or ends the reserve; each is planned when the one before has come."""
        waits = {stage[2] for stage in contact.rules.stages}
        waits |= {contact.rules.reserve.guarantee} if contact.rules.reserve else set()
        if later := [wait for wait in waits - {NEVER} if wait > contact.opened]:
            at = max(contact.since + min(later), self.now)
            self.plan(at, Event.WIDEN, self.widen, contact, contact.attempt, min(later))

    def widen(self, contact, attempt, wait):
        if contact.attempt == attempt and contact.place == "line":
            contact.opened = max(contact.opened, wait)
            self.widen_later(contact)

    def waits_at_all(self, contact):
        """Draw the patience of this attempt; False if there is none."""
        redial, ask_message = self.scenario.redial, self.scenario.routing.leave_message_after
        contact.message_at = self.now + (NEVER if ask_message is None else ask_message)
        contact.gives_up_at = contact.message_at
        if law := contact.intent.patience or self.scenario.patience:
            which = 0 if redial and redial.patience == "keep" else contact.attempt
            patience = self.time(law, self.chance(Purpose.PATIENCE, contact, which)[0])
            patience *= contact.cluster.patience_factor
            patience *= self.period_factor(contact.intent.patience_factors, self.now)
            if contact.redials > 0:
                patience *= max(redial.patience_factor**contact.redials, redial.patience_floor)
            contact.gives_up_at = min(contact.gives_up_at, self.now + patience)
        if contact.gives_up_at <= self.now:
            self.leave(contact)
            return False
        if contact.gives_up_at < NEVER:
            self.plan(contact.gives_up_at, GIVES_UP, self.give_up, contact, contact.attempt)
        return True

    def give_up(self, contact, attempt):
        if contact.attempt != attempt or contact.place not in ("line", "owner"):
            return
        if contact.place == "line":
            self.waiting.remove(contact)
        else:
            contact.owner.waited_for = None
        self.leave(contact)

    def leave(self, contact):
        self.lose(contact, Outcome.MESSAGE if contact.gives_up_at >= contact.message_at else Outcome.ABANDONED)

    # ---- an operator talks, writes up, is free, comes and goes ------------------------------------------------------

    def answer(self, contact, operator):
        """Talk and wrap-up: the matter's times, the same whoever answers, by the factors of customer and operator."""
        if operator in self.idle:
            self.idle.remove(operator)
        if contact in self.waiting:
            self.waiting.remove(contact)
        contact.place, contact.operator, contact.at["answered"] = "talk", operator, self.now
        operator.does, operator.contact = "talk", contact
        kind, recall = contact.intent, self.scenario.recall
        handle = self.match_of(operator, contact, self.scenario.abilities.handle)
        factor = contact.cluster.talk_factor * float(np.float32(operator.speed * handle))
        if contact.n_answered > 0 and recall:
            factor *= recall.talk_factor
        factor *= self.period_factor(kind.talk_factors, contact.at["joined"])
        talk_level, wrap_level = self.chance(Purpose.WORK, contact, contact.n_answered)
        contact.wrap_time = self.time(kind.wrap, wrap_level) * factor if kind.wrap else 0.0
        self.plan(self.now + self.time(kind.talk, talk_level) * factor, Event.TALK_END, self.hang_up, operator)

    def hang_up(self, operator):
        contact = operator.contact
        self.settle(contact, operator)
        operator.does = "wrap"
        if contact.wrap_time > 0.0:
            self.plan(self.now + contact.wrap_time, Event.WRAP_END, self.become_free, operator)
        else:
            self.become_free(operator)

    def settle(self, contact, operator):
        """Resolved or not, case or none; who is not served may contact again about the same matter."""
        kind, recall, rule = contact.intent, self.scenario.recall, self.scenario.resolution
        chance, case_chance = self.chance(Purpose.RESOLVE, contact, contact.n_answered)
        share = kind.fcr + float(np.float32(self.match_of(operator, contact, self.scenario.abilities.fcr)))
        resolved = kind.fcr >= 1.0 or chance < min(max(share, rule.floor), rule.ceiling)
        case = case_chance < kind.case_share
        chance, delay = self.chance(Purpose.RECALL, contact, contact.n_answered)
        returns = not resolved and recall is not None and chance < recall.share
        self.end(contact, Outcome.HANDLED, returns, resolved, case)
        if returns:
            contact.owner = operator if case else contact.owner
            contact.redials, contact.waited_before, contact.n_answered = 0, 0.0, contact.n_answered + 1
            self.come_back(contact, recall.delay, delay)


def _is_full(n, limit):
    return limit is not None and n >= limit
