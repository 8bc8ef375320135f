"""Patterns and rules of shifts: what is refused, and what `twin show` says of them."""

import pytest

from twin.cli import main
from twin.errors import ScenarioError
from twin.scenario.explain import explain_lines
from twin.scenario.load import load, load_scenario

STARTS = 'starts = { "08:00" = 0.5, "14:00" = 0.5 }'
WEEK = '["mon", "tue", "wed", "thu", "fri"]'
BREAKS = 'breaks = { every = "2 h", length = "15 min" }\n'


def patterns(*given, rules="", breaks=BREAKS):
    said = f"rules = {{ {rules} }}\n" if rules else ""
    return (STARTS, f"{breaks}{said}patterns = [{', '.join(given)}]")


def pattern(text="", start="08:00", days=WEEK, heads="1"):
    return f'{{ start = "{start}", days = {days}, heads = {heads}{", " if text else ""}{text} }}'


MISTAKES = {
    "neither starts nor patterns": ((STARTS, ""), "shifts.day.starts is missing, must be given, or patterns"),
    "no days": (patterns('{ start = "08:00", heads = 1 }'), "shifts.day.patterns[0] must have start and days"),
    "starts twice": (
        patterns('{ start = "08:00", days = ["mon"], starts = { mon = "08:00" }, heads = 1 }'),
        "shifts.day.patterns[0] has starts beside start or days, must have starts alone",
    ),
    "a day twice": (patterns(pattern(days='["mon", "mon"]')), "patterns[0].days is mon, mon, must name each"),
    "nobody": (patterns(pattern(heads="0")), "shifts.day.patterns[0].heads is 0, must be above 0"),
    "unknown queue": (patterns(pattern('queue = "x"')), "shifts.day.patterns[0].queue is 'x', must be standard"),
    "after closing": (
        patterns(pattern(start="15:00")),
        "shifts.day.patterns[0] is a shift from 15:00 to 21:00, must lie within the opening hours, 08:00 to 20:00",
    ),
    "break after the end": (
        patterns(pattern('breaks = ["350 min"]')),
        "shifts.day.patterns[0].breaks is 350 min, must follow each other within the shift of 6 h",
    ),
    "breaks at once": (
        patterns(pattern('breaks = ["120 min", "125 min"]')),
        "must follow each other within the shift of 6 h",
    ),
    "break of no length": (
        patterns(pattern('breaks = ["2 h"]'), breaks=""),
        "shifts.day.patterns[0].breaks is given, must not be without breaks of the shift",
    ),
    "too long": (
        patterns(pattern(), rules='longest = "5 h"'),
        "shifts.day.patterns[0] is a shift of 6 h, must not exceed longest, 5 h",
    ),
    "too many days": (
        patterns(pattern(), rules="most_days = 4"),
        "shifts.day.patterns[0] works 5 days a week, must not exceed most_days, 4",
    ),
    "too little rest": (
        patterns('{ starts = { mon = "14:00", tue = "08:00" }, heads = 1 }', rules='rest = "13 h"'),
        "shifts.day.patterns[0] leaves 12 h of rest after mon, must be at least rest, 13 h",
    ),
    "too little rest from Sunday to Monday": (
        patterns('{ starts = { sun = "14:00", mon = "08:00" }, heads = 1 }', rules='rest = "13 h"'),
        "leaves 12 h of rest after sun",
    ),
    "off the grid": (
        patterns(pattern(start="08:20"), rules='starts_every = "30 min"'),
        "shifts.day.patterns[0] starts on mon at 08:20, must lie on the grid of starts_every, 30 min, from opening",
    ),
    "too long without a break": (
        patterns(pattern('breaks = ["3 h"]'), rules='break_within = "2 h"'),
        "shifts.day.patterns[0] works 3 h without a break, from 0 s after the start, must not exceed break_within, 2 h",
    ),
    "rules of shares: length": (
        (STARTS, f'{STARTS}\nrules = {{ longest = "5 h" }}'),
        "shifts.day.length is 6 h, must not exceed longest, 5 h",
    ),
    "rules of shares: days": (
        (STARTS, f"{STARTS}\nrules = {{ most_days = 5 }}"),
        "shifts.day.days_a_week is 7, must not exceed most_days, 5",
    ),
    "rules of shares: rest": (
        (STARTS, f'{STARTS}\nrules = {{ rest = "20 h" }}'),
        "shifts.day.length leaves 18 h of rest from day to day, must be at least rest, 20 h",
    ),
    "rules of shares: breaks": (
        (STARTS, f'{STARTS}\nrules = {{ break_within = "2 h" }}'),
        "shifts.day works 6 h without a break, from 0 s after the start, must not exceed break_within, 2 h",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_told(mistake, write, capsys):
    change, sentence = MISTAKES[mistake]
    path = write(change)
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    assert any(sentence in problem for problem in caught.value.problems), caught.value.problems
    assert all(problem.startswith("peak.toml: ") for problem in caught.value.problems)
    assert main(["show", str(path)]) == 2


def test_closed_days_are_refused(write):
    path = write(('closes = "20:00"', 'closes = "20:00"\ndays = ["mon", "tue"]'), patterns(pattern(days='["sat"]')))
    with pytest.raises(ScenarioError, match="works on sat, must be days on which the centre is open: mon, tue"):
        load_scenario(path)


def test_rest_of_exactly_the_rule_is_enough(write):
    scenario = load_scenario(write(patterns(pattern(), rules='rest = "18 h", most_days = 5, longest = "6 h"')))
    assert scenario.shifts["day"].rules.rest == 18 * 3600.0


def test_show_says_patterns_and_rules_in_words(write):
    lines = explain_lines(
        load(write(patterns(pattern(), pattern(start="14:00", days='["mon"]'), rules="most_days = 5")))
    )
    said = " ".join(lines)
    assert "Shift day: 2 weekly patterns of 6 h, starts from 08:00 to 14:00" in said
    assert "mon 100, tue 50, wed 50, thu 50, fri 50" in said
    assert "The hours of day keep these rules: at most 5 days a week." in said
