"""`Player`: plays a floor at a chosen speed in a thread of its own, and drops frames rather than queue them."""

import os
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from twin.errors import TwinError
from twin.ui.floor.floor import Floor
from twin.ui.floor.views import Watch, stage_of, start_of, summary_of

FRAMES_A_SECOND = float(os.environ.get("TWIN_FRAMES_A_SECOND", "10"))
"""At most; the environment may set another number, as the tests of endurance do."""
SLOWEST, FASTEST = 1.0, 3600.0
"""Simulated seconds a second."""
MOST_UNSEEN = 2
"""Frames that may be on their way to a browser: the next one waits until one of them has been drawn."""
PATIENCE = 2.0
"""Time [s] after which a frame is sent all the same: the browser may have lost count."""
LONGEST_STEP = 0.25
"""Of wall time that one step makes up for [s]: after a delay the clock goes on from where it is."""
REMEMBERED = 30
"""Steps over which the pace is measured."""
AT_ANY_TIME = frozenset(("watch", "follow", "speed"))
"""Orders that are obeyed in the middle of a jump, too."""
LOOK_EVERY = 1.0
"""Time [s] between two looks at whom the reader watches."""


class Mode(Enum):
    """What the player does."""

    BUILDING = "building"
    PAUSED = "paused"
    PLAYING = "playing"
    JUMPING = "jumping"
    OVER = "over"
    FAILED = "failed"
    CLOSED = "closed"


@dataclass(frozen=True)
class Status:
    """What the page shows of the player."""

    mode: Mode
    speed: float = 60.0
    share: float = 0.0
    """Of a jump that is done."""
    error: str = ""


class Player:
    """One reader's floor: it is built, played and let go here.

    Parameters
    ----------
    build : function
        Makes the floor; called in the player's thread.
    tell : function
        Is given what there is to show, in the player's thread: "frame" and bytes, "status" and a `Status`, "stage",
        "summary", "operator" and "customer" with what `views` makes of them.
    opens_at : float, optional
        Instant [s] to which the floor runs before it is first shown; the first counted morning unless given.
    """

    def __init__(self, build: Callable[[], Floor], tell: Callable[[str, Any], None], opens_at: float | None = None):
        self.floor: Floor | None = None
        self.status = Status(Mode.BUILDING)
        self.n_shown = 0
        self._build, self._tell, self._opens_at = build, tell, opens_at
        self._orders: deque[tuple[str, Any]] = deque()
        self._watch = Watch()
        self._version = 0
        self._looked_at = 0.0
        self._wake = threading.Condition()
        self._is_closed = False
        self._stops = False
        self._seen, self._sent, self._sent_at = 0, 0, 0.0
        self._paces: deque[tuple[float, float]] = deque(maxlen=REMEMBERED)
        """Wall time and simulated time of the last steps."""
        self._thread = threading.Thread(target=self._run, name="floor", daemon=True)

    # ---- what the reader asks for -------------------------------------------------------------------------------

    def start(self) -> "Player":
        self._thread.start()
        return self

    def play(self) -> None:
        self._order("play")

    def pause(self) -> None:
        """Stop playing, or a jump where it has got to."""
        self._stops = True
        self._order("pause")

    def step_event(self) -> None:
        self._order("event")

    def step_interval(self) -> None:
        self._order("interval")

    def jump(self, at: float) -> None:
        """Run to an instant [s] as fast as possible; from the beginning, if it has passed."""
        self._order("jump", at)

    def relive(self) -> None:
        """From the beginning to now, so that the lives of those who are followed are known from their first day."""
        self._order("relive")

    def set_speed(self, speed: float) -> None:
        """Simulated seconds a second."""
        self._order("speed", min(max(speed, SLOWEST), FASTEST))

    def watch(self, what: str, whom: Any) -> None:
        """Tell of an "operator" or a "customer" (a row; None = nobody), or of who is behind a "contact" in line."""
        self._order("watch", (what, whom))

    def follow(self, customer: int, is_followed: bool = True) -> None:
        """Write this customer's life down from now on, or no longer."""
        self._order("follow", (customer, is_followed))

    def seen(self, sequence: int) -> None:
        """The browser has drawn this frame."""
        with self._wake:
            self._seen = max(self._seen, sequence)
            self._wake.notify()

    def close(self) -> None:
        """End the thread and let go of the floor; returns at once."""
        with self._wake:
            self._is_closed = self._stops = True
            self._wake.notify()

    def join(self, timeout: float | None = None) -> bool:
        """Wait until the thread has ended."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def pace(self) -> float:
        """Simulated seconds a second, as reached lately."""
        if len(self._paces) < 2:
            return 0.0
        (wall, simulated), (last_wall, last_simulated) = self._paces[0], self._paces[-1]
        return (last_simulated - simulated) / max(last_wall - wall, 1e-9)

    def _order(self, what: str, value: Any = 0.0) -> None:
        with self._wake:
            self._orders.append((what, value))
            self._wake.notify()

    # ---- the thread ---------------------------------------------------------------------------------------------

    def _run(self) -> None:
        floor = None
        try:
            floor = self._build()
            if not self._is_closed:
                self._open(floor)
                self._loop(floor)
        except TwinError as error:
            self._say(mode=Mode.FAILED, error=str(error))
        except MemoryError:
            self._say(mode=Mode.FAILED, error="memory is full, try a smaller size")
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            self._say(mode=Mode.FAILED, error=f"{type(error).__name__}: {error}")
        finally:
            self.floor = None
            if floor is not None:
                floor.close()

    def _open(self, floor: Floor) -> None:
        self.floor = floor
        opens_at = start_of(floor) if self._opens_at is None else self._opens_at
        if opens_at > floor.now:
            self._jump(floor, floor.jump(opens_at))
        else:
            self._rest(floor)
        self._send(always=True)

    def _loop(self, floor: Floor) -> None:
        last = time.perf_counter()
        while not self._is_closed:
            what = self._next_order()
            if what is not None:
                self._obey(floor, *what)
                last = time.perf_counter()
                continue
            if self.status.mode is not Mode.PLAYING:
                self._wait(None)
                last = time.perf_counter()
                continue
            began = time.perf_counter()
            floor.advance(floor.now + self.status.speed * min(began - last, LONGEST_STEP))
            last = began
            self._paces.append((began, floor.now))
            self._send()
            if floor.is_over:
                self._say(mode=Mode.OVER)
                self._send(always=True)
            self._wait(began + 1.0 / FRAMES_A_SECOND - time.perf_counter())

    def _next_order(self, among: frozenset[str] | None = None) -> tuple[str, Any] | None:
        """The order that has waited longest; None if there is none, or it is not one of these."""
        with self._wake:
            if not self._orders or (among is not None and self._orders[0][0] not in among):
                return None
            return self._orders.popleft()

    def _wait(self, seconds: float | None) -> None:
        """For the next frame's turn, or the next order."""
        with self._wake:
            ends = None if seconds is None else time.perf_counter() + seconds
            while not self._orders and not self._is_closed:
                left = None if ends is None else ends - time.perf_counter()
                if left is not None and left <= 0:
                    return
                self._wake.wait(left)

    def _obey(self, floor: Floor, what: str, value: Any) -> None:
        self._stops = False
        if what in AT_ANY_TIME:
            self._turn_to(floor, what, value)
        elif what == "play":
            self._paces.clear()
            self._say(mode=Mode.OVER if floor.is_over else Mode.PLAYING)
        elif what == "pause":
            self._say(mode=Mode.OVER if floor.is_over else Mode.PAUSED)
        elif what == "event":
            floor.step_event()
            self._rest(floor)
        elif what == "interval":
            floor.step_interval()
            self._rest(floor)
        elif what == "jump":
            self._jump(floor, floor.jump(value))
        elif what == "relive":
            now = floor.now
            self._say(mode=Mode.JUMPING, share=0.0)
            floor.restart()
            self._jump(floor, floor.jump(now))
        self._send(always=True)

    def _turn_to(self, floor: Floor, what: str, value: Any) -> None:
        """Whom the reader looks at, and how fast it goes."""
        if what == "watch":
            self._watch.look_for(floor, *value)
        elif what == "follow":
            self._watch.follow(floor, *value)
        else:
            self._paces.clear()
            self._say(speed=value)

    def _jump(self, floor: Floor, steps: Iterator[float]) -> None:
        """Run there, showing how far it has come; ended by an order to pause, which stands behind this one."""
        was_playing = self.status.mode is Mode.PLAYING
        self._say(mode=Mode.JUMPING, share=0.0)
        told = time.perf_counter()
        for share in steps:
            while (order := self._next_order(AT_ANY_TIME)) is not None:
                self._turn_to(floor, *order)
                told = 0.0
            if self._stops:
                break
            if time.perf_counter() - told > 0.2:
                told = time.perf_counter()
                self._say(share=share)
                self._send()
        self._paces.clear()
        if was_playing and not self._stops and not floor.is_over:
            self._say(mode=Mode.PLAYING, share=0.0)
        else:
            self._rest(floor)

    def _rest(self, floor: Floor) -> None:
        self._say(mode=Mode.OVER if floor.is_over else Mode.PAUSED, share=0.0)

    def _send(self, always: bool = False) -> None:
        """Show the floor as it is now, unless the browser has not drawn what it was sent before."""
        floor, now = self.floor, time.perf_counter()
        if floor is None:
            return
        has_room = self._sent - self._seen < MOST_UNSEEN or now - self._sent_at > PATIENCE
        if not (always or has_room):
            return
        if floor.version != self._version:
            self._version = floor.version
            self._tell("stage", stage_of(floor))
        frame = floor.frame(self.pace if self.status.mode is Mode.PLAYING else 0.0)
        self._sent, self._sent_at = floor.sequence, now
        self.n_shown += 1
        self._tell("frame", frame)
        if always or now - self._looked_at > LOOK_EVERY:
            self._looked_at = now
            self._tell("summary", summary_of(floor))
            for what, view in self._watch.views(floor):
                self._tell(what, view)

    def _say(self, **changes: Any) -> None:
        status = replace(self.status, **changes)
        if status != self.status:
            self.status = status
            self._tell("status", status)
