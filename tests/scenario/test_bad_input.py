"""Every mistake is told in one sentence that says where it is and what is allowed; the command line exits with 2."""

import pytest

from twin.cli import main
from twin.errors import ScenarioError
from twin.scenario.load import load_scenario

RATES = '[demand]\nkind = "rates"\nrates.bill = "100 /h"\n'
CUSTOMERS = ('kind = "rates"', 'kind = "customers"')
HOLDS = 'skills = { SK01 = "primary" }'

MISTAKES = {
    "unknown key": (("[run]", "[run]\ndayz = 3"), "run.dayz is not a known key, must be one of days, interval, start"),
    "unknown table": (("[run]", "[opning]\n[run]"), "opning is not a known key, did you mean opening?"),
    "unknown law key": (("shape = 0.85", "shap = 0.85"), "patience.shap is not a known key, must be one of law, mass"),
    "missing key": (("shape = 0.85", ""), "patience.shape is missing"),
    "missing table": (("[queues.standard]", ""), "queues is missing"),
    "wrong unit": (
        ('mean = "385 s"', 'mean = "385 sec"'),
        "patience.mean is '385 sec', must have one of the units ms, s,",
    ),
    "no unit": (
        ('mean = "385 s"', "mean = 385"),
        "patience.mean is 385, must be a number with its unit, as in '180 s'",
    ),
    "negative time": (('mean = "385 s"', 'mean = "-30 s"'), "patience.mean is '-30 s', must be above 0 s"),
    "unknown law": (
        ('"weibull"', '"weibul"'),
        "patience.law is 'weibul', must be one of exponential, lognormal, gamma",
    ),
    "missing law": (('law = "weibull"', ""), "patience.law is missing"),
    "law as text": (("[run]", 'redial = "x"\n[run]'), "redial is 'x', must be a table"),
    "unknown demand": (('"rates"', '"rate"'), "demand.kind is 'rate', must be one of rates, volume, trace, customers"),
    "half a lognormal": ((", cv = 0.9", ""), "intents.bill.talk needs mean and cv, or mu and sigma"),
    "text as number": (("count = 20", 'count = "20"'), "groups.young.count is '20', must be a whole number"),
    "truth as number": (("count = 20", "count = true"), "groups.young.count is true, must be a whole number"),
    "fraction of a person": (("count = 20", "count = 2.5"), "groups.young.count is 2.5, must be a whole number"),
    "negative count": (("count = 20", "count = -1"), "groups.young.count is -1, must be at least 0"),
    "list as number": (("count = 20", "count = [20]"), "groups.young.count is [20], must be a whole number"),
    "wrong level": (
        (HOLDS, 'skills = { SK01 = "first" }'),
        "groups.young.skills.SK01 is 'first', must be one of primary",
    ),
    "wrong rate in a list": (
        ('"9 /h"', '"9 h"'),
        "demand.rates.fault[11] is '9 h', must have one of the units /ms, /s",
    ),
    "wrong single rate": (
        ('"100 /h"', "100"),
        "demand.rates.bill is 100, must be a number with its unit, as in '100 /h'",
    ),
    "wrong clock": (('"08:00"', '"8am"'), "opening.opens is '8am', must be a time of day, as in '08:30'"),
    "wrong date": (("[run]", '[run]\nstart = "soon"'), "run.start is 'soon', must be a date, as in 2013-03-04"),
    "wrong weekday": (
        ('closes = "20:00"', 'closes = "20:00"\ndays = ["mo"]'),
        "opening.days[0] is 'mo', must be one of mon",
    ),
    "wrong weekday key": (
        ('kind = "rates"', 'kind = "rates"\nweekday_factors.monday = 1.0'),
        "demand.weekday_factors.monday is not a known name, must be one of mon, tue",
    ),
    "skill that nobody holds": (("{ SK01 = 0.2, SK02 = 0.8 }", "{ SK01 = 1.0 }"), "skills.SK02 is held by no operator"),
    "operator with no skill": ((HOLDS, ""), "groups.young has operators with no skill"),
    "unknown skill of a group": (
        (HOLDS, "skills = { SK01 = 1, SK9 = 1 }"),
        "groups.young.skills.SK9 is not a skill, must be one of SK01, SK02",
    ),
    "unknown skill of a route": (
        ('"SK02", "SK01"]', '"SK02", "SK03"]'),
        "routes[1].skills[1] is 'SK03', must be one of SK01",
    ),
    "unknown queue": (('queue = "standard"', 'queue = "standart"'), "routes[0].queue is 'standart', must be standard"),
    "unknown intent": (
        ("rates.bill", "rates.bil"),
        "demand.rates.bil is not an intent, must be one of bill, fault, did you",
    ),
    "unknown shift": (('shift = "day"', 'shift = "night"'), "groups.young.shift is 'night', must be day"),
    "unknown size": (("[run]", '[scale]\nsize = "tiny"\n[run]'), "scale.size is 'tiny', must be full"),
    "shift outside opening": (
        ('"14:00" = 0.5', '"15:00" = 0.5'),
        'shifts.day.starts."15:00" is a shift from 15:00 to 21:00, must lie within the',
    ),
    "shift before opening": (('"08:00" = 0.5', '"07:00" = 0.5'), "is a shift from 07:00 to 13:00, must lie within"),
    "shift at no time": (('"08:00" = 0.5', '"morning" = 0.5'), "shifts.day.starts.morning is not a time of day"),
    "starts that do not sum to 1": (
        ('"14:00" = 0.5', '"14:00" = 0.4'),
        "shifts.day.starts has shares that sum to 0.9, must sum to 1",
    ),
    "primaries that do not sum to 1": (
        ("SK02 = 0.8", "SK02 = 0.9"),
        "groups.old.primary has shares that sum to 1.1, must",
    ),
    "share above 1": (("SK02 = 0.8", "SK02 = 80"), "groups.old.primary.SK02 is 80, must be between 0 and 1"),
    "too few rates": (
        ('"50 /h", ', ""),
        "demand.rates.fault has 11 values, must have 12 (08:00 to 20:00 in periods of 60 min)",
    ),
    "too few heads": (
        ('count = 20\nshift = "day"', "count = 20\nhead_count = [3, 4]"),
        "groups.young.head_count has 2 values, must have 12",
    ),
    "more heads than people": (
        ('count = 20\nshift = "day"', f"count = 2\nhead_count = {[3] * 12}"),
        "groups.young.count is 2, must be at least 3, the largest head_count",
    ),
    "shift and heads": (
        ("count = 20", f"count = 20\nhead_count = {[3] * 12}"),
        "groups.young has both shift and head_count",
    ),
    "interval that leaves a rest": (('"30 min"', '"7 min"'), "run.interval is 420 s, must divide a day"),
    "closing before opening": (
        ('closes = "20:00"', 'closes = "07:00"'),
        "opening.closes is 07:00, must be after opens, 08:00",
    ),
    "no days": (("[run]", "[run]\ndays = 0"), "run.days is 0, must be at least 1"),
    "no route": (('[[routes]]\nqueue = "standard"\nskills = ["SK01"]\n', ""), "intents.bill has no route for contacts"),
    "contained without a menu": (
        ("[intents.fault]", "[intents.fault]\ncontainment = 0.2"),
        "intents.fault.containment is 0.2, must be 0 without [ivr]",
    ),
    "wrong mark": (
        ("shape = 0.85", 'shape = { value = 0.85, mark = "Z" }'),
        "patience.shape.mark is 'Z', must be S, X, D or A",
    ),
    "not TOML": (("[run]", "[run"), "line 4, column 5 is not TOML: "),
    "a key twice": (("[run]", "title = 3\n[run]"), "line 4, column 10 is not TOML: cannot overwrite a value"),
}


def problems_of(*arguments):
    with pytest.raises(ScenarioError) as caught:
        load_scenario(*arguments)
    return caught.value.problems


@pytest.mark.parametrize(("change", "sentence"), MISTAKES.values(), ids=MISTAKES.keys())
def test_mistake_is_told_in_one_sentence(write, capsys, change, sentence):
    path = write(change)
    problems = problems_of(path)
    assert any(f"peak.toml: {sentence}" in problem or sentence in problem for problem in problems), problems
    assert all(problem.startswith("peak.toml: ") and "\n" not in problem for problem in problems)
    assert len(problems) <= 2, problems
    assert main(["show", str(path)]) == 2
    captured = capsys.readouterr()
    assert captured.err.splitlines() == [f"error: {problem}" for problem in problems]
    assert captured.out == ""


def test_several_mistakes_are_told_together(write):
    problems = problems_of(
        write(
            ('mean = "385 s"', 'mean = "-30 s"'), ("count = 20", "count = -1"), ("[run]", "[run]\ndays = 0\nfoo = 1"),
            ('"14:00" = 0.5', '"15:00" = 0.4'), ('queue = "standard"', 'queue = "premium"'),
        )
    )  # fmt: skip
    assert sorted(problem.split(" ")[1] for problem in problems) == [
        "groups.young.count", "patience.mean", "routes[0].queue", "run.days", "run.foo", "shifts.day.starts",
        'shifts.day.starts."15:00"',
    ]  # fmt: skip


def test_mistake_names_the_file_that_makes_it(write):
    write(('mean = "385 s"', 'mean = "-30 s"'))
    child = write(text='extends = "peak"\n[run]\ndays = 0\n', name="child.toml")
    assert problems_of(child, ["patience.shape=0"]) == [
        "child.toml: run.days is 0, must be at least 1",
        "peak.toml: patience.mean is '-30 s', must be above 0 s",
        "--set: patience.shape is 0, must be above 0",
    ]


def test_what_is_wrong_only_with_what_extends_it_names_both_files(write):
    child = write(text='extends = "erlang-a"\n[groups.operators]\ncount = 0\n', name="child.toml")
    assert problems_of(child) == [
        "erlang-a.toml: skills.calls is held by no operator, must be held by a group with a count above 0 "
        "(extended by child.toml)"
    ]


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        (
            "run.dayz=3",
            "--set: run.dayz is not a known key, must be one of days, interval, start, warm_up, did you mean days?",
        ),
        ("rnu.days=3", "--set: rnu is not a known key, did you mean run?"),
        (
            "groups.yuong.count=3",
            "--set: groups.yuong is not a known key, must be one of old, young, did you mean young?",
        ),
        ("routes[7].queue=x", "--set: routes[7] is not there, routes must be followed by [0] to [1]"),
        ("run[0]=x", "--set: run[0] is not there, run is not a list of tables"),
        ("run.days", "--set: override is 'run.days', must be key=value, as in run.days=3"),
        ("run..days=1", "--set: override has the key 'run..days', must be names with dots, as in run.days"),
        ("run.days=soon", "--set: run.days is 'soon', must be a whole number"),
        ("size=tiny", "--set: scale.size is 'tiny', must be full"),
    ],
)
def test_wrong_override_is_told(write, capsys, override, sentence):
    path = write()
    assert problems_of(path, [override]) == [sentence]
    assert main(["show", str(path), "--set", override]) == 2
    assert capsys.readouterr().err == f"error: {sentence}\n"


def test_cyclic_extends_is_named(write):
    write(text='extends = "b.toml"\n', name="a.toml")
    write(text='extends = "c"\n', name="b.toml")
    path = write(text='extends = "./a.toml"\n', name="c.toml")
    expected = "must not be cyclic (c.toml -> a.toml -> b.toml -> c.toml)"
    assert problems_of(path) == [f"b.toml: extends is 'c', {expected}"]
    assert main(["show", str(path)]) == 2


def test_extends_of_nothing_is_told(write):
    assert "peak.toml: extends is 'w9', which is not in the library, must be one of " in problems_of(
        write(text='extends = "w9"\n')
    )[0]  # fmt: skip
    assert problems_of(write(text="extends = 3\n")) == [
        "peak.toml: extends is 3, must be the name or path of a scenario"
    ]


def test_scenario_that_is_not_there_is_told(tmp_path, capsys):
    assert "erlang-b: is not in the library, must be one of " in problems_of("erlang-b")[0]
    assert "did you mean erlang-a" in problems_of("erlang-b")[0]
    assert problems_of(tmp_path / "no.toml")[0].endswith("no.toml: is not there, must be a TOML file")
    assert main(["show", "x" * 5000]) == 2
    assert main(["show", str(tmp_path)]) == 2
    (tmp_path / "latin.toml").write_bytes(b'title = "caff\xe8"')
    assert problems_of(tmp_path / "latin.toml") == ["latin.toml: byte 13 is not UTF-8, must be a text file in UTF-8"]


def test_size_that_leaves_nobody_is_told(write):
    path = write(
        ("[run]", "[scale.sizes]\nfull = 1\ntiny = 0.01\n[run]"), ("primary = {", "scaled = true\nprimary = {")
    )
    assert load_scenario(path)
    assert problems_of(path, ["size=tiny"]) == [
        "peak.toml: skills.SK02 is held by no operator, must be held by a group with a count above 0"
    ]


def test_names_are_told_in_the_order_of_the_file(write):
    intents = ("zeta", "eta", "theta", "iota", "kappa", "alpha")
    tables = "".join(f'[intents.{name}]\ntalk = {{ law = "exponential", mean = "1 s" }}\n' for name in intents)
    path = write(("[patience]", f"{tables}[patience]"), ("[run]", "[clusters.all.mix]\nrum = 1.0\n[run]"))
    told = "must be one of bill, fault, zeta, eta, theta, iota, kappa, alpha"
    assert f"clusters.all.mix.rum is not an intent or a group of intents, {told}" in problems_of(path)[0]


# -- traces ----------------------------------------------------------------------------------------------------------

GOOD_TRACE = "date,at_s,intent\n1999-01-03,28800,bill\n1999-01-03,28900,fault\n1999-01-04,100,bill\n"
TRACES = {
    "missing column": (
        ("at_s", "time"),
        "must have the column 'at_s' (demand.at_column); the file has date, time, intent",
    ),
    "missing intent column": (("intent\n", "type\n"), "must have the column 'intent' (demand.intent_column)"),
    "unsorted": (("1999-01-03,28900", "1999-01-03,28700"), "line 3 comes before the line above it"),
    "unsorted dates": (("1999-01-04", "1999-01-02"), "line 4 comes before the line above it"),
    "unknown intent": (("fault", "faults"), "line 3 has intent 'faults', must be an intent, did you mean fault?"),
    "no date": (("1999-01-04", "4 Jan"), "line 4 has date '4 Jan', must be a date or a day's number"),
    "no time": ((",100,", ",noon,"), "line 4 has at_s 'noon', must be seconds of the day, 0 to 86400"),
    "time beyond the day": ((",100,", ",86401,"), "line 4 has at_s '86401', must be seconds of the day"),
    "short line": ((",fault", ""), "line 3 has 2 values, must have 3"),
    "empty": ((GOOD_TRACE, ""), "which is empty, must have a line of column names"),
}


def trace_scenario(write, file="calls.csv"):
    text = write().read_text()
    start, end = text.index("[demand]"), text.index("[intents.bill]")
    demand = f'[demand]\nkind = "trace"\nfile = "{file}"\nintent_column = "intent"\n'
    return write(text=text[:start] + demand + text[end:])


@pytest.mark.parametrize(("change", "sentence"), TRACES.values(), ids=TRACES.keys())
def test_wrong_trace_is_told(write, tmp_path, change, sentence):
    (tmp_path / "calls.csv").write_text(GOOD_TRACE.replace(*change))
    path = trace_scenario(write)
    problems = problems_of(path)
    assert len(problems) == 1
    assert problems[0].startswith("peak.toml: demand.file is ")
    assert sentence in problems[0]
    assert main(["show", str(path)]) == 2


def test_trace_that_is_not_there_is_told(write):
    assert problems_of(trace_scenario(write))[0].endswith("calls.csv', must be a file that is there")


def test_trace_that_is_no_text_is_told(write, tmp_path):
    (tmp_path / "calls.csv.gz").write_text(GOOD_TRACE)
    assert "must be CSV text that can be read" in problems_of(trace_scenario(write, "calls.csv.gz"))[0]


def test_many_wrong_lines_are_counted_not_listed(write, tmp_path):
    (tmp_path / "calls.csv").write_text("date,at_s,intent\n" + "1999-01-03,1,x\n" * 100)
    problems = problems_of(trace_scenario(write))
    assert len(problems) == 4
    assert problems[-1].endswith("which has 100 lines that are wrong in this way: intent")
