"""The kernel from outside: hands it a day, lets it run, and gives it larger tables when it asks."""

import sys
from typing import Any

import numpy as np
from numba import config, typeof, types

from twin.kernel import is_compiled, mark_compiled, one_compiles
from twin.kernel.codes import Status
from twin.kernel.memory import place_of, placed_zeros
from twin.kernel.pack import buffer_for, write
from twin.kernel.rule_tables import RARE_RULES
from twin.kernel.run import run, run_lean
from twin.kernel.tables import World

MAIN_LOOPS = (run,) if config.BOUNDSCHECK else (run, run_lean)
"""The lean one differs from the other only in code without checks."""


class Engine:
    """A world and its clock. Tables grow here, by doubling, never inside the kernel."""

    def __init__(self, world: World):
        self.world = world
        self._buffer = buffer_for(world)
        self._now = world.state["now"]
        self._is_compiled = is_compiled()
        self._main_loop = self._choose_main_loop()

    @property
    def now(self) -> float:
        """Seconds from the start of the run."""
        return float(self._now[0])

    def begin_day(self, arrivals: np.ndarray, roster: np.ndarray) -> None:
        """Replace the streams of the day that ended by those of the next."""
        self.world = self.world._replace(arrivals=arrivals, roster=roster)
        self._main_loop = self._choose_main_loop()
        state = self.world.state[0]
        state.next_arrival, state.n_arrivals, state.end_ahead = 0, len(arrivals), 0
        state.next_roster, state.n_roster = 0, len(roster)
        if state.recording and state.n_records == 0 and len(arrivals) > len(self.world.records):
            records = np.empty(int(1.25 * len(arrivals)), self.world.records.dtype)
            self.world = self.world._replace(records=records.view(np.recarray))

    def run_until(self, at: float) -> None:
        """Let everything before `at` [s] happen."""
        if not self._is_compiled:
            self._compile()
        while (status := self._run(at)) != Status.REACHED:
            if status == Status.HEAP_FULL:
                self._grow("heap_at", "heap_events")
            elif status == Status.CONTACTS_FULL:
                self._add_contacts()
            else:
                self._grow("records")

    def _choose_main_loop(self) -> Any:
        options = self.world.options.view(np.ndarray)[0]
        return run if any(options[name] for name in RARE_RULES) else MAIN_LOOPS[-1]

    def _compile(self) -> None:
        """Both main loops at once: to make their common parts takes most of the time."""
        with one_compiles():
            if not is_compiled():
                print("compiling the kernel for this machine (once, under a minute) ...", file=sys.stderr, flush=True)
                for main_loop in MAIN_LOOPS if not config.DISABLE_JIT else ():
                    main_loop.compile((typeof(self.world), typeof(self._buffer), types.float64))
                mark_compiled()
        self._is_compiled = True

    def _run(self, at: float) -> int:
        with np.errstate(over="ignore"):  # as plain Python, bit tricks on uint64 would warn that they wrap around
            write(self.world, self._buffer)
            return self._main_loop(self.world, self._buffer, float(at))  # whole seconds would be compiled for anew

    def records(self, to_keep: bool = True) -> np.ndarray:
        """Rows about attempts that ended since the last call, in order of ending.

        Unless they are `to_keep`, they are overwritten when the run goes on. If they are, the table itself is handed
        over: to copy it would cost a fifth of the run.
        """
        state, table = self.world.state[0], self.world.records
        n, state.n_records = int(state.n_records), 0
        if to_keep:
            self.world = self.world._replace(records=np.empty(len(table), table.dtype).view(np.recarray))
        return table[:n]

    def _grow(self, *names: str) -> None:
        larger = {}
        for name in names:
            old = getattr(self.world, name)
            new = placed_zeros(2 * len(old), old.dtype, place_of(old))
            new[: len(old)] = old
            larger[name] = new.view(type(old))
        self.world = self.world._replace(**larger)

    def _add_contacts(self) -> None:
        state = self.world.state[0]
        n = len(self.world.contacts)
        self._grow(
            "contacts", *(name for name in ("relays", "errands", "files") if len(getattr(self.world, name)) == n)
        )
        contacts = self.world.contacts
        contacts["next"][n:] = np.arange(n + 1, 2 * n + 1)
        contacts["next"][-1] = state.first_free
        state.first_free, state.n_free = n, state.n_free + n
