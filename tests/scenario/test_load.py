"""Loading: library, paths, extends, overrides, provenance, resolved values."""

import json
import math

import pytest

from twin import load_scenario
from twin.errors import ScenarioError
from twin.scenario.files import LIBRARY, library_entries, library_names
from twin.scenario.load import load, scenario_from_dict
from twin.scenario.merge import parse_key, parse_value
from twin.scenario.provenance import Origin


@pytest.mark.parametrize("path", sorted(LIBRARY.glob("[!_]*.toml")), ids=lambda path: path.stem)
def test_library_scenario_loads_and_comes_back_from_its_manifest(path):
    loaded = load(path.stem)
    assert loaded.scenario.name == path.stem
    assert loaded.scenario.title
    assert scenario_from_dict(json.loads(json.dumps(loaded.resolved))) == loaded.scenario


def test_library_lists_scenarios_but_not_bases():
    names = library_names()
    assert "erlang-a" in names
    assert not [name for name in names if name.startswith("_")]
    assert all(entry.title for entry in library_entries())


def test_erlang_a_says_what_the_theory_says():
    scenario = load_scenario("erlang-a")
    assert scenario.demand.rates["call"] == pytest.approx(200 / 3600)
    assert scenario.intents["call"].talk.mean == 180.0
    assert scenario.patience.mean == 300.0
    assert scenario.groups["operators"].count == 14


def test_published_cases_hold_their_totals():
    assert sum(load_scenario("v1-ssj").demand.rates["call"]) * 3600 == pytest.approx(1660)
    assert load_scenario("v1-ssj").demand.noise.day_cv ** -2 == pytest.approx(400)
    assert load_scenario("v7-multiskill").demand.noise.day_cv ** -2 == pytest.approx(28.7)
    for name in ("v20-pooling", "v20-pooling-m1", "v20-pooling-m6"):
        scenario = load_scenario(name)
        assert sum(group.count for group in scenario.groups.values()) == 90
        assert sum(scenario.demand.rates.values()) * 600 == pytest.approx(84)
    assert len(load_scenario("v20-pooling").groups) == 30


def test_path_and_name_are_both_accepted(write):
    path = write()
    assert load_scenario(path) == load_scenario(str(path))
    assert load_scenario(path).name == "peak"


def test_child_says_only_what_differs(write):
    write()
    child = write(text='extends = "peak"\n[patience]\nmean = "1 min"\n[groups.young]\ncount = 5\n', name="child.toml")
    scenario = load_scenario(child)
    assert (scenario.name, scenario.title) == ("child", "Two skills, two shifts")
    assert (scenario.patience.mean, scenario.patience.shape) == (60.0, 0.85)
    assert (scenario.groups["young"].count, scenario.groups["old"].count) == (5, 20)


def test_child_that_names_a_law_replaces_the_whole_law(write):
    write()
    text = 'extends = "peak.toml"\n[patience]\nlaw = "exponential"\nmean = "1 min"\n'
    assert load_scenario(write(text=text, name="child.toml")).patience.mean == 60.0


def test_routes_are_replaced_and_extra_routes_appended(write):
    write()
    route = '{ queue = "standard", skills = ["SK01"], intents = ["bill"] }'
    child = write(text=f'extends = "peak"\nextra_routes = [{route}]\n', name="child.toml")
    assert len(load_scenario(child).routes) == 3
    grandchild = write(text=f'extends = "child"\nextra_routes = [{route}]\n', name="grandchild.toml")
    assert len(load_scenario(grandchild).routes) == 4
    other = write(text='extends = "peak"\nroutes = [{ queue = "standard", skills = ["SK02"] }]\n', name="other.toml")
    assert len(load_scenario(other).routes) == 1


def test_overrides_as_text_and_as_mapping_are_alike(write):
    path = write()
    texts = ["run.days=3", "patience.mean=2 min", "routes[1].skills=['SK02']", 'shifts.day.starts."08:00"=0.5']
    mapping = {"run.days": 3, "patience": {"mean": "2 min"}, "routes.1.skills": ["SK02"]}
    assert load_scenario(path, texts) == load_scenario(path, mapping)
    assert load_scenario(path, texts).run.days == 3


def test_size_is_short_for_scale_size(write):
    path = write(("[run]", "[scale.sizes]\nfull = 1\ntiny = 0.5\n[run]"), ("count = 20", "count = 20\nscaled = true"))
    scenario = load_scenario(path, ["size=tiny"])
    assert scenario.factor == 0.5
    assert scenario.groups["young"].heads(scenario.factor) == 10
    assert scenario.groups["old"].heads(scenario.factor) == 20


def test_override_to_none_takes_a_value_away(write):
    assert load_scenario(write(), {"patience": None}).patience is None


def test_override_values_are_toml_or_else_text():
    assert [parse_value(text) for text in ("3", "0.5", "true", "3 min", "[1, 2]", "1\nb = 2", "2013-03-04x")] == [
        3, 0.5, True, "3 min", [1, 2], "1\nb = 2", "2013-03-04x",
    ]  # fmt: skip
    assert parse_key('a.b-c[2]."08:30".d') == ("a", "b-c", 2, "08:30", "d")
    assert [parse_key(text) for text in ("", "a..b", ".a", "a b")] == [None] * 4


def test_marks_are_inherited_and_taken_out(write):
    path = write(
        ("[patience]", '[patience]\nmark = "D(R3)"\nsource = "bank log"'),
        ("shape = 0.85", 'shape = { value = 0.85, mark = "A", range = [0.8, 1.0], note = "rounded" }'),
    )
    loaded = load(path, ["run.days=2"])
    assert loaded.scenario == load_scenario(write(name="plain.toml")).model_copy(
        update={"name": "peak", "run": loaded.scenario.run}
    )
    assert loaded.provenance["patience.mean"] == Origin("peak.toml", "D(R3)", "bank log")
    assert loaded.provenance["patience.shape"] == Origin("peak.toml", "A", "bank log", "rounded", (0.8, 1.0))
    assert loaded.provenance["run.days"] == Origin("--set")
    assert loaded.provenance["routes[1].skills"].mark is None
    assert json.dumps(loaded.provenance.as_dict())


def test_constant_law_is_not_taken_for_an_annotation(write):
    assert load_scenario(write()).intents["bill"].wrap.value == 55.0


def test_a_childs_value_does_not_take_the_marks_of_its_base(write):
    write(("[patience]", '[patience]\nmark = "X"'))
    loaded = load(write(text='extends = "peak"\n[patience]\nmean = "1 min"\n', name="child.toml"))
    assert loaded.provenance["patience.mean"] == Origin("child.toml")
    assert loaded.provenance["patience.shape"] == Origin("peak.toml", "X")
    assert [path.name for path in loaded.files] == ["child.toml", "peak.toml"]


def test_dates_and_clock_times_of_toml_are_understood(write):
    path = write(('opens = "08:00"', "opens = 08:00:00"), ("[run]", "[run]\nstart = 2014-01-02"))
    loaded = load(path)
    assert loaded.scenario.run.start.isoformat() == loaded.resolved["run"]["start"] == "2014-01-02"
    assert loaded.scenario.opening.opens == 8 * 3600


def test_trace_beside_its_scenario_is_found_from_anywhere(write, tmp_path, monkeypatch):
    rows = ("date,at_s,kind", "1999-01-03,28800,B", "1999-01-03,28900.5,fault", "1999-01-04,0,B")
    (tmp_path / "calls.csv").write_text("\n".join(rows))
    text = write().read_text()
    start, end = text.index("[demand]"), text.index("[intents.bill]")
    demand = '[demand]\nkind = "trace"\nfile = "calls.csv"\nintent_column = "kind"\nintents = { B = "bill" }\n'
    path = write(text=text[:start] + demand + text[end:])
    monkeypatch.chdir(LIBRARY)
    loaded = load(path)
    assert loaded.resolved["demand"]["file"] == str(tmp_path / "calls.csv")
    assert scenario_from_dict(loaded.resolved) == loaded.scenario


def test_shares_may_miss_one_by_rounding(write):
    thirds = f"{{ SK01 = {1 / 3}, SK02 = {2 / 3 + 9e-7} }}"
    scenario = load_scenario(write(("{ SK01 = 0.2, SK02 = 0.8 }", thirds)))
    assert math.isclose(sum(scenario.groups["old"].primary.values()), 1, abs_tol=1e-6)


def test_centre_that_never_closes_may_have_night_shifts(write):
    text = write().read_text()
    start, end = text.index("rates.fault"), text.index("[intents.bill]")
    text = text[:start] + 'rates.fault = "1 /h"\n' + text[end:]
    hours = ('opens = "08:00"\ncloses = "20:00"', ""), ('"14:00" = 0.5', '"22:00" = 0.5')
    scenario = load_scenario(write(*hours, text=text))
    assert scenario.shifts["day"].starts["22:00"] == 0.5


def test_scenario_error_survives_pickling():
    import pickle

    error = pickle.loads(pickle.dumps(ScenarioError(["a", "b"])))
    assert error.problems == ["a", "b"]
    assert str(error) == "a\nb"
