"""Whatever the file of a study says, the answer is a study or one clear sentence, never another exception."""

import copy
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments.optimise.study import STUDIES
from experiments.optimise.study import Study as Staffing
from experiments.sensitivity.study import Sensitivity
from experiments.sweep.study import Plan
from twin.errors import TwinError

FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SWEEP = """
title = "Patience"
scenario = "erlang-a"
days = 1
replications = 2
method = "latin_hypercube"
points = 4
[factors."patience.mean"]
range = ["1 min", "9 min"]
[factors."groups.operators.count"]
range = [12, 16]
whole = true
"""
SENSITIVITY = """
scenario = "erlang-a"
method = "morris"
days = 1
trajectories = 4
[factors."patience.mean"]
range = ["1 min", "9 min"]
[factors."groups.operators.count"]
range = [12, 16]
"""
READERS = {
    "sweep": (Plan.read, SWEEP),
    "sensitivity": (Sensitivity.read, SENSITIVITY),
    "optimise": (Staffing.read, (STUDIES / "two-lines.toml").read_text("utf-8")),
}
VALUES = [
    "0", "-1", "1e400", "nan", "true", '""', '"3 min"', '"\\u0000"', '"../../x"', "[]", "[[]]", "{}", "[1, 'a']",
    '["9 min", "1 min"]', "1979-05-27", '"erlang-b"', '"grid"', '"sobol"', "[0, 0]", '["x", 3]',
]  # fmt: skip
TEXT = st.text(alphabet=string.ascii_lowercase + "[]{}=\"'.,#\n 0123456789-_", max_size=6)


def answer(read, path):
    try:
        return read(path)
    except TwinError as error:
        sentence = str(error)
    assert sentence.strip()
    assert "Traceback" not in sentence
    return None


@pytest.mark.parametrize("kind", READERS)
def test_the_studies_themselves_are_read(kind, tmp_path):
    read, text = READERS[kind]
    file = tmp_path / "study.toml"
    file.write_text(text, "utf-8")
    assert answer(read, file) is not None


@FUZZ
@given(data=st.data())
@pytest.mark.parametrize("kind", READERS)
def test_another_value_gives_a_study_or_a_sentence(kind, data, tmp_path):
    read, text = READERS[kind]
    lines = text.strip().split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(lines) - 1))
        key, is_value, _ = lines[place].partition(" = ")
        if is_value:
            lines[place] = f"{key} = {data.draw(st.sampled_from(VALUES))}"
        elif data.draw(st.booleans()):
            lines[place] = f"[factors.{data.draw(st.sampled_from(['x', 'run', 'patience', 'demand.rates.call']))}]"
        else:
            lines[place] = ""
    file = tmp_path / "study.toml"
    file.write_text("\n".join(lines), "utf-8")
    answer(read, file)


@FUZZ
@given(data=st.data())
@pytest.mark.parametrize("kind", READERS)
def test_any_text_gives_a_study_or_a_sentence(kind, data, tmp_path):
    read, text = READERS[kind]
    text = copy.copy(text)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(start + data.draw(st.sampled_from([0, 1, 2, 5, 30])), len(text))
        text = text[:start] + data.draw(TEXT) + text[end:]
    file = tmp_path / "study.toml"
    file.write_text(text, "utf-8")
    answer(read, file)


@FUZZ
@given(content=st.binary(max_size=200))
@pytest.mark.parametrize("kind", READERS)
def test_any_bytes_give_a_sentence(kind, content, tmp_path):
    read, _ = READERS[kind]
    file = tmp_path / "study.toml"
    file.write_bytes(content)
    assert answer(read, file) is None
