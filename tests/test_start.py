"""What a start does without: a run takes its first step before the slow libraries are there."""

import subprocess
import sys

import numpy as np
import pytest

from twin.world import quantiles

SLOW = ["pandas", "pyarrow", "plotly", "scipy.linalg", "scipy.special", "scipy.spatial", "scipy.stats", "tqdm"]
SLOW += ["networkx.classes", "mesa.experimental.devs", "mesa.visualization", "distributed", "dask", "SALib", "solara"]
NOT_TO_COMPILE = ["numba.np.linalg", "numba.np.arraymath"]
FRONT = ["typer", "rich", "twin.cli", "experiments", "calibration"]
RUN = "import twin\ntwin.simulate(twin.load_scenario('erlang-a', {'run.warm_up': 0}), days=1)\n"


def printed_by(code):
    done = subprocess.run([sys.executable, "-c", f"import sys\n{code}"], capture_output=True, text=True, check=True)
    return done.stdout.split()


def loaded_after(code, modules):
    return printed_by(f"{code}\nprint(*sorted({set(modules)!r} & set(sys.modules)))")


def test_the_package_alone_brings_nothing():
    assert loaded_after("import twin", ["numpy", "numba", "mesa", "pydantic", *SLOW, *FRONT]) == []


def test_the_command_line_alone_brings_no_numbers():
    assert loaded_after("import twin.cli", ["numpy", "numba", "mesa", *SLOW, "experiments", "calibration"]) == []


def test_a_run_brings_no_slow_library_and_what_waited_still_works():
    first = printed_by(RUN)  # compiles if nobody has: whoever compiles needs more than who runs
    used = """
import mesa, numba
class Two(mesa.Model):
    def __init__(self, seed=None):
        super().__init__(seed=seed)
        self.datacollector = mesa.DataCollector({"two": lambda model: 2})
    def step(self):
        self.datacollector.collect(self)
        self.running = False
assert mesa.batch_run(Two, {}, display_progress=True)[0]["two"] == 2
model = Two()
model.step()
import pandas
assert isinstance(model.datacollector.get_model_vars_dataframe(), pandas.DataFrame)
assert pandas is sys.modules["pandas"] and pandas.__name__ == "pandas"
assert numba.njit(lambda a: a @ a)(mesa.model.np.ones(3)) == 3.0
"""
    slow = [*SLOW, *NOT_TO_COMPILE, *FRONT]
    assert first == []
    assert printed_by(f"{RUN}print(*sorted({set(slow)!r} & set(sys.modules)))\n{used}\nprint('done')") == ["done"]


def test_the_command_that_runs_brings_pandas_for_its_table_and_no_more():
    code = """
import contextlib, io
from twin.cli import main
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
    main(["run", "erlang-a", "--set", "run.warm_up=0", "--days", "1", "--json"])
"""
    printed_by(code)  # compiles if nobody has
    assert set(loaded_after(code, [*SLOW, *NOT_TO_COMPILE])) <= {"pandas", "pyarrow"}  # pandas brings pyarrow


@pytest.fixture
def fresh_start(tmp_path, monkeypatch):
    """As in a process without SciPy's functions, and nothing kept yet."""
    monkeypatch.setattr(quantiles, "CACHE", tmp_path / "cache")
    monkeypatch.delitem(sys.modules, "scipy.special", raising=False)
    return tmp_path / "cache"


def test_a_table_of_quantiles_is_worked_out_once(fresh_start, monkeypatch):
    worked_out = quantiles.log_gamma_quantiles(2.0, 180.0)
    monkeypatch.delitem(sys.modules, "scipy.special", raising=False)
    monkeypatch.setattr(quantiles, "_worked_out", None)
    assert np.array_equal(quantiles.log_gamma_quantiles(2.0, 180.0), worked_out)
    # Gamma with shape 2 is Erlang's second law: half of the draws lie below 0.839173 means.
    assert np.exp(worked_out[quantiles.TABLE_KNOTS // 2]) == pytest.approx(0.839173 * 180.0, rel=1e-5)


def test_a_damaged_table_is_worked_out_again(fresh_start, monkeypatch):
    whole = quantiles.log_gamma_quantiles(3.0, 1.0)
    for path in fresh_start.iterdir():
        path.write_bytes(path.read_bytes()[:1000])
    monkeypatch.delitem(sys.modules, "scipy.special", raising=False)
    assert np.array_equal(quantiles.log_gamma_quantiles(3.0, 1.0), whole)
