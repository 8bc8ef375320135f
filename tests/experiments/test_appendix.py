"""What the report says is to be doubted first."""

import math

import pytest

from experiments.compare.appendix import assumptions, relative_width
from experiments.compare.command import run
from experiments.compare.comparison import Plan
from experiments.compare.side import Side


@pytest.mark.parametrize(
    ("value", "span", "width"),
    [
        (0.5, [0.4, 0.7], 0.6),
        ("5 min", ["200 s", "10 min"], 4 / 3),
        ("34 EUR/h", ["17 EUR/h", "51 EUR/h"], 1.0),
        ("5 %", [0.0, 0.1], 2.0),
        (-0.15, [-0.30, -0.075], 1.5),
        (0.0, [0.0, 0.1], math.inf),
        ("longest idle", ["one", "other"], math.inf),
    ],
)
def test_width_is_the_range_over_the_value(value, span, width):
    assert relative_width(value, span) == pytest.approx(width)


def test_wide_ranges_come_first_and_the_caption_says_what_the_rank_is(scenarios):
    page = assumptions(run(Plan.of(*(Side.load(path, []) for path in scenarios), 1, 5, 1), workers=1))
    first = page.partition("<details>")[0]
    assert "not by effect" in first
    assert 0 < first.index("rates.bill") < first.index("intents.bill.fcr")  # 20/60 before 0.2/0.7
    assert "patience.mean" not in first  # no range: among the others
    assert "patience.mean" in page
