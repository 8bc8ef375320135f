"""A study file: designs by hand, values as the scenario writes them, bad files in one sentence each."""

import pytest

from experiments.sweep.study import Factor, Plan, Study
from twin.errors import InputError

HEAD = 'scenario = "erlang-a"\n'


def plan(tmp_path, text):
    path = tmp_path / "study.toml"
    path.write_text(HEAD + text)
    return Plan.read(path)


def test_a_grid_is_every_combination(tmp_path):
    found = plan(
        tmp_path,
        """
        [factors."groups.operators.count"]
        values = [13, 14]
        [factors."patience.mean"]
        range = ["1 min", "5 min"]
        levels = 3
    """,
    )
    assert [tuple(point.values()) for point in found.points] == [
        (13, "1.0 min"), (13, "3.0 min"), (13, "5.0 min"), (14, "1.0 min"), (14, "3.0 min"), (14, "5.0 min"),
    ]  # fmt: skip


def test_a_latin_hypercube_has_one_point_in_each_slice():
    study = Study(scenario="erlang-a", method="latin_hypercube", points=8,
                  factors={"patience.mean": Factor(range=("0 s", "80 s")), "a.b": Factor(range=(1, 9))})  # fmt: skip
    design = study.design()
    slices = sorted(int(float(text.split()[0]) // 10) for text in design["patience.mean"])
    assert slices == list(range(8))
    assert sorted(int(value - 1) for value in design["a.b"]) == list(range(8))


def test_sobol_points_are_as_many_as_asked():
    study = Study(scenario="erlang-a", method="sobol", points=6, factors={"a.b": Factor(range=(1, 3), whole=True)})
    assert len(study.design()) == 6
    assert set(study.design()["a.b"]) <= {1, 2, 3}


def test_a_log_scale_is_even_in_factors():
    assert Factor(range=(1, 100), scale="log", levels=3).grid == pytest.approx([1, 10, 100])


def test_a_list_stands_side_by_side(tmp_path):
    factors = 'factors."run.days".values = [1, 2]\nfactors."patience.mean".values = ["1 s", "2 s"]'
    found = plan(tmp_path, 'method = "list"\n' + factors)
    assert found.points == [{"run.days": 1, "patience.mean": "1 s"}, {"run.days": 2, "patience.mean": "2 s"}]


def test_points_alike_are_one_point(tmp_path):
    """Eight whole numbers from 12 to 14 are three; 1 and 1.0, 1 and true are not alike."""
    count = 'factors."groups.operators.count"'
    found = plan(tmp_path, f'method = "latin_hypercube"\npoints = 8\n{count} = {{ range = [12, 14], whole = true }}\n')
    assert sorted(point["groups.operators.count"] for point in found.points) == [12, 13, 14]
    assert len({found.key(*run) for run in found.runs}) == len(found.runs) == 3
    assert len(plan(tmp_path, f"{count}.values = [12, 12, 14]\n").points) == 2


@pytest.mark.parametrize("method", ["grid", "list", "latin_hypercube"])
def test_values_may_be_tables_and_lists(tmp_path, method):
    text = f"""
        method = "{method}"
        points = 2
        factors."patience".values = [{{ law = "exponential", mean = "1 min" }}, {{ law = "constant", value = "1 min" }}]
        factors."routes[0].skills".values = [["calls"], ["calls"]]
    """
    found = plan(tmp_path, text)
    assert {point["patience"]["law"] for point in found.points} == {"exponential", "constant"}
    assert all(point["routes[0].skills"] == ["calls"] for point in found.points)


def test_the_key_of_a_run_is_its_identity(tmp_path):
    """Another value, replication or seed is another run; another title or number of points is not."""
    text = 'factors."patience.mean".values = ["1 min", "2 min"]\n'
    one = plan(tmp_path, text)
    keys = {one.key(0, 0), one.key(1, 0), one.key(0, 1)}
    assert len(keys) == 3
    assert plan(tmp_path, 'title = "Again"\nreplications = 9\n' + text).key(0, 0) == one.key(0, 0)
    assert plan(tmp_path, "seed = 2\n" + text).key(0, 0) != one.key(0, 0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "factors is missing"),
        ("factors = {}", "factors has 0 values, must have at least 1"),
        ('factors."patience.mean" = {}', 'factors."patience.mean" is a table, must have either values or a range'),
        ('factors."patience.mean".range = ["5 min", "1 min"]', "must begin with the smaller number"),
        ('factors."patience.mean".range = ["1 parsec", "2 parsec"]', "must have one of the units"),
        ('factors."routing.primary_first".values = [true]', "in erlang-a, must be stated there, or under set"),
        ('days = 3\nfactors."run.days".values = [1]', "days is 3, must not be given where run.days is a factor"),
        (
            'factors."patience.means".values = ["1 s"]',
            "a key without a value in erlang-a, did you mean patience.mean",
        ),
        ('factors."patience.mean".values = ["never"]', "patience.mean is 'never'"),
        (
            'method = "random"\nfactors."run.days".values = [1]',
            "method is 'random', must be one of grid, latin",
        ),
        ('replication = 2\nfactors."run.days".values = [1]', "replication is not a known key, must be one of by, "),
        ('method = "list"\nfactors."run.days".range = [1, 2]', "needs as many values of each factor"),
        ("= 3", "is not TOML: invalid statement"),
    ],
)
def test_a_bad_study_is_told_in_one_sentence(tmp_path, text, said):
    with pytest.raises(InputError) as error:
        plan(tmp_path, text)
    assert said in str(error.value)


def test_a_study_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="is not there, must be the TOML file of a study"):
        Plan.read(tmp_path / "no.toml")
