"""Operators of the reference simulator: they are free, take a break, come and go."""

from reference_routing import Routing

from twin.kernel.codes import Event, Outcome


class Staff(Routing):
    """What they do next; what an answer is stands in `reference`."""

    def take_next(self, operator):
        """A free operator takes who goes first of those he may answer; himself idle, too."""

        def may_take(c):
            stages = [stage for stage in c.rules.stages if operator.levels.get(stage[0]) == stage[1]]
            n_more = int(operator.holds(c.rules.skill))
            return any(self.is_open(c, stage, self.waited(c)) for stage in stages) and self.is_released(
                c, self.waited(c), n_more
            )

        contacts = [c for c in self.front() if may_take(c)]
        if self.scenario.routing.primary_first:
            contacts = [c for c in contacts if operator.levels.get(c.rules.skill) == 1] or contacts
        if contacts:
            self.answer(*self.first([(contact, operator) for contact in contacts]))
        return bool(contacts)

    def become_free(self, operator):
        """Serves who waits for him, or goes home, or takes a break, or takes the next contact, or is idle."""
        operator.does, contact = "free", operator.waited_for
        heads, serves_out = self.heads.get(operator.group), self.scenario.opening.closing == "serve_out"
        if contact is not None:
            operator.waited_for = None
            self.answer(contact, operator)
        elif operator.is_leaving or (heads is not None and self.n_on(operator.group) > heads):
            if not (self.closed and serves_out and self.take_next(operator)):
                self.go_home(operator)
        elif operator.break_time > 0.0:
            self.begin_break(operator)
        elif not self.take_next(operator):
            operator.does = "idle"
            self.idle.append(operator)

    def n_on(self, group):
        return sum(operator.group == group and operator.does != "off" for operator in self.operators)

    def on_duty_row(self, kind, who, value):
        """A planned event: doors, shifts, head counts, breaks."""
        if kind == Event.OPEN:
            self.closed = False
        elif kind == Event.CLOSE:
            self.close()
        elif kind == Event.HEAD_COUNT:
            self.be_so_many(list(self.scenario.groups)[who], int(value))
        else:
            act = {Event.SHIFT_START: self.come, Event.SHIFT_END: self.end_shift, Event.BREAK: self.take_break}[kind]
            act(self.operators[who], float(value))

    def close(self):
        """Those in line are served by operators who stay, or cut off, also who waits for the owner of a case."""
        self.closed = True
        if self.scenario.opening.closing == "cut":
            owners = [operator for operator in self.operators if operator.waited_for is not None]
            for contact in self.waiting + [operator.waited_for for operator in owners]:
                self.lose(contact, Outcome.CUT)
            self.waiting.clear()
            for operator in owners:
                operator.waited_for = None

    def be_so_many(self, group, heads):
        """The idle go home, the last first, and who is busy when he is free; or the first who are off come."""
        self.heads[group] = heads
        members = [operator for operator in self.operators if operator.group == group]
        for operator in reversed(members):
            if operator.does == "idle" and self.n_on(group) > heads:
                self.go_home(operator)
        for operator in members:
            if operator.does == "off" and self.n_on(group) < heads:
                self.come(operator)

    def come(self, operator, _=0.0):
        operator.is_leaving = False
        if operator.does == "off":
            operator.break_time = operator.busy_time = operator.available_time = 0.0
            operator.book()
            self.become_free(operator)

    def end_shift(self, operator, _):
        if operator.does in ("idle", "break"):
            self.go_home(operator)
        operator.is_leaving = operator.does != "off"

    def go_home(self, operator):
        if operator in self.idle:
            self.idle.remove(operator)
        operator.does, operator.is_leaving = "off", False
        self.match()

    def take_break(self, operator, length):
        """At once if idle, after the contact if busy."""
        if operator.does in ("idle", "talk", "wrap"):
            operator.break_time = length
        if operator.does == "idle":
            self.idle.remove(operator)
            self.begin_break(operator)

    def begin_break(self, operator):
        operator.does, operator.back_at, operator.break_time = "break", self.now + operator.break_time, 0.0
        self.plan(operator.back_at, Event.BREAK_END, self.end_break, operator)
        self.match()

    def end_break(self, operator):
        """Nothing happens if the shift has ended meanwhile."""
        if operator.does == "break" and operator.back_at == self.now:
            self.become_free(operator)
