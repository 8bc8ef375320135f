"""The command line: quick, one sentence for each failure, the right exit code."""

import errno
import os
import signal
import subprocess
import sys

import pytest

import twin
from twin import cli
from twin.errors import InputError, RunError

TWIN = [sys.executable, "-m", "twin.cli"]


def failing(error):
    def command():
        raise error

    return command


@pytest.fixture
def command():
    """Add a command to the app for the time of a test."""
    before = list(cli.app.registered_commands)
    yield lambda name, function: cli.app.command(name)(function)
    cli.app.registered_commands[:] = before


def test_list_names_every_library_scenario(capsys):
    assert cli.main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("erlang-a ") for line in lines)
    assert not any(line.startswith("_") for line in lines)


def test_show_tells_words_numbers_marks_and_sources(capsys):
    assert cli.main(["show", "erlang-a", "--set", "groups.operators.count=13"]) == 0
    out = capsys.readouterr().out
    assert "Operators: 13 operators, always on duty while open" in out
    assert "pyworkforce guide, Erlang A" in out
    assert cli.main(["show", "erlang-a", "--brief"]) == 0
    assert "Numbers stated" not in capsys.readouterr().out


def test_schema_is_json(capsys):
    import json

    assert cli.main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["type"] == "object"


@pytest.mark.parametrize("arguments", [["shw"], ["show"], ["show", "erlang-a", "--sett", "x"], ["list", "more"]])
def test_wrong_usage_exits_with_2(arguments, capsys):
    assert cli.main(arguments) == 2
    assert capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (InputError("seed is -1, must be at least 0"), 2, "error: seed is -1, must be at least 0\n"),
        (RunError("the run lost a contact"), 1, "error: the run lost a contact\n"),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "out/kpis.parquet"), 1,
         "error: out/kpis.parquet: no space left on device\n"),
        (PermissionError(errno.EACCES, "Permission denied", "out"), 1, "error: out: permission denied\n"),
        (MemoryError(), 1, "error: memory is full, try a smaller size or fewer days\n"),
        (KeyboardInterrupt(), 130, "error: interrupted, finished work is kept\n"),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_failure_is_one_sentence_and_an_exit_code(error, code, sentence, capsys, command, monkeypatch):
    monkeypatch.setattr(cli.threading, "active_count", lambda: 1)
    command("fail", failing(error))
    assert cli.main(["fail"]) == code
    captured = capsys.readouterr()
    assert captured.err.lstrip() == sentence
    assert captured.out.strip() == ""


def test_version_is_told(capsys):
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == twin.__version__


def test_list_is_quick_and_leaves_the_heavy_packages_alone():
    code = "import sys; from twin.cli import main; main(['list']); print(*sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {"numba", "mesa", "pandas", "numpy"} & set(out.split())


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_full_disk_is_told_in_one_sentence():
    with open("/dev/full", "w") as full:
        done = subprocess.run([*TWIN, "schema"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "error: no space left on device\n")


def test_reader_that_goes_away_makes_no_noise():
    command = f"{sys.executable} -m twin.cli schema | head -c 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_interrupt_ends_the_program_even_with_threads():
    code = (
        "import threading, time, sys\nfrom twin import cli\n"
        "@cli.app.command('wait')\ndef wait():\n"
        "    threading.Thread(target=time.sleep, args=(30,)).start()\n"
        "    print('ready', flush=True)\n    time.sleep(30)\n"
        "sys.exit(cli.main(['wait']))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=10)  # the threads would go on for 30 s
    assert process.returncode == 130
    assert err.strip() == "error: interrupted, finished work is kept"


def test_package_exports_are_lazy():
    code = "import sys, twin; print(twin.__version__, 'pydantic' in sys.modules, 'numba' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.split()[1:] == ["False", "False"]
    with pytest.raises(AttributeError, match="must be one of CallCentre"):
        _ = twin.nothing
