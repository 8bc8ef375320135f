"""Customers: clusters worked out by the rule, needs that no policy changes, memory that is exact."""

import mesa
import numpy as np
import pytest

from twin import CallCentre, load_scenario
from twin.people.clocks import cluster_of, condition_of
from twin.people.customers import Customer
from twin.people.states import CLUSTERS, Flag, Phase, Tier


def cluster(phase, tier, flags=0):
    number = cluster_of(int(phase), int(tier), int(flags))
    return CLUSTERS[number] if number >= 0 else None


@pytest.mark.parametrize(
    ("phase", "tier", "flags", "expected"),
    [
        (Phase.PROSPECT, Tier.BASIC, 0, "Acquisizioni"),
        (Phase.ORDER, Tier.PORTAFOGLIO, 0, "Acquisizioni"),
        (Phase.NURSERY, Tier.PORTAFOGLIO, 0, "Portafoglio"),
        (Phase.NURSERY, Tier.PRIVILEGE, Flag.ORDER, "Nursery"),
        (Phase.ACTIVE, Tier.PRIVILEGE, Flag.TICKET, "Privilege"),
        (Phase.ACTIVE, Tier.HIGH_POTENTIAL, Flag.TICKET, "Delivery"),
        (Phase.DELIVERY, Tier.BASIC, Flag.ORDER, "Delivery"),
        (Phase.ACTIVE, Tier.HIGH_POTENTIAL, Flag.SUSPENDED, "High Potential"),
        (Phase.ACTIVE, Tier.MEDIUM, Flag.COMPLAINT, "Medium"),
        (Phase.ACTIVE, Tier.BASIC, 0, "Basic"),
        (Phase.MARKET, Tier.BASIC, 0, None),
        (Phase.CHURNED, Tier.PRIVILEGE, 0, None),
        (Phase.NEVER_ACTIVATED, Tier.BASIC, 0, None),
    ],
)
def test_the_first_rule_that_fits_gives_the_cluster(phase, tier, flags, expected):
    assert cluster(phase, tier, flags) == expected


def test_the_strongest_condition_wins():
    assert condition_of(int(Flag.COMPLAINT | Flag.SUSPENDED | Flag.TICKET | Flag.ORDER)) == 1
    assert condition_of(int(Flag.SUSPENDED | Flag.TICKET)) == 2
    assert condition_of(int(Flag.TICKET | Flag.ORDER)) == 3
    assert condition_of(int(Flag.ORDER)) == 4
    assert condition_of(int(Flag.CASE)) == 0


def centre(name, days=7, **options):
    return CallCentre(load_scenario(name, {"size": "tiny", "run.warm_up": 0}), seed=5, days=days, **options)


@pytest.fixture(scope="module")
def week():
    model = centre("187-as-is", recording=True)
    model.run()
    return model


def test_both_models_meet_the_same_needs_on_the_first_day():
    one, other = centre("187-as-is"), centre("187-to-be")
    a, b = one.demand.arrivals(0), other.demand.arrivals(0)
    assert len(a) > 800
    for column in ("at", "who", "customer", "intent"):
        assert (a[column] == b[column]).all()


def test_needs_stay_the_same_after_the_centres_have_differed():
    """What customers remember changes lives a little; the needs of nearly everybody stay aligned."""
    one, other = centre("187-as-is"), centre("187-to-be")
    for _ in range(5):
        one.run_day()
        other.run_day()
    a, b = set(one.demand.arrivals(5).who.tolist()), set(other.demand.arrivals(5).who.tolist())
    assert len(a & b) / len(a | b) > 0.97


def test_needs_a_year_follow_the_foc():
    """Contacts of 28 days, without redials and recalls, against FOC x customer-days, within 3 %.

    Counts scatter by 0.6 %; bills and dunning come in waves, and the expected causes are those of a whole year.
    """
    model = centre("187-as-is", days=28)
    observed, daily = 0, np.zeros(8)
    expected = 0.0
    for day in range(28):
        observed += len(model.demand.arrivals(day))
        daily = model.demand.people.levels[:8, day + 1] - model.demand.people.levels[:8, day]
        foc = np.array([model.scenario.clusters[name].foc for name in CLUSTERS])
        expected += float((daily / model.demand.everyday.by_intent.sum(axis=1) * foc) @ model.demand.people.stocks[:8])
    assert abs(observed / expected - 1) < 0.03


def test_week_of_needs_follows_weekday_and_month_factors(week):
    hazards = np.array([week.demand.everyday.hazard(day)[7] for day in range(7)])
    scenario = week.scenario
    factors = np.array([scenario.demand.weekday_factors[d] for d in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")])
    assert np.corrcoef(hazards, factors)[0, 1] > 0.97  # the day's own noise is 5 %


def test_young_stocks_start_in_their_steady_state(week):
    stocks = week.demand.stocks()
    share = stocks.customers_at_end / stocks.customers_at_end.sum()
    assert 0.013 < share["Nursery"] < 0.022  # domain reference, section 9 (g)
    assert 0.003 < share["Acquisizioni"] < 0.008
    assert 0.10 < share["Privilege"] < 0.13


def test_recent_contacts_are_counted_exactly(week):
    records = np.concatenate(week.records)
    day = (records["ended_at"] // 86400).astype(int)
    customers = week.customers.store.columns
    for name, days in (("contacts_3", 3), ("contacts_30", 30)):
        recent = records["customer"][day > 6 - days]
        counts = np.bincount(recent, minlength=len(customers[name]))
        assert (customers[name] == np.minimum(counts, 255)).all()


def test_handled_contacts_move_the_experience(week):
    records = np.concatenate(week.records)
    handled = set(records["customer"][records["outcome"] == 0].tolist())
    start = np.float32(week.scenario.customers.experience.start)
    moved = week.customers.store.columns["experience"] != start
    assert moved[list(handled)].mean() > 0.99
    assert moved.mean() < 0.2  # the others met an advertisement, a bill, a fault


def test_recalls_on_any_matter_are_at_least_those_on_the_same(week):
    from twin.simulation import run_of

    kpis = run_of(week).kpis().iloc[0]
    assert kpis.recall_any_share > kpis.recall_share > 0.05


def test_bad_contacts_raise_the_expected_churn():
    model = centre("187-as-is", days=2)
    calm = model.demand.stocks().expected_leavers.sum()
    columns = model.customers.store.columns
    columns["unresolved_on"][:] = 0
    worried = model.demand.stocks().expected_leavers.sum()
    columns["experience"][:] = 40.0
    angry = model.demand.stocks().expected_leavers.sum()
    assert calm < worried < angry


def test_customers_are_agents_of_the_model(week):
    assert week.agents_by_type[Customer] is week.customers
    someone = week.customers[0]
    assert isinstance(someone, mesa.Agent)
    assert someone.cluster in CLUSTERS
    assert someone.segment in {"Privilege", "Medium", "Basic"}
    basic = week.customers.select(lambda c: (c.phase == Phase.ACTIVE) & (c.tier == Tier.BASIC))
    assert 0.3 < len(basic) / len(week.customers) < 0.45


def test_data_collector_works_on_operators_and_customers():
    model = centre("187-to-be", days=1)
    model.datacollector = mesa.DataCollector(
        model_reporters={
            "waiting": lambda m: m.n_waiting,
            "content": lambda m: float(m.customers.agg("experience", np.mean)),
        },
        agent_reporters={"activity": "activity"},
    )
    model.run_until("11:00")
    for _ in range(4):
        model.step()
    frame = model.datacollector.get_model_vars_dataframe()
    assert len(frame) == 4
    assert frame.content.between(60, 90).all()
    activities = set(model.datacollector.get_agent_vars_dataframe().activity)
    assert {"idle", "talk", "off"} & activities


@pytest.mark.parametrize("name", ["187-as-is", "187-to-be"])
def test_steps_days_and_one_go_give_the_same_bits(name):
    runs = []
    for how in ("run", "run_day", "step"):
        model = centre(name, days=2, recording=True)
        while not model.is_over:
            getattr(model, how)()
        runs.append(model)
    for other in runs[1:]:
        assert runs[0].world.tallies.tobytes() == other.world.tallies.tobytes()
        records, others = np.concatenate(runs[0].records), np.concatenate(other.records)
        assert len(records) == len(others)  # field by field: what lies between fields is memory as it was found
        assert all(records[field].tobytes() == others[field].tobytes() for field in records.dtype.names)
        columns = runs[0].customers.store.columns
        assert all((columns[name] == other.customers.store.columns[name]).all() for name in columns)
