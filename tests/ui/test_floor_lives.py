"""Operators' days and customers' lives on the floor, against what the kernel and the model count themselves."""

import numpy as np
import pytest
from test_floor import HOUR, TINY, office, small

from twin import load_scenario
from twin.kernel.codes import Activity, Outcome
from twin.people.states import Flag, LifeEvent, Phase
from twin.ui.floor import sentences
from twin.ui.floor.customers import customer_of, customer_view
from twin.ui.floor.floor import of_scenario
from twin.ui.floor.followed import MOST_FOLLOWED, brought_about
from twin.ui.floor.frame import unpack
from twin.ui.floor.operators import operator_view
from twin.ui.floor.states import State
from twin.ui.floor.views import Watch, stage_of, summary_of
from twin.ui.words import LANGUAGES, Words

DAY = 86400.0


@pytest.fixture(scope="module")
def centre():
    """The 187 To-Be, 14 operators, around noon."""
    floor = of_scenario(small("187"), seed=4)
    floor.advance(DAY + 12.1 * HOUR)
    yield floor
    floor.close()


def seconds(view, state):
    return sum(band.end - band.begin for band in view.bands if band.state == state)


def test_an_operators_day_adds_up_to_the_kernels_own_time(centre):
    """Talk to a hundredth of a second; of wrap-ups records keep 4 bytes, and pieces below a second are not drawn."""
    time = centre.time_today()
    assert time[:, Activity.TALK].sum() > 0
    for row in range(len(centre.model.persons)):
        view = operator_view(centre, row)
        assert seconds(view, State.TALK) == pytest.approx(time[row, Activity.TALK], abs=0.01)
        assert seconds(view, State.WRAP) == pytest.approx(time[row, Activity.WRAP], abs=1.0 + len(view.bands))
        assert seconds(view, State.BREAK) == pytest.approx(time[row, Activity.BREAK], abs=1.0)
        assert view.time_today["talk"] == time[row, Activity.TALK]
        begins = [band.begin for band in view.bands]
        assert begins == sorted(begins)


def test_an_operator_is_compared_with_the_team(centre):
    world = centre.model.world
    view = operator_view(centre, 0)
    team = [other.row for other in centre.model.operators if other.team == view.team]
    busy = world.operator_time[team][:, [Activity.TALK, Activity.WRAP, Activity.HOLD]].sum()
    n = world.operators["n_handled"][team].sum()
    assert view.n_team == len(team)
    assert view.team_mean.n_handled == n / len(team)
    assert view.team_mean.aht == pytest.approx(busy / n, rel=0.02), "the piece since the last interval apart"
    assert view.mine.n_handled == world.operators["n_handled"][0]
    assert {held.name for held in view.skills} == set(centre.model.operators[0].skills)


def test_a_break_is_drawn_from_when_the_contact_in_hand_ended():
    """Two operators, a break of 15 min due at 10:00: at 10:40 each has had one, of 900 s, begun at 10:00 or later."""
    floor = of_scenario(office(), seed=3)
    floor.advance(10.7 * HOUR)
    for row in range(2):
        breaks = [band for band in operator_view(floor, row).bands if band.state == State.BREAK]
        assert [band.end - band.begin for band in breaks] == pytest.approx([900.0])
        assert 10 * HOUR <= breaks[0].begin < 10.2 * HOUR
    floor.close()


def test_the_career_of_an_operator_is_told():
    floor = of_scenario(small("careers"), seed=4)
    floor.advance(DAY + 11 * HOUR)
    career = operator_view(floor, 0).career
    assert career["phase"] == floor.model.operators[0].phase
    assert career["tenure"] == floor.model.operators[0].tenure
    floor.close()


# ---- customers -------------------------------------------------------------------------------------------------------


def test_the_life_of_everybody_is_all_that_the_model_counts(monkeypatch):
    """Everybody is followed: the events of life by kind are the model's own counts, and so are changes of cluster."""
    monkeypatch.setattr("twin.ui.floor.followed.MOST_FOLLOWED", 10_000)
    floor = of_scenario(load_scenario("187-to-be", TINY | {"customers.base": 60000}), seed=2)
    floor.advance(1.0)
    base = floor.model.demand
    n = len(base.people.rows)
    flows, moves = base.people.flows.copy(), int(base.people.moves.sum())
    for row in range(n):
        floor.followed.follow(row, floor.now)
    floor.advance(3 * DAY + 1.0)
    lives = floor.followed.lives.values()
    told = np.bincount([event.kind for life in lives for event in life.events], minlength=len(LifeEvent))
    counted = (base.people.flows - flows)[:4].sum(axis=0)
    unseen = [LifeEvent.ABANDONED]  # a contact of the life line
    evening = [LifeEvent.COMPLAINT, LifeEvent.UPSOLD, LifeEvent.SAVED]  # told by what they leave behind
    exact = [kind for kind in LifeEvent if kind not in unseen + evening]
    assert told[exact].tolist() == counted[exact].tolist()
    assert (told[evening] <= counted[evening]).all()
    assert counted[exact].sum() > 10
    changes = sum(len(life.clusters) - 1 for life in lives)
    assert changes == int(base.people.moves.sum()) - moves
    floor.close()


def test_a_customer_has_all_contacts_that_are_recorded(centre):
    records = np.concatenate([*[rows for _, rows in centre.past], centre.records_today()])
    customers, n = np.unique(records["customer"], return_counts=True)
    busiest = int(customers[n.argmax()])
    view = customer_view(centre, busiest)
    assert len(view.contacts) == n.max()
    assert [contact.entered_at for contact in view.contacts] == records["entered_at"][
        records["customer"] == busiest
    ].tolist()
    assert view.cluster == centre.model.customers.store.view_class(centre.model.customers.store, busiest).cluster
    assert not view.is_followed


def test_following_keeps_contacts_and_satisfaction_beyond_the_records(monkeypatch):
    monkeypatch.setattr("twin.ui.floor.floor.ROWS_KEPT", 1)
    floor = of_scenario(small("187"), seed=4)
    floor.advance(12 * HOUR)
    handled = floor.records_today()
    handled = handled[handled["outcome"] == Outcome.HANDLED]
    row = int(handled["customer"][0])
    before = customer_view(floor, row).experience
    floor.followed.follow(row, floor.now)
    floor.advance(3 * DAY + HOUR)
    view = customer_view(floor, row)
    assert view.contacts[0].outcome is Outcome.HANDLED
    assert view.contacts[0].entered_at < 12 * HOUR
    assert view.satisfaction[0][1] == before
    assert view.satisfaction[1][0] == DAY, "the evening's memory of the contact"
    assert view.satisfaction[-1][1] == view.experience
    floor.followed.leave(row)
    assert not customer_view(floor, row).is_followed
    assert customer_view(floor, row).contacts_from > 12 * HOUR
    floor.close()


def test_run_again_from_the_start_the_whole_life_is_known():
    floor = of_scenario(small("187"), seed=4)
    floor.advance(DAY + 12 * HOUR)
    floor.followed.follow(77, floor.now)
    assert customer_view(floor, 77).followed_from == DAY + 12 * HOUR
    now = floor.now
    floor.restart()
    list(floor.jump(now))
    view = customer_view(floor, 77)
    assert (view.followed_from, floor.now) == (0.0, now)
    floor.close()


def test_a_few_are_followed_and_the_first_is_let_go():
    floor = of_scenario(small("187"), seed=4)
    for row in range(MOST_FOLLOWED + 1):
        floor.followed.follow(row, floor.now)
    assert list(floor.followed.lives) == list(range(1, MOST_FOLLOWED + 1))
    floor.close()


def test_evening_events_are_read_off_what_they_leave():
    active, leaving = int(Phase.ACTIVE), int(Phase.LEAVING)
    assert brought_about(0, active, int(Flag.COMPLAINT | Flag.OFFER), active) == [LifeEvent.COMPLAINT, LifeEvent.UPSOLD]
    assert brought_about(int(Flag.COMPLAINT), leaving, int(Flag.COMPLAINT), active) == [LifeEvent.SAVED]
    assert brought_about(int(Flag.OFFER), active, 0, active) == []


def test_who_waits_is_found_behind_the_mark_in_line():
    floor = of_scenario(small("187"), seed=4)
    floor.advance(9 * HOUR)
    while not len(unpack(floor.frame()).waiters):
        floor.step_event()
    waiter = unpack(floor.frame()).waiters[0]
    contact, generation = int(waiter["contact"]), int(waiter["generation"])
    row = customer_of(floor, contact, generation)
    assert row == floor.model.world.contacts["customer"][contact]
    assert customer_view(floor, row).present[0].contact == contact
    assert customer_of(floor, contact, generation + 1) is None, "the row is another one's by now"
    assert customer_of(floor, 10**6, 0) is None
    watch = Watch()
    watch.look_for(floor, "contact", [contact, generation])
    assert dict(watch.views(floor))["customer"].row == row
    floor.close()


def test_a_scenario_without_customers_tells_of_the_contact():
    floor = of_scenario(office(), seed=3)
    floor.advance(8 * HOUR)
    while not len(unpack(floor.frame()).waiters):
        floor.step_event()
    waiter = unpack(floor.frame()).waiters[0]
    watch = Watch()
    watch.look_for(floor, "contact", [int(waiter["contact"]), int(waiter["generation"])])
    view = dict(watch.views(floor))["customer"]
    assert not view.is_known
    assert view.present[0].queue == "main"
    assert not customer_view(floor, 0).is_known
    floor.close()


# ---- in words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_said_in_both_languages(centre, language):
    say, stage = Words("floor", language), stage_of(centre)
    for row in range(len(centre.model.persons)):
        view = operator_view(centre, row)
        assert sentences.doing(view, stage, say)
        assert 2 <= len(sentences.compared(view, say)) <= 6
        assert all(band["text"] for band in (sentences.band_of(band, stage, say) for band in view.bands))
        first, last = sentences.span_of_day(view, centre.clock_time)
        assert 0 <= first < last
    for row in np.unique(centre.records_today()["customer"])[:50].tolist():
        view = customer_view(centre, row)
        assert len(sentences.customer_facts(view, stage, say)) >= 5
        assert len(sentences.life_items(view, centre.now, stage, say)) >= 1
    for kind in LifeEvent:
        assert say(f"e_{kind.name.lower()}")
    for state in State:
        assert say(f"state_{state.name.lower()}")
    for outcome in Outcome:
        assert say(f"o_{outcome.name.lower()}")
    for flag in Flag:
        assert say(f"f_{flag.name.lower()}")
    assert len(sentences.figures(summary_of(centre), say)) == 7


def test_the_floor_is_told_in_two_sentences(centre):
    summary = summary_of(centre)
    text = sentences.told(summary, Words("floor", "en"))
    assert text.startswith("12:06: ")
    assert f"available {summary.counts['idle']}" in text  # not "3 disponibile"
    assert text.endswith(".")
