"""Who answers whom in the reference simulator."""

from reference_rules import NEVER, Rules


class Routing(Rules):
    """Needs to know who waits (`waiting`) and who is idle (`idle`, longest first)."""

    def staff_of(self, skill):
        """How many holders of the skill are on duty, and how many of them are idle."""
        holders = [op for op in self.operators if op.holds(skill) and op.does not in ("off", "break")]
        return len(holders), sum(op.does == "idle" for op in holders)

    def waited(self, contact):
        return max(self.now - contact.since, contact.opened)

    def is_open(self, contact, stage):
        """By the wait, or by the expected one: contacts for the skill x handle time / staff; none while one is idle."""
        _, _, after, expected_wait = stage
        if after <= self.waited(contact):
            return True
        n_staff, n_idle = self.staff_of(contact.rules.skill)
        n_waiting = sum(other.rules.skill == contact.rules.skill for other in self.waiting)
        handle_time = sum(contact.rules.handle_times) / len(contact.rules.handle_times)
        expected = NEVER if n_staff == 0 else 0.0 if n_idle else n_waiting * handle_time / n_staff
        return expected_wait < NEVER and expected >= expected_wait

    def is_released(self, contact, n_more=0):
        """Residual capacity: only while enough of the skill's staff are idle, until the guaranteed wait."""
        reserve = contact.rules.reserve
        n_staff, n_idle = self.staff_of(contact.rules.skill)
        n_idle += n_more
        if reserve is None or self.waited(contact) >= reserve.guarantee:
            return True
        return n_idle > 0 and n_idle >= reserve.share * n_staff

    def operator_for(self, contact):
        """The first open stage with somebody idle; the longest idle there."""
        if self.is_released(contact):
            for stage in contact.rules.stages:
                for operator in self.idle:
                    if operator.levels.get(stage[0]) == stage[1] and self.is_open(contact, stage):
                        return operator
        return None

    def first(self, contacts):
        """Lowest rank, then most points, then longest wait."""
        return sorted(contacts, key=lambda c: (c.rules.priority.rank, -self.points(c), c.since))[0]

    def points(self, contact):
        waited, rules = self.now - contact.since, contact.rules
        points = rules.priority.points + rules.priority.points_per_second * waited
        return points + rules.reserve.points if rules.reserve and waited >= rules.reserve.guarantee else points

    def match(self):
        """As long as somebody idle may answer somebody who waits."""
        while pairs := [contact for contact in self.waiting if self.idle and self.operator_for(contact)]:
            first = self.first(pairs)
            self.answer(first, self.operator_for(first))
