"""The scenarios of the other source documents say what these state (domain reference, section 2), and run small."""

import pytest

from experiments.check import structure
from twin.scenario.explain import numbers
from twin.scenario.load import load, load_scenario
from twin.simulation import simulate

MARKS = {"S", "X", "D", "A"}
NAMES = ("one-call", "poste-unified", "poste-products", "ecare-360", "ecare-entry")


@pytest.fixture(scope="module")
def loaded():
    return {name: load(name) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_each_number_has_its_mark_and_a_source(loaded, name):
    rows = numbers(loaded[name])
    assert [row["key"] for row in rows if row["mark"] not in MARKS] == []
    # A number without words of its own stands in a table whose mark has a source, or beside its range.
    assert [row["key"] for row in rows if not row["source"] and not row["range"] and row["mark"] != "A"] == []


def test_one_call_says_what_its_document_states(loaded):
    s = loaded["one-call"].scenario
    assert structure.opening(s) == "mon-sun 00:00-24:00"  # K28
    assert structure.team_size(s) == 18  # K14
    assert list(s.clusters) == ["MicroBiz", "SME", "Data"]
    assert len(s.campaigns) == 3
    assert s.cases is not None
    assert s.cases.one_call
    assert list(s.cases.levels) == ["washing", "second", "first"]
    assert len(s.demand.mix) == 12
    heads = sum(group.heads(s.factor) for group in s.groups.values())
    assert 430 <= heads <= 500  # section 3: business
    assert heads % 18 == 0
    assert sum(s.demand.weekday_factors.values()) == pytest.approx(7.0, abs=0.01)
    assert s.demand.a_day == pytest.approx(10_000, rel=0.1)  # K06, before redials


def test_fraud_goes_first(loaded):
    s = loaded["one-call"].scenario
    ranks = {route.queue: route.priority.rank for route in s.routes}
    assert ranks["Fraud"] < min(rank for queue, rank in ranks.items() if queue != "Fraud")


@pytest.mark.parametrize("name", ["poste-unified", "poste-products"])
def test_poste_says_what_its_documents_state(loaded, name):
    s = loaded[name].scenario
    assert structure.opening(s) == "mon-sat 08:00-20:00"  # K27
    assert structure.internal_opening(s) == "mon-sat 08:00-19:00"  # K27
    assert structure.n_tiers(s) == 3  # K29
    assert structure.shift_lengths(s) == [6.0]  # K26
    assert structure.fewest_starts(s) >= 3  # K26: staggered
    assert structure.n_sites(s) == 33  # P1
    full = load_scenario(name, {"size": "full"})
    assert sum(group.heads(full.factor) for group in full.groups.values()) == pytest.approx(2500, rel=0.01)  # P1
    served = sum(share * full.intents[intent].containment for intent, share in full.demand.mix.items())
    again = full.ivr.false_containment if full.ivr is not None else 0.0
    by_people = full.demand.a_day * full.factor * (1 - served * (1 - again))
    assert by_people * 303 == pytest.approx(18e6, rel=0.01)  # P1
    shares = {leg.tier: leg.share.none for leg in s.legs if leg.kind == "escalation"}
    assert (1 - shares[1], shares[1] * (1 - shares[2]), shares[1] * shares[2]) == pytest.approx((0.8, 0.15, 0.05))


def test_only_the_unified_centre_has_one_queue_for_all_sites(loaded):
    after, before = loaded["poste-unified"].scenario, loaded["poste-products"].scenario
    assert {skill for group in after.groups.values() for skill in group.skills} == {"general", "specialist", "company"}
    assert {"mail", "finance", "digital", "internal"} <= {skill for g in before.groups.values() for skill in g.skills}
    assert after.profiles is not None
    assert after.profiles.talk_factor < 1.0
    assert list(after.profiles.feeds) == ["call-centre", "internet", "territory", "sales-force"]  # S4
    assert before.profiles is None
    assert structure.self_service_opening(after) == "mon-sun 00:00-24:00"  # K27
    assert structure.self_service_opening(before) == "none"
    assert all(route.sites is None for route in after.routes)


def test_ecare_says_what_its_document_states(loaded):
    s = loaded["ecare-360"].scenario
    phone = [name for name in s.demand.mix if s.intents[name].channel == "phone"]
    assert len(phone) == 12  # the matters of S3
    assert 0.65 <= sum(s.demand.mix[name] for name in phone) <= 0.85  # X(B7)
    assert {intent.channel for intent in s.intents.values()} == {"phone", "e-mail", "letter", "desk", "outbound"}
    assert list(s.campaigns) == ["retention", "teleselling", "disappointed"]
    levels = s.cases.levels
    assert [levels[name].share for name in ("first", "second", "washing")] == [0.75, 0.22, 0.03]
    assert levels["washing"].rank < levels["first"].rank < levels["second"].rank
    assert s.opening.closes - s.opening.opens >= 35 / 6 * 3600  # X(E1): 35 hours a week at least
    needs_a_year = s.demand.a_day * 303 / 500_000
    assert needs_a_year == pytest.approx(1.6, rel=0.01)


@pytest.mark.parametrize(
    ("name", "least"), [("one-call", 900), ("poste-unified", 1000), ("poste-products", 1000), ("ecare-360", 500)]
)
def test_small_run_is_handled(name, least):
    run = simulate(load_scenario(name, {"size": "tiny", "run.warm_up": 0}), days=1)
    table = run.kpis([], ["n_entered", "n_handled", "sl20"]).iloc[0]
    assert table["n_entered"] > least
    assert table["n_handled"] > 0.6 * table["n_entered"]
    assert 0.3 < table["sl20"] <= 1.0


def test_taking_charge_keeps_customers_from_calling_again():
    """Domain reference, section 9, direction 7: without taking charge they call again, with it cases are worked on."""
    small = {"size": "tiny", "run.warm_up": 0, "intents.bills.case_share": 0.01}
    with_charge, without = (
        simulate(load_scenario("one-call", small | {"cases.one_call": one_call}), days=4).kpis(
            [], ["recall_any_share", "recontact_share"]
        )
        for one_call in (True, False)
    )
    assert with_charge["recall_any_share"].iloc[0] < without["recall_any_share"].iloc[0]
    assert with_charge["recontact_share"].iloc[0] > without["recontact_share"].iloc[0]
