"""When each customer is looked at next.

Three clocks run for each customer. Needs: the customer's cluster has a cumulated hazard by day, and the next need comes
when it passes a level that only chance decides. Events of life, and the wish to leave: unit exponentials, counted down
at a daily hazard that changes only when something has happened (time change). So the same customer has the same needs
and faults under every caring model, a changed hazard moves an event instead of drawing it anew, and between two events
nobody has to look at the customer at all: `due` says when to.
"""

import math

import numpy as np

from twin.kernel.chance import uniforms
from twin.kernel.jit import compiled, entry
from twin.people.customer_table import NEVER
from twin.people.states import NOBODY, Flag, Mark, Phase, Tier

YEAR = 365.25
FIRST_MONTH = 30  # days


@entry
def cluster_of(phase, tier, flags):
    """The To-Be cluster, by the first rule that fits (domain reference 6.1); -1 for who is no customer.

    Clusters are numbered as in `twin.people.states.CLUSTERS`.
    """
    if phase == Phase.ORDER or phase == Phase.PROSPECT:
        return 3
    if phase < Phase.DELIVERY or phase > Phase.LEAVING:
        return -1
    if tier == Tier.PORTAFOGLIO:
        return 0
    if phase == Phase.NURSERY:
        return 2
    if tier == Tier.PRIVILEGE:
        return 1
    if flags & (Flag.ORDER | Flag.TICKET):
        return 4
    return 5 + (Tier.HIGH_POTENTIAL - tier)


@entry
def condition_of(flags):
    """What sets the customer apart when he contacts, strongest first (`twin.world.names.CONDITIONS`)."""
    if flags & Flag.COMPLAINT:
        return 1
    if flags & Flag.SUSPENDED:
        return 2
    if flags & Flag.TICKET:
        return 3
    if flags & Flag.ORDER:
        return 4
    return 0


@compiled
def cluster_row(who):
    """The cluster, or NOBODY: a row of tables by cluster."""
    cluster = cluster_of(who.phase, who.tier, who.flag_bits)
    return cluster if cluster >= 0 else NOBODY


@compiled
def exponential(seed, purpose, who, which):
    u, _ = uniforms(seed, purpose, who, which)
    return -math.log(1.0 - u)


@compiled
def whole_days(mean, u):
    """Whole days, at least 1, of an exponential delay with this mean [days]."""
    return max(round(-mean * math.log(1.0 - u)), 1)


@compiled
def has_line(who):
    """Whether the customer is served, and neither new to it nor about to go."""
    return who.phase == Phase.NURSERY or who.phase == Phase.ACTIVE


# ---- hazards -------------------------------------------------------------------------------------------------------


@compiled
def tenure_factor(who, rules, day):
    months = (day - who.activated_on) / (YEAR / 12)
    for i in range(len(rules.tenure_months) - 1):
        if months < rules.tenure_months[i]:
            return rules.tenure_factors[i]
    return rules.tenure_factors[len(rules.tenure_factors) - 1]


@compiled
def churn_hazard(who, rules, day):
    """Expected yearly hazard of leaving (domain reference 4.7), without the factor of recent contacts."""
    is_new = who.phase == Phase.NURSERY
    hazard = rules.churn_nursery if is_new else rules.churn[who.tier]
    hazard *= tenure_factor(who, rules, day)
    if who.flag_bits & Flag.COMPLAINT:
        hazard *= rules.complaint_factor
    if who.flag_bits & Flag.SUSPENDED:
        hazard *= rules.suspended_factor
    elif who.flag_bits & Flag.OVERDUE:
        hazard *= rules.overdue_factor
    if who.flag_bits & Flag.LATE and day < who.activated_on + rules.contact_window:
        hazard *= rules.late_factor
    return hazard * math.exp(-rules.csi_slope * (who.experience - who.expectation) / 10.0)


@compiled
def contact_factor(who, rules, day):
    """Factor on the hazard of leaving after contacts, and for how many days it still holds."""
    unresolved = who.unresolved_on + rules.contact_window - day
    if unresolved > 0:
        return rules.unresolved_factor, unresolved
    later = who.repeated_on + rules.contact_window - day
    if later > 0:
        return rules.later_factor, later
    return 1.0, 0.0


@compiled
def fault_hazard(who, rules, day):
    return rules.early_faults if day - who.activated_on < FIRST_MONTH else rules.faults


@compiled
def rescore_up_hazard(who, rules):
    hazard = rules.rescore_up[who.tier]
    return hazard * rules.rescore_factor if who.flag_bits & Flag.OFFER else hazard


@compiled
def adoption_hazard(who, rules):
    return 0.0 if who.marks & Mark.DIGITAL else rules.adoption[who.tier]


@compiled
def life_hazard(who, rules, day):
    """Daily hazard of any event of life that comes from outside; the same under every caring model."""
    if who.phase == Phase.MARKET:
        return rules.leads
    if not has_line(who):
        return 0.0
    hazard = rules.orders + fault_hazard(who, rules, day) + rules.traffic_alarms
    hazard += rules.brand + rules.advertising + adoption_hazard(who, rules)
    if who.phase == Phase.ACTIVE:
        hazard += rules.bill_calls + rules.bill_complaints + rules.overdue + rescore_up_hazard(who, rules)
        hazard += rules.rescore_down if who.tier > 0 else 0.0
    return hazard


@compiled
def refresh_hazards(who, rules, day):
    """The daily hazards from this day on; they change only with phase, tier, flags, months of tenure and contacts."""
    who.life_daily = life_hazard(who, rules, day)
    if has_line(who):
        factor, _ = contact_factor(who, rules, day)
        who.churn_daily = rules.wish_factor * churn_hazard(who, rules, day) * factor / YEAR
    else:
        who.churn_daily = 0.0


@compiled
def settle_clocks(who, day):
    """Count life and churn down to this midnight."""
    passed = day - who.clocks_from
    if passed > 0:
        who.life_left -= who.life_daily * passed
        who.churn_left -= who.churn_daily * passed
    who.clocks_from = day


# ---- the next visit ------------------------------------------------------------------------------------------------


@compiled
def day_of(left, daily, since, day):
    """The first day after `day` at whose midnight a hazard of `daily` has used up what was left on day `since`."""
    if daily <= 0.0:
        return NEVER
    days = math.ceil(left / daily)
    return NEVER if days >= NEVER - since else max(np.int64(since + days), day + 1)


@compiled
def need_day(people, who, first):
    """The first day from `first` on which the next need arises, while the customer stays in the cluster."""
    cluster = cluster_row(who)
    last = people.levels.shape[1] - 1
    if first >= last or people.levels[cluster, last] < who.need_level:
        return NEVER
    low, high = first, last - 1
    while low < high:
        middle = (low + high) // 2
        if people.levels[cluster, middle + 1] >= who.need_level:
            high = middle
        else:
            low = middle + 1
    return low


@compiled
def hazard_changes(who, rules, day):
    """The next day on which a hazard changes although nothing happens: a month of tenure, a contact forgotten."""
    if not has_line(who):
        return NEVER
    found = NEVER
    if day < who.activated_on + FIRST_MONTH:
        found = who.activated_on + FIRST_MONTH
    for i in range(len(rules.tenure_months) - 1):
        passes = math.ceil(who.activated_on + rules.tenure_months[i] * YEAR / 12)
        if passes > day:
            found = min(found, passes)
            break
    window = np.int64(math.ceil(rules.contact_window))
    if who.unresolved_on + window > day:
        found = min(found, who.unresolved_on + window)
    if who.repeated_on + window > day:
        found = min(found, who.repeated_on + window)
    if who.flag_bits & Flag.LATE and who.activated_on + window > day:
        found = min(found, who.activated_on + window)
    return found


@compiled
def schedule_visit(people, rules, row, day, first_need):
    """Write down the day of the next visit; all that was due until `day` has been done."""
    who = people.rows[row]
    dates = min(min(who.phase_ends, who.order_ends), min(who.ticket_ends, who.complaint_ends))
    dates = min(dates, min(who.credit_ends, who.prompt_on))
    since = np.int64(who.clocks_from)
    clocks = min(day_of(who.life_left, who.life_daily, since, day), day_of(who.churn_left, who.churn_daily, since, day))
    soonest = min(min(dates, clocks), hazard_changes(who, rules, day))
    people.due[row] = min(soonest, need_day(people, who, first_need))


@compiled
def touch_clocks(people, rules, row, day):
    """A contact has changed what the hazards rest on, from this midnight on."""
    who = people.rows[row]
    refresh_hazards(who, rules, day)
    schedule_visit(people, rules, row, day - 1, day)
