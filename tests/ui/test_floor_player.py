"""The player: it plays at its pace, drops frames that nobody has drawn, obeys, and ends when it is closed."""

import threading
import time

import psutil
import pytest
from test_floor import office

from twin.ui.floor.floor import of_scenario
from twin.ui.floor.frame import unpack
from twin.ui.floor.player import MOST_UNSEEN, Mode, Player
from twin.ui.floor.remote import RemotePlayer
from twin.ui.floor.source import Source

HOUR, DAY = 3600.0, 86400.0
PATIENCE = 180.0  # [s] at most for anything: a machine may be busy


class Listener:
    """What a player has told, and a browser that draws each frame at once, if it draws at all."""

    def __init__(self, draws=True):
        self.draws, self.told, self.player = draws, [], None
        self.heard = threading.Condition()

    def __call__(self, what, value):
        with self.heard:
            self.told.append((what, value))
            self.heard.notify_all()
        if what == "frame" and self.draws and self.player is not None:
            self.player.seen(int(unpack(value).header["sequence"]))

    def last(self, what):
        return next((value for kind, value in reversed(self.told) if kind == what), None)

    def n(self, what):
        return sum(kind == what for kind, _ in self.told)

    def wait(self, is_so):
        with self.heard:
            assert self.heard.wait_for(is_so, PATIENCE)

    def now(self):
        return float(unpack(self.last("frame")).header["now"])

    def mode(self):
        status = self.last("status")
        return status.mode if status is not None else Mode.BUILDING


@pytest.fixture
def opened():
    """`opened(draws=True, **scenario)`: a player that rests at 08:00, and who listens to it."""
    players = []

    def start(draws=True, **changes):
        listener = Listener(draws)
        player = Player(lambda: of_scenario(office(**changes), seed=3), listener, opens_at=8 * HOUR)
        listener.player = player
        players.append(player.start())
        listener.wait(lambda: listener.mode() is Mode.PAUSED and listener.last("frame") is not None)
        return player, listener

    yield start
    for player in players:
        player.close()
        assert player.join(PATIENCE)


def test_it_plays_at_the_speed_that_is_asked_and_pauses(opened):
    player, listener = opened()
    player.set_speed(600.0)
    player.play()
    listener.wait(lambda: listener.now() > 8 * HOUR + 300)
    player.pause()
    listener.wait(lambda: listener.mode() is Mode.PAUSED)
    held = player.floor.now
    time.sleep(0.3)
    assert player.floor.now == held
    listener.wait(lambda: listener.now() == held)  # the last frame shows where it rests


def test_no_frame_is_queued_for_a_browser_that_does_not_draw(opened):
    player, listener = opened(draws=False)
    first = listener.n("frame")
    player.set_speed(60.0)
    player.play()
    listener.wait(lambda: listener.mode() is Mode.PLAYING)
    began = player.floor.now
    deadline = time.monotonic() + PATIENCE
    while player.floor.now < began + 40 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert player.floor.now > began, "the clock goes on"
    assert listener.n("frame") - first <= MOST_UNSEEN + 3, "beside those of orders and of lost patience"


def test_steps_jumps_and_the_end(opened):
    player, listener = opened()
    player.step_interval()
    listener.wait(lambda: listener.now() == 8.25 * HOUR)
    player.step_event()
    listener.wait(lambda: listener.now() > 8.25 * HOUR)
    player.jump(DAY + 9 * HOUR)
    listener.wait(lambda: listener.now() == DAY + 9 * HOUR)
    player.jump(9 * HOUR)
    listener.wait(lambda: listener.now() == 9 * HOUR)
    player.jump(9 * DAY)
    listener.wait(lambda: listener.mode() is Mode.OVER and listener.now() == 2 * DAY)
    player.play()
    player.jump(8 * HOUR)
    listener.wait(lambda: listener.mode() is Mode.PAUSED and listener.now() == 8 * HOUR)


def test_a_jump_is_stopped_where_it_has_got_to(opened):
    player, listener = opened(run={"days": 4000})
    player.jump(4000 * DAY)
    listener.wait(lambda: listener.mode() is Mode.JUMPING)
    player.pause()
    listener.wait(lambda: listener.mode() is Mode.PAUSED)
    assert 8 * HOUR <= player.floor.now < 4000 * DAY


def test_whom_one_watches_is_told_at_once_and_as_it_changes(opened):
    player, listener = opened()
    player.watch("operator", 1)
    listener.wait(lambda: listener.last("operator") is not None)
    assert listener.last("operator").row == 1
    assert listener.last("operator").n_team == 2
    player.step_interval()
    listener.wait(lambda: len(listener.last("operator").bands) > 0)
    player.watch("operator", None)
    listener.wait(lambda: ("operator", None) in listener.told)
    player.watch("operator", 99)
    listener.wait(lambda: listener.n("frame") > 4)
    assert listener.last("operator") is None, "there is no such operator"


def test_who_cannot_be_built_fails_with_one_sentence():
    from twin.errors import InputError

    def fails():
        raise InputError("no such scenario")

    listener = Listener()
    player = Player(fails, listener).start()
    assert player.join(PATIENCE)
    assert (listener.mode(), listener.last("status").error) == (Mode.FAILED, "no such scenario")


def test_a_closed_player_ends_and_lets_go_of_its_model(opened):
    player, listener = opened()
    player.play()
    listener.wait(lambda: listener.mode() is Mode.PLAYING)
    player.close()
    assert player.join(PATIENCE)
    assert player.floor is None


def test_it_opens_in_the_first_counted_morning():
    """Doors open at 08:00 for 4 hours: half of them, as that is less than 2 h 30 min."""
    listener = Listener()
    player = Player(lambda: of_scenario(office(run={"days": 2, "warm_up": 1}), seed=3), listener).start()
    listener.wait(lambda: listener.mode() is Mode.PAUSED and listener.last("frame") is not None)
    assert listener.now() == DAY + 10 * HOUR
    player.close()
    assert player.join(PATIENCE)


def test_a_player_in_a_process_of_its_own_obeys_and_dies_when_it_is_closed():
    listener = Listener(draws=False)
    remote = RemotePlayer(Source("erlang-a"), listener).start()
    listener.wait(lambda: listener.mode() is Mode.PAUSED and listener.last("frame") is not None)
    assert listener.last("stage").n_operators == 14
    process = psutil.Process(remote.process_id)
    before = listener.now()
    remote.order("step_interval")
    listener.wait(lambda: listener.now() > before)
    with pytest.raises(ValueError, match="order is 'close'"):
        remote.order("close")
    remote.close()
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    remote.order("play")
    assert remote.process_id is None


def test_a_process_that_dies_is_told_in_one_sentence():
    listener = Listener(draws=False)
    remote = RemotePlayer(Source("erlang-a"), listener).start()
    listener.wait(lambda: remote.process_id is not None)
    psutil.Process(remote.process_id).kill()
    listener.wait(lambda: listener.mode() is Mode.FAILED)
    assert "the process ended" in listener.last("status").error
    remote.close()
