"""A player in a process of its own: what it needs in memory and time is its own, and ends with it."""

import contextlib
import multiprocessing
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from twin.interrupts import end_with_parent
from twin.processes import no_interrupts
from twin.ui.floor.player import Mode, Player, Status
from twin.ui.floor.source import Source, floor_of

ORDERS = frozenset(
    ("play", "pause", "step_event", "step_interval", "jump", "relive", "set_speed", "watch", "follow", "seen")
)


class RemotePlayer:
    """The same orders as a `Player`; `tell` is called in a thread of this process.

    Parameters
    ----------
    source : Source
    tell : function
        See `Player`.
    """

    def __init__(self, source: Source, tell: Callable[[str, Any], None]):
        self.source = source
        self._tell = tell
        self._lock = threading.Lock()
        self._is_closed = False
        self._line: Connection | None = None
        self._process: Any = None

    def start(self) -> "RemotePlayer":
        threading.Thread(target=self._listen, name="floor", daemon=True).start()
        return self

    def order(self, what: str, *values: Any) -> None:
        """One of `ORDERS`; nothing happens if the player has ended."""
        if what not in ORDERS:
            raise ValueError(f"order is {what!r}, must be among {', '.join(sorted(ORDERS))}")
        with self._lock:
            if self._line is not None:
                with contextlib.suppress(OSError, ValueError):
                    self._line.send((what, values))

    def close(self) -> None:
        """End the process at once."""
        with self._lock:
            self._is_closed = True
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.join(2)

    @property
    def process_id(self) -> int | None:
        """Of the process that plays; None before it has begun, and when it is closed."""
        process = self._process
        return None if process is None else process.pid

    def _listen(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=play, args=(theirs, self.source), name="floor")
        with self._lock:
            if self._is_closed:
                return
            with no_interrupts():
                process.start()
            self._process, self._line = process, ours
        theirs.close()
        try:
            while True:
                what, value = ours.recv()
                if self._is_closed:
                    return
                self._tell(what, value)
        except (EOFError, OSError):
            process.join(1)
            if not self._is_closed:
                error = f"the process ended (exit code {process.exitcode}); is memory full?"
                self._tell("status", Status(Mode.FAILED, error=error))
        finally:
            with self._lock:
                self._line = None
            ours.close()


def play(line: Connection, source: Source) -> None:
    """The process: a player that is told through the line what to do, and tells what there is to show."""
    end_with_parent()
    turn = threading.Lock()

    def tell(what: str, value: Any) -> None:
        with turn, contextlib.suppress(OSError):  # nobody listens any more
            line.send((what, value))

    player = Player(lambda: floor_of(source), tell).start()
    with contextlib.suppress(EOFError, OSError):
        while True:
            what, values = line.recv()
            getattr(player, what)(*values)
    player.close()
    player.join(5)
    sys.stdout.flush()
