"""What a roster is to reach, and how many operators a steady Erlang-A queue needs for it."""

import re
from dataclasses import dataclass

import numpy as np

from twin.erlang import ErlangA
from twin.errors import InputError

_SYNTAX = re.compile(r"^(sl|asa|abandonment)=([0-9.]+)(?:/([0-9.]+|target))?$")
EXAMPLE = "sl=0.80/20 (share answered within 20 s), sl=0.80/target, asa=30 (seconds) or abandonment=0.03"
KNOT = 1.04  # ratio of neighbouring loads at which Erlang-A is worked out; between them the requirement is a line
_MOST_TRIED = 64  # numbers of operators at a knot; between them the measure is a line
STEPS = (0.25, 0.5, 0.75, 0.9, 1.0, 1.5, 1.8)
"""How much of the target is reached on each step of staffing: shares of it up to 1, then of the way to perfection."""
STEP_WEIGHTS = (4.0, 3.0, 2.5, 2.0, 1.5, 0.6, 0.2)
"""What a call in time counts on each step: deeper under-staffing counts more, so it is spread (assumption)."""
TARGET_STEP = STEPS.index(1.0)


@dataclass(frozen=True)
class Target:
    """``sl``: share answered within `seconds` of all offered; ``asa`` [s]; ``abandonment``: share of all offered."""

    kind: str
    level: float
    seconds: float | None = 20.0
    """None = within the target wait of queue and cluster."""

    @classmethod
    def parse(cls, text: str) -> "Target":
        """``sl=0.80/20``, ``sl=0.80/target``, ``asa=30``, ``abandonment=0.03``."""
        match = _SYNTAX.match(text.replace(" ", ""))
        try:
            kind, level, within = match[1], float(match[2]), match[3]  # type: ignore[index]
            seconds = None if within == "target" else float(within or 20.0)
        except (TypeError, ValueError):
            raise InputError(f"--target is {text!r}, must be like {EXAMPLE}") from None
        if kind != "sl" and within is not None:
            raise InputError(f"--target is {text!r}, only sl says within which time, as in sl=0.80/20")
        if kind != "asa" and not 0 < level < 1:
            raise InputError(f"--target is {text!r}, the share must be above 0 and below 1")
        if kind == "asa" and not level > 0:
            raise InputError(f"--target is {text!r}, the seconds must be above 0")
        return cls(kind, level, seconds)

    def __str__(self) -> str:
        if self.kind == "sl":
            return f"{self.level:.0%} answered within {'target' if self.seconds is None else f'{self.seconds:g} s'}"
        return f"a speed of answer of {self.level:g} s" if self.kind == "asa" else f"{self.level:.1%} abandoned"

    @property
    def sign(self) -> int:
        """1 if more is better."""
        return 1 if self.kind == "sl" else -1

    def reached(self, value: np.ndarray) -> np.ndarray:
        """How far beyond the target a value lies: share of the calls, of the speed of answer in parts of it."""
        return self.sign * (value - self.level) / (self.level if self.kind == "asa" else 1.0)

    def levels(self) -> np.ndarray:
        """The measure on each of STEPS."""
        steps = np.array(STEPS)
        if self.kind == "sl":
            return np.where(steps <= 1, self.level * steps, self.level + (1 - self.level) * (steps - 1))
        return self.level * np.where(steps <= 1, 1 / steps, 2 - steps)

    def of_erlang(self, queue: ErlangA, wait: float) -> np.ndarray:
        """The measure in a steady queue; `wait` stands for the target wait."""
        if self.kind == "sl":
            return queue.served_within(wait if self.seconds is None else self.seconds)
        return queue.asa if self.kind == "asa" else queue.p_abandon


class Requirement:
    """Operators at work that a queue needs for each of STEPS, as a function of its offered load [Erlang]."""

    def __init__(self, target: Target, aht: float, patience: float, wait: float):
        self.target, self.aht, self.patience, self.wait = target, aht, patience, wait
        self._knots: dict[int, np.ndarray] = {}
        self._curves: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def __call__(self, load: np.ndarray) -> np.ndarray:
        """Operators (steps, loads), fractions where the measure lies between two numbers; 0 where nobody calls."""
        found = np.zeros((len(STEPS), len(load)))
        for i in np.flatnonzero(load > 0):
            place = np.log(load[i]) / np.log(KNOT)
            low = int(np.floor(place))
            low_load, high_load = KNOT**low, KNOT ** (low + 1)
            part = (load[i] - low_load) / (high_load - low_load)
            found[:, i] = (1 - part) * self._at(low) + part * self._at(low + 1)
        return found

    def exactly(self, load: float) -> int:
        """Fewest operators that reach the target at this load."""
        tried, values = self._tried(load)
        high = int(tried[np.argmax(self.target.reached(values) >= 0)])
        low = int(max(tried[tried < high], default=0))
        numbers = np.arange(low + 1, high + 1)
        queue = ErlangA(numbers, load / self.aht, 1 / self.aht, self._patience_rate)
        return int(numbers[np.argmax(self.target.reached(self.target.of_erlang(queue, self.wait)) >= 0)])

    def gain(self, load: float, value: float) -> float:
        """What one more operator does to the measure where it is `value`, at the knot nearest to this load."""
        knot = round(np.log(load) / np.log(KNOT))
        if knot not in self._curves:
            numbers, values = self._tried(KNOT**knot)
            self._curves[knot] = numbers, np.maximum.accumulate(self.target.sign * values)
        numbers, rising = self._curves[knot]
        here = np.interp(self.target.sign * value, rising, numbers)
        below, above = np.interp([here - 0.5, here + 0.5], numbers, rising)
        return self.target.sign * float(above - below)

    def _at(self, knot: int) -> np.ndarray:
        if knot not in self._knots:
            numbers, values = self._tried(KNOT**knot)
            rising = np.maximum.accumulate(self.target.sign * values)
            self._knots[knot] = np.interp(self.target.sign * self.target.levels(), rising, numbers)
        return self._knots[knot]

    def _tried(self, load: float) -> tuple[np.ndarray, np.ndarray]:
        """Numbers of operators, from far too few to more than enough, and the measure with each."""
        low = 1 if np.isfinite(self.patience) else int(load) + 1
        high = low + 4
        while True:
            numbers = np.unique(np.linspace(max(low, int(0.2 * load)), high, _MOST_TRIED).round())
            queue = ErlangA(numbers, load / self.aht, 1 / self.aht, self._patience_rate)
            values = self.target.of_erlang(queue, self.wait)
            if self.target.sign * (values[-1] - self.target.levels()[-1]) >= 0:
                break
            high = 2 * high
        first = numbers[np.argmax(self.target.sign * (values - self.target.levels()[-1]) >= 0)]
        if first < 0.6 * high:  # once more, in finer steps
            numbers = np.unique(np.linspace(numbers[0], first, _MOST_TRIED).round())
            queue = ErlangA(numbers, load / self.aht, 1 / self.aht, self._patience_rate)
            values = self.target.of_erlang(queue, self.wait)
        return numbers, values

    @property
    def _patience_rate(self) -> float:
        return 1 / self.patience if np.isfinite(self.patience) else 0.0
