"""Mapping files: units, rules, expressions; and what is wrong with one, in a sentence."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.history.expressions import parse
from calibration.history.mapping import Mapping, as_toml, load_mapping, shipped
from calibration.history.reader import read_files, read_history
from twin.errors import InputError

CALLS = """
kind = "calls"
[columns]
at = "t"
wait_s = "w"
outcome = "o"
type = "k"
[units]
wait_s = "min"
[[rules.outcome]]
value = "answered"
words = ["ok"]
[[rules.outcome]]
value = "abandoned"
known = ["w"]
[[leave_out]]
column = "k"
words = ["test"]
reason = "a test call"
"""


def saved(folder, content, name="my.toml"):
    path = folder / name
    path.write_text(content)
    return path


def test_units_rules_and_left_out_rows(tmp_path):
    rows = ["t,w,o,k", "2024-03-04 08:00,1.5,OK,a", "2024-03-04 08:01,0.5,gone,a", "2024-03-04 08:02,,gone,a",
            "2024-03-04 08:03,1,ok,Test"]  # fmt: skip
    path = saved(tmp_path, "\n".join(rows), "log.csv")
    history = read_history(path, saved(tmp_path, CALLS))
    assert history.calls["wait_s"].tolist() == [90, 30]
    assert history.calls["outcome"].tolist() == ["answered", "abandoned"]
    assert history.quality.left_out[["line", "reason"]].values.tolist() == [[5, "a test call"]]
    assert history.quality.rejected[["line", "reason"]].values.tolist() == [
        [4, 'o is "gone", no rule of the mapping (rules.outcome) fits']
    ]


def test_expressions_over_headings(tmp_path):
    content = (
        'kind = "intervals"\ninterval_s = 1800\n[columns]\ndate = "d"\ntime = "h"\nanswered = "n"\n[expressions]\n'
    )
    content += 'handle_s = "([Talk (s)] + wrap) * n"\noffered = "n + first(lost, 0)"\n'
    path = saved(
        tmp_path, "d,h,n,Talk (s),wrap,lost\n2024-03-04,08:00,10,100,20,3\n2024-03-04,08:30,5,1:00,0:10,\n", "r.csv"
    )
    table = read_history(path, saved(tmp_path, content)).intervals
    assert table["handle_s"].tolist() == [1200, 350]
    assert table["offered"].tolist() == [13, 5]


@pytest.mark.parametrize(
    ("text", "answer"),
    [("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("-a / 4", -2), ("8 - 2 - 1", 5), ("first(b, a)", 8), ("a / 0", np.nan)],
)
def test_arithmetic(text, answer):
    value = parse(text)({"a": np.array([8.0]), "b": np.array([np.nan])})
    assert np.array_equal(np.broadcast_to(value, 1), [answer], equal_nan=True)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("__import__('os')", r"\"'\" is not allowed"),
        ("a.b", r'"\." is not allowed'),
        ("a + ", "a number or a heading is missing"),
        ("(a", r'"\)" is missing'),
        ("a b", r'"b" must not stand there'),
        ("", "is empty"),
        ("(" * 40 + "a", "nested more than 30 deep"),
        ("a" * 600, "must have at most 500"),
    ],
)
def test_what_is_no_arithmetic_is_refused(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        parse(text)


@given(st.text(max_size=60))
def test_any_text_is_parsed_or_refused(text):
    try:
        expression = parse(text)
    except ValueError:
        return
    expression({name: np.array([1.0]) for name in expression.names})


CALLS_KIND = 'kind = "calls"\n'
WRONG = {
    'kind = "call"': r"kind is \"call\", input should be 'calls', 'intervals' or 'months'",
    CALLS_KIND + "colour = 1": "colour is not known, must be one of title",
    CALLS_KIND + '[columns]\noffered = "n"': "columns.offered is not known for calls, must be one of date, time",
    CALLS_KIND + '[expressions]\nat_s = "a +"': r'expressions.at_s is "a \+", a number or a heading is missing',
    CALLS_KIND + '[dates]\nzone = "Rome"': 'dates.zone is "Rome", must be a time zone such as "Europe/Rome"',
    CALLS_KIND + '[units]\nwait_s = "weeks"': r"units.wait_s is \"weeks\", input should be 'ms', 's', 'min'",
    CALLS_KIND + '[[rules.outcome]]\nvalue = "lost"': 'rules.outcome.value is "lost", must be one of answered',
    'kind = "intervals"\ninterval_s = 1000': "interval_s is 1000, must divide a day of 86400 s",
    "kind = ": "line 1 is not TOML",
}


@pytest.mark.parametrize("content", WRONG)
def test_a_wrong_mapping_is_one_sentence(content, tmp_path):
    with pytest.raises(InputError, match=f"my.toml: {WRONG[content]}"):
        load_mapping(saved(tmp_path, content))


def test_a_mapping_that_is_not_there_lists_the_shipped_ones():
    with pytest.raises(InputError, match=r"--mapping is 'nowhere', must be a TOML file or one of anonymous-bank-1999"):
        load_mapping("nowhere")


@pytest.mark.parametrize("name", ["../mapping", "mappings/../../secret", "nul\0"])
def test_names_of_mappings_do_not_leave_their_folder(name):
    with pytest.raises(InputError, match="--mapping is"):
        load_mapping(name)


def test_a_heading_that_the_file_does_not_have_is_named(tmp_path):
    path = saved(tmp_path, "t,w,o\n2024-03-04 08:00,1,ok\n", "log.csv")
    with pytest.raises(InputError, match=r'log.csv: the mapping names a column "k", must be one of: t, w, o'):
        read_history(path, saved(tmp_path, CALLS))


@pytest.mark.parametrize("name", shipped())
def test_a_written_mapping_reads_back_the_same(name, tmp_path):
    mapping = load_mapping(name)
    assert load_mapping(saved(tmp_path, as_toml(mapping))) == mapping


def test_a_guessed_mapping_can_be_written_and_used(tmp_path):
    path = saved(
        tmp_path, 'Data;Ora;Offerte;Risposte;"SL ""20 s"""\n04/03/2024;8;10;9;90\n04/03/2024;9;10;9;80\n', "r.csv"
    )
    first = read_files(path)
    again = read_history(path, saved(tmp_path, as_toml(first.mappings["r.csv"])))
    assert again.intervals.equals(first.history.intervals)
    assert again.intervals["answered_in_time"].tolist() == [9, 8]


@given(st.text(max_size=20), st.text(min_size=1, max_size=20))
def test_headings_of_any_characters_survive_a_mapping_file(title, heading):
    import tomllib

    mapping = Mapping(kind="months", title=title, columns={"month": heading})
    assert Mapping.model_validate(tomllib.loads(as_toml(mapping))) == mapping


def test_the_mapping_of_the_readme_is_valid(tmp_path):
    from importlib.resources import files

    text = files("calibration.history").joinpath("README.md").read_text("utf-8")
    mapping = load_mapping(saved(tmp_path, text.split("```toml\n")[1].split("```")[0]))
    assert mapping.expressions == {"service_s": "[Talk Time] + [Hold Time]"}
    assert [rule.value for rule in mapping.rules["outcome"]] == ["answered", "left"]
