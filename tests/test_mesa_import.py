"""What of Mesa waits for its first use, each in a fresh process."""

import subprocess
import sys

SHOW = "print(*sorted({'networkx.classes', 'scipy.spatial', 'scipy.special'} & set(sys.modules)))"


def printed_by(code):
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\n{SHOW}"], capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_a_model_brings_neither_networkx_nor_the_spatial_part_of_scipy():
    assert printed_by("import twin.model") == []


def test_what_waited_comes_when_it_is_asked_for():
    assert printed_by("import twin.model, mesa\nmesa.space.nx.Graph()") == ["networkx.classes"]
    assert "scipy.spatial" in printed_by("import twin.model, mesa\nmesa.experimental.continuous_space.ContinuousSpace")


def test_inspect_is_whole_again():
    code = "import inspect\nbefore = inspect.getouterframes\nimport twin.model\nassert inspect.getouterframes is before"
    assert printed_by(code) == []
