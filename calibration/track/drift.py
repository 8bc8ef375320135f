"""Whether the calibration still fits: today's surprises, and their sum over the days tracked before.

A surprise is a normal score: where today's figure lies among the members' days as they were drawn before the waits were
seen. One day may be odd; days that are odd in the same way are a drift (two-sided CUSUM, Page 1954, with slack 0.5 and
limit 5.5, over scores that count as ODD at most, so that one strange day is none). A shift of one measure by one
standard deviation is found on the twelfth day; of four measures, three of which go together, one gives a false alarm in
about 290 days (simulated; with limit 4 it would be 60).
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtri

from calibration.track.level import Level, interval_covariance
from calibration.track.today import ABANDONED, OFFERED, Today
from twin.errors import InputError
from twin.scenario.demand_schema import Noise

SLACK, LIMIT = 0.5, 5.5
ODD = 2.58
"""Score beyond which one day in a hundred lies; a day counts no further into the sums."""
TITLES = {
    "offered": "contacts offered",
    "abandonment_share": "the abandoned share",
    "mean_wait": "the mean wait",
    "sl20": "the share answered in 20 s",
}
COLUMNS = ("date", "until", "measure", "score")


@dataclass(frozen=True)
class Surprise:
    """One measure of the day so far."""

    measure: str
    score: float
    """Standard deviations; NaN where unknown."""
    cusum: float
    """The larger of the two sums over the days so far, signed."""

    @property
    def is_odd(self) -> bool:
        return abs(self.score) > ODD

    @property
    def is_drift(self) -> bool:
        return abs(self.cusum) > LIMIT

    @property
    def sentence(self) -> str:
        """What to do about it; empty where there is nothing to say."""
        title, way = TITLES[self.measure], "above" if self.score > 0 else "below"
        if self.is_drift:
            way = "above" if self.cusum > 0 else "below"
            return (
                f"drift: {title} has been {way} what the calibration says for days, calibrate again "
                "(and keep the days after it in a new --out folder)"
            )
        if self.is_odd:
            return f"today {title} is far {way} what the calibration says ({self.score:+.1f} standard deviations)"
        return ""


def scores(level: Level, expected: np.ndarray, noise: Noise, days: np.ndarray, today: Today) -> dict[str, float]:
    """Today so far among the members drawn beforehand.

    Parameters
    ----------
    level : Level
        Before today.
    expected : ndarray (intervals,)
        Mean contacts at level 1.
    days : ndarray (members, intervals, MEASURES)
        With today's contacts, presence as planned.
    """
    seen = np.flatnonzero(today.is_seen)
    found = dict.fromkeys(TITLES, np.nan)
    if not len(seen) or not expected[seen].sum():
        return found
    m = expected[seen]
    day_cv2 = 0.0 if np.isinf(level.shape) else 1.0 / level.shape
    variance = m.sum() + m @ interval_covariance(noise, today.length, seen) @ m + day_cv2 * m.sum() ** 2
    found["offered"] = float((today.seen[seen].sum() - m.sum()) / np.sqrt(variance))
    ours, theirs = (_ratios(sums, today) for sums in (days[:, seen].sum(axis=1), today.counts[seen].sum(axis=0)))
    for measure in ("abandonment_share", "mean_wait", "sl20"):
        found[measure] = _score(float(theirs[measure]), ours[measure])
    return found


def _ratios(sums: np.ndarray, today: Today) -> dict[str, np.ndarray]:
    return {
        "abandonment_share": sums[..., ABANDONED] / np.maximum(sums[..., OFFERED], 1.0),
        "mean_wait": np.log1p(today.waits(sums)),
        "sl20": today.in_time(sums),
    }


def _score(value: float, among: np.ndarray) -> float:
    """Normal score of the value's rank; beyond the last member, by the members' own standard deviation."""
    among = among[np.isfinite(among)]
    if not np.isfinite(value) or len(among) < 10:
        return float("nan")
    below = (among < value).sum() + 0.5 * (among == value).sum()
    rank = (below + 0.5) / (len(among) + 1)
    spread = among.std(ddof=1)
    if spread > 0 and not among.min() <= value <= among.max():
        return float((value - among.mean()) / spread)
    return float(ndtri(rank))


def surprises(today_scores: dict[str, float], before: pd.DataFrame, date: datetime.date) -> list[Surprise]:
    """Today's scores with the sums over the days tracked before.

    Parameters
    ----------
    before : DataFrame
        COLUMNS; of a day tracked several times its last row counts.
    """
    found = []
    for measure, score in today_scores.items():
        rows = before[(before["measure"] == measure) & (before["date"] < date.isoformat())]
        days = rows.sort_values(["date", "until"]).groupby("date")["score"].last()
        found.append(Surprise(measure, score, cusum([*days, score])))
    return found


def cusum(days: Iterable[float]) -> float:
    """The larger of the sums upwards and downwards of one score a day, signed; days without a score are passed over."""
    high = low = 0.0
    for value in days:
        if np.isfinite(value):
            step = min(max(value, -ODD), ODD)
            high, low = max(0.0, high + step - SLACK), min(0.0, low + step + SLACK)
    return high if high >= -low else low


def read_scores(path: Path) -> pd.DataFrame:
    """Scores of the days tracked before; none if there is no file."""
    if not path.exists():
        return pd.DataFrame(columns=list(COLUMNS))
    try:
        table = pd.read_csv(path, dtype={"date": str, "until": str, "measure": str, "score": float})
    except ValueError as error:
        raise InputError(f"{path}: is not what track wrote ({error})") from None
    if list(table.columns) != list(COLUMNS):
        raise InputError(f"{path}: has the columns {', '.join(table.columns)}, must have {', '.join(COLUMNS)}")
    return table


def with_today(before: pd.DataFrame, today: Today, today_scores: dict[str, float]) -> pd.DataFrame:
    """The table with today's scores; those of the same instant are replaced."""
    date, until = today.date.isoformat(), today.clock
    kept = before[(before["date"] != date) | (before["until"] != until)]
    rows = [{"date": date, "until": until, "measure": name, "score": score} for name, score in today_scores.items()]
    added = pd.DataFrame(rows, columns=list(COLUMNS))
    return pd.concat([kept, added], ignore_index=True) if len(kept) else added
