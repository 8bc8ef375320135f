"""The channel of a need: shares by cluster and by digital customers, as work, self care, or a call after all."""

import numpy as np
import pytest

from twin.kernel.codes import Deferral, Outcome
from twin.model import CallCentre
from twin.people.channel_choice import ChannelRule, channel_shares, choose_channels
from twin.scenario.channel_choice_schema import ChannelChoice
from twin.scenario.load import load_scenario
from twin.world.channel_choice import with_channels
from twin.world.names import Names

RULE = {
    "shares": {"phone": 0.7, "e-mail": 0.1, "web": 0.2},
    "by_cluster": {"Basic": {"phone": 0.4, "web": 0.6}},
    "digital_shift": 0.5,
    "only_phone": ["CAN"],
    "queue": "Caring",
    "written": {"e-mail": {"work": {"law": "constant", "value": "8 min"}, "answer_by": "1 day"}},
    "self_care": {
        "session": {"law": "constant", "value": "4 min"},
        "success": 0.6,
        "by_entry": {"TEC": 0.0},
        "fallback_delay": {"law": "constant", "value": "10 min"},
    },
}
TINY = {"size": "tiny", "scale.sizes.tiny": 0.002, "run.days": 1, "run.warm_up": 0}


def scenario():
    plain = load_scenario("187-as-is", TINY)
    return plain.model_copy(update={"channels": ChannelChoice.model_validate(RULE)})


def test_the_shares_of_a_cluster_and_of_digital_customers():
    one = scenario()
    shares = channel_shares(one, Names.of(one), ["phone", "e-mail", "web"])
    of = Names.of(one).clusters.index
    assert shares[of("Medium"), 0] == pytest.approx([0.7, 0.8, 1.0])
    assert shares[of("Medium"), 1] == pytest.approx([0.35, 0.45, 1.0])  # half of the calls go to the web
    assert shares[of("Basic"), 0] == pytest.approx([0.4, 0.4, 1.0])


def test_channels_are_drawn_by_the_shares():
    n = 20_000
    who = np.arange(n, dtype=np.uint64)
    channels = np.zeros(n, np.int8)
    shares = np.array([[[0.7, 0.8, 1.0], [0.0, 0.0, 1.0]]])
    choose_channels(np.uint64(5), who, np.zeros(n, np.int8), who % 2 == 1, shares, channels)
    assert (channels[1::2] == 2).all()
    found = np.bincount(channels[::2], minlength=3) / (n / 2)
    assert found == pytest.approx([0.7, 0.1, 0.2], abs=4 * 0.0046)  # four standard deviations
    again = np.zeros(1, np.int8)
    choose_channels(np.uint64(5), who[4:5], np.zeros(1, np.int8), np.zeros(1, bool), shares, again)
    assert again[0] == channels[4]  # it depends on who it is, not on the others


def test_each_matter_has_an_intent_for_each_channel_but_those_that_are_only_phoned():
    one = with_channels(scenario())
    assert one.intents["BIL by e-mail"].channel == "e-mail"
    assert one.intents["SAL-nip by web"].group == "SAL"
    assert "CAN by web" not in one.intents
    assert with_channels(one) is one
    names = Names.of(one)
    rule = ChannelRule(one, names, 1)
    assert rule.intents[names.intents.index("CAN")].tolist() == [names.intents.index("CAN")] * 3


def test_written_contacts_become_work_and_self_care_in_vain_a_call():
    model = CallCentre(scenario(), seed=2, recording=True)
    model.run()
    model.close()
    t = model.world.tallies
    records = np.concatenate(model.records)
    intents = np.array([kind[0] for kind in model.names.types], object)[records["type"]].astype(str)
    n_open = (model.world.contacts.deferral == Deferral.WORK).sum()
    assert t["deferred"].sum() == np.char.endswith(intents, "e-mail").sum() + n_open > 10
    sessions = np.char.endswith(intents, "by web")
    assert t["web_sessions"].sum() == sessions.sum() > 50
    assert (records["outcome"][sessions] == Outcome.SELF_SERVED).all()
    in_vain = sessions & records["returns"]
    assert t["web_served"].sum() == (sessions & ~records["returns"]).sum()
    assert in_vain[intents == "TEC by web"].all()  # success 0
    called = records["who"][~sessions]
    early = in_vain & (records["ended_at"] < 20 * 3600)
    assert np.isin(records["who"][early], called).all()
    again = ~sessions & np.isin(records["who"], records["who"][in_vain]) & (records["attempt"] == 1)
    assert not np.char.endswith(intents[again], "web").any()


def test_without_the_rule_everybody_calls():
    plain = load_scenario("187-as-is", TINY)
    assert with_channels(plain) is plain
