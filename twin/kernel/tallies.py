"""Two tables of tallies: the measures that nearly every scenario uses, in rows of 216 bytes, and those that few do.

Memory that nobody writes to costs nothing: of the second table no page is touched unless a scenario uses one of its
measures. A national year of the first takes 0.8 GB, where one table of all measures would take 2.5 GB.
"""

from typing import Any

import numpy as np

from twin.kernel.measures import Measure

MEASURES = tuple(measure.name.lower() for measure in Measure)

FIRST_RARE = Measure.TRANSFERRED
"""The measures from here on are rare, but for those of every menu."""
OF_EVERY_MENU = (Measure.MENUS, Measure.FALSE_CONTAINED)

SUMS = (
    *(Measure.IVR_TIME, Measure.WAIT_LOST, Measure.WAIT_HANDLED, Measure.WAIT_SQUARED),
    *(Measure.TALK, Measure.WRAP, Measure.LABOUR_COST),
    *(Measure.CSI, Measure.CSI_WAITING, Measure.CSI_ACCURACY, Measure.CSI_ABILITY, Measure.CSI_COURTESY),
)
"""Of the common measures, those that are sums of seconds, points or money; the others are counts."""

COMMON_TALLY = np.dtype(  # what every answer adds to stands together, in the middle
    [(measure.name.lower(), "f8") for measure in SUMS]
    + [(measure.name.lower(), "u4") for measure in Measure if measure < FIRST_RARE and measure not in SUMS]
    + [(measure.name.lower(), "u4") for measure in OF_EVERY_MENU]
)
COMMON = frozenset(COMMON_TALLY.names or ())
RARE_TALLY = np.dtype([(measure.name.lower(), "f8") for measure in Measure if measure.name.lower() not in COMMON])


class Tallies:
    """Both tables (intervals, cells) as Python reads them: by the name of the measure, or a part of the intervals."""

    names = MEASURES

    def __init__(self, common: np.ndarray, rare: np.ndarray):
        self.common, self.rare = common.view(np.ndarray), rare.view(np.ndarray)

    def __getitem__(self, key: Any) -> Any:
        """The column of a measure, as float64; else the tallies of these rows."""
        if not isinstance(key, str):
            return Tallies(self.common[key], self.rare[key])
        table = self.common if key in COMMON else self.rare
        return table[key].astype(np.float64, copy=False)

    def __getattr__(self, name: str) -> np.ndarray:
        if name not in MEASURES:
            raise AttributeError(name)
        return self[name]

    def __len__(self) -> int:
        return len(self.common)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.common.shape

    def tobytes(self) -> bytes:
        return self.common.tobytes() + self.rare.tobytes()

    def sums(self, intervals: np.ndarray) -> np.ndarray:
        """The sums over these intervals, float64 (cells, measures): interval by interval, without copies of more."""
        total = np.zeros((self.shape[1], len(MEASURES)))
        for table in (self.common, self.rare):
            for names, block in _blocks(table):
                part = np.zeros(block.shape[1:])
                for interval in intervals:
                    part += block[interval]
                total[:, [MEASURES.index(name) for name in names]] = part
        return total


def _blocks(table: np.ndarray) -> list[tuple[list[str], np.ndarray]]:
    """Columns of one type that stand side by side: their names, and a view (intervals, cells, columns)."""
    fields = [(name, table.dtype[name]) for name in table.dtype.names or ()]
    blocks = []
    for kind in dict.fromkeys(kind for _, kind in fields):
        names = [name for name, other in fields if other == kind]
        shape, strides = (*table.shape, len(names)), (*table.strides, kind.itemsize)
        view = np.lib.stride_tricks.as_strided(table[names[0]], shape, strides, writeable=False)
        blocks.append((names, view))
    return blocks
