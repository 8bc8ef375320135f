"""Hours of floor, in short: many frames at the highest speed, and the memory stays what it was."""

import gc

from test_floor import small

from benchmarks.floor import play
from twin.ui.floor.floor import of_scenario


def test_many_frames_need_no_more_memory_than_some():
    """2,000 frames are 200 s of floor at 10 a second; what the first 500 brought with them is not counted."""
    floor = of_scenario(small("187"), seed=1)
    for row in range(5):
        floor.followed.follow(row, 0.0)
    gc.collect()
    first = play(floor, 500, 120.0)
    last = play(floor, 1500, 120.0)
    assert last - first < 25.0, "megabytes"
    floor.close()
