"""Who answers whom in the reference simulator."""

from itertools import pairwise

from reference_rules import NEVER, Rules

from twin.kernel.codes import Purpose


class Routing(Rules):
    """Needs to know who waits (`waiting`) and who is idle (`idle`, longest first)."""

    newcomer = None
    """Who is asking for an operator just now and stands in no queue yet."""

    def staff_of(self, skill):
        """How many holders of the skill are on duty, and how many of them are idle."""
        holders = [op for op in self.operators if op.holds(skill) and op.does not in ("off", "break")]
        return len(holders), sum(op.does == "idle" for op in holders)

    def waited(self, contact):
        return max(self.now - contact.since, contact.opened)

    def is_open(self, contact, stage, waited):
        """By the wait, or by the expected one: contacts for the skill x handle time / staff; none while one is idle."""
        _, _, after, expected_wait = stage
        if after <= waited:
            return True
        n_staff, n_idle = self.staff_of(contact.rules.skill)
        n_waiting = sum(other.rules.skill == contact.rules.skill for other in self.waiting)
        handle_time = sum(contact.rules.handle_times) / len(contact.rules.handle_times)
        expected = NEVER if n_staff == 0 else 0.0 if n_idle else n_waiting * handle_time / n_staff
        return expected_wait < NEVER and expected >= expected_wait

    def is_released(self, contact, waited, n_more=0):
        """Residual capacity: only while enough of the skill's staff are idle, until the guaranteed wait."""
        reserve = contact.rules.reserve
        n_staff, n_idle = self.staff_of(contact.rules.skill)
        n_idle += n_more
        if reserve is None or waited >= reserve.guarantee:
            return True
        return n_idle > reserve.operators and n_idle >= reserve.share * n_staff

    def operator_for(self, contact):
        """The first open stage with somebody idle; there, by the rule, ties by longest idle."""
        if self.is_released(contact, contact.opened):
            for stage in contact.rules.stages:
                idle = [operator for operator in self.idle if operator.levels.get(stage[0]) == stage[1]]
                if idle and self.is_open(contact, stage, contact.opened):
                    return self.choose_idle(contact, idle)
        return None

    def choose_idle(self, contact, idle):
        rule = self.scenario.routing.operator_rule
        if rule == "random":
            level, _ = self.chance(Purpose.CHOICE, contact, contact.attempt)
            return idle[min(int(level * len(idle)), len(idle) - 1)]
        return max(idle, key=lambda operator: self.merit(rule, operator, contact))

    def merit(self, rule, operator, contact):
        """The operator with the most of it answers."""
        idle_time = self.now - operator.since
        available_time = operator.available_time + idle_time
        match rule:
            case "most_idle":
                return operator.available_time - operator.busy_time + idle_time
            case "least_occupied":
                return -operator.busy_time / available_time if available_time > 0 else 0.0
            case "best_proficiency":
                return self.proficiency(operator, contact.rules.need)
            case "fewest_skills":
                return -len(operator.held)
            case "fixed_order":
                return -operator.number
        return 0.0  # the longest idle stands first

    def front(self):
        """Of those alike in all that rules look at, who has waited longest."""
        found = {}
        for contact in sorted(self.waiting, key=lambda c: c.since):
            found.setdefault(contact.rules.line, contact)
        return list(found.values())

    def first(self, pairs):
        """Of contacts with the operator of each: lowest rank, highest score, longest wait, the kind named first."""
        return min(pairs, key=lambda pair: (self.rank(*pair), -self.score(pair[0]), pair[0].since, pair[0].rules.line))

    def rank(self, contact, operator):
        """What the operator's group prefers goes first, then the rank of the priority, unless only the wait counts."""
        prefers = self.scenario.groups[operator.group].prefers
        preference = prefers.get(contact.rules.queue, max(prefers.values(), default=0) + 1)
        return preference, 0 if self.scenario.routing.contact_rule == "longest_waiting" else contact.rules.priority.rank

    def score(self, contact):
        rule, rules, waited = self.scenario.routing.contact_rule, contact.rules, self.now - contact.since
        if rule == "longest_queue":
            return sum(other.rules.queue == rules.queue for other in self.waiting if other is not self.newcomer)
        if rule in ("weighted_longest_wait", "local_first"):
            return rules.priority.weight * waited
        if rule != "points":
            return waited
        points = rules.priority.points + rules.priority.points_per_second * waited
        points += rules.reserve.points if rules.reserve and waited >= rules.reserve.guarantee else 0.0
        return points + self.credit(rules.priority.credit, waited) if rules.priority.credit else points

    def credit(self, knots, waited):
        """On a straight line from knot to knot; as at the first or the last one outside them."""
        for low, high in reversed(list(pairwise(knots))):
            if low.wait <= waited < high.wait:
                return low.points + (high.points - low.points) * (waited - low.wait) / (high.wait - low.wait)
        return knots[0].points if waited < knots[0].wait else knots[-1].points

    def pairs(self):
        """Who waits and may be answered, with who would answer."""
        found = [(contact, self.operator_for(contact)) for contact in self.front() if self.idle]
        return [(contact, operator) for contact, operator in found if operator is not None]

    def match(self):
        """As long as somebody idle may answer somebody who waits."""
        while pairs := self.pairs():
            self.answer(*self.first(pairs))
