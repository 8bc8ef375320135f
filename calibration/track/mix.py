"""How today's contacts fall on the intents, where the report tells them apart.

The shares of the intents differ from day to day as by a Dirichlet law with the plan's shares and a concentration A: the
fewer an intent has, the more its own level moves. Beside the day's common level (`calibration.track.level`) each
stream, intents that the report tells apart, has a factor: Gamma(A s, A s) before for a share s, and
Gamma(A s + h n, A s + h L E) after n contacts where E were expected at level L = 1. The factors leave the mean of what
was expected so far as it is: how many come in all is the level's to say. A share h of the contacts counts: the mix of
the morning is not that of the evening.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from calibration.track.plan import DayPlan

CONCENTRATION = 120.0
"""Days whose contacts are as many tell the mix as well as the plan does [contacts]. Measured on a bank, January to May
1999 (`python -m calibration.track.proof_mix`): five types, 93 days, each beside the other months' mean, tell 117."""
HEARD = 0.3
"""Share of the day's contacts that count, chosen on the same days: the calls of the types after 12:00, from those until
then, had a CRPS of 138.8 with one level, 123.0 with all contacts counting, 119.2 with half, 118.0 with 30 %, 118.4 with
20 %. On June and July (`--score`): 115.6 with one level, 101.1 with 30 %."""


@dataclass(frozen=True)
class Mix:
    """The streams of a day, and what came of each."""

    streams: tuple[tuple[int, ...], ...]
    """Places of the intents in the plan; of those left out nothing is told."""
    shares: np.ndarray
    """float64 (streams,): of the day's expected contacts."""
    seen: np.ndarray
    """float64 (streams,): contacts so far."""
    expected: np.ndarray
    """float64 (streams,): their mean at level 1."""
    concentration: float = CONCENTRATION
    heard: float = HEARD

    @classmethod
    def of(
        cls,
        plan: DayPlan,
        seen: np.ndarray,
        is_seen: np.ndarray,
        streams: Sequence[Sequence[int]],
        concentration: float = CONCENTRATION,
        heard: float = HEARD,
    ) -> "Mix | None":
        """None where there is one stream at most, or days do not differ.

        Parameters
        ----------
        seen : ndarray (intervals, intents)
        is_seen : ndarray of bool (intervals,)
        """
        if len(streams) < 2 or plan.noise.day_cv <= 0:
            return None
        of = [list(stream) for stream in streams]
        day = np.array([plan.expected[:, one].sum() for one in of])
        came = np.array([seen[is_seen][:, one].sum() for one in of])
        due = np.array([plan.expected[is_seen][:, one].sum() for one in of])
        return cls(tuple(map(tuple, of)), day / day.sum(), came, due, concentration, heard)

    def draw(self, level: float, rng: np.random.Generator) -> np.ndarray:
        """Factors of the streams at a level of the day (streams,)."""
        before = np.maximum(self.concentration * self.shares, 1e-3)
        factors = rng.gamma(before + self.heard * self.seen) / (before + self.heard * level * self.expected)
        weights = self.expected if self.expected.sum() > 0 else self.shares
        return np.asarray(factors * weights.sum() / (factors @ weights))

    def by_intent(self, factors: np.ndarray, n: int) -> np.ndarray:
        """Factor of each of n intents; 1 where nothing is told."""
        found = np.ones(n)
        for stream, factor in zip(self.streams, factors, strict=True):
            found[list(stream)] = factor
        return found
