"""The command line: commands by name, every failure as one sentence and an exit code."""

import contextlib
import gc
import io
import os
import sys
import threading
from collections.abc import Callable
from typing import Annotated, Any

from twin import interrupts

PROGRAM = ("/twin", "/twin/__main__.py", "/twin/cli.py")
if sys.argv[0].replace(os.sep, "/").endswith(PROGRAM):
    interrupts.watch()  # before the slow imports: Ctrl-C is answered from here on
    gc.set_threshold(50_000, 20, 20)  # what imports make is no garbage: looking for it costs a tenth of a small run

import typer  # noqa: E402

from twin.commands import (  # noqa: E402
    break_even,
    calibrate,
    compare,
    history,
    library,
    optimise,
    proof,
    roster,
    runs,
    sensitivity,
    skills,
    sweep,
    track,
    ui,
)
from twin.commands.options import FAILED  # noqa: E402
from twin.errors import InputError, ScenarioError, TwinError  # noqa: E402

DONE, WRONG_INPUT, INTERRUPTED = 0, 2, interrupts.EXIT_CODE

app = typer.Typer(
    name="twin",
    help="A digital twin of a telecom call centre: run scenarios, compare caring models, check them against theory.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

COMMANDS: dict[str, Callable[..., Any]] = {
    "list": library.list_scenarios,
    "show": library.show_scenario,
    "schema": library.print_schema,
    "kpis": library.print_kpis,
    "warm": runs.warm_up,
    "run": runs.run_scenario,
    "compare": compare.compare_scenarios,
    "break-even": break_even.find_break_even,
    "roster": roster.fit_roster,
    "sweep": sweep.run_sweep,
    "results": sweep.show_results,
    "sensitivity": sensitivity.run_sensitivity,
    "optimise": optimise.optimise_staffing,
    "skills": skills.find_gaps,
    "history": history.read_history,
    "init": history.write_first_scenario,
    "calibrate": calibrate.calibrate_scenario,
    "track": track.track_day,
    "verify": proof.verify_cases,
    "check": proof.check_figures,
    "bench": proof.run_bench,
    "ui": ui.open_screen,
}


def _version(is_wanted: bool) -> None:
    if is_wanted:
        from twin import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


for _name, _command in COMMANDS.items():
    app.command(_name)(_command)


def _say(sentence: str) -> None:
    with contextlib.suppress(OSError):
        print(f"error: {sentence}", file=sys.stderr, flush=True)


def _os_sentence(error: OSError) -> str:
    what = str(error.strerror or error).lower()  # some libraries give numbers
    return f"{error.filename}: {what}" if error.filename else what


def _usage_error() -> Any:
    """Click's ClickException, which newer versions of Typer carry themselves."""
    return typer.BadParameter.__mro__[2]


def _quiet_stdout() -> None:
    """Nobody reads any more (``twin list | head``): keep Python from complaining about it when it ends."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _spell_anything() -> None:
    """No sign that a terminal or a file cannot spell ends a command; what Windows writes to files is UTF-8."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            is_chosen = os.name != "nt" or stream.isatty() or "PYTHONIOENCODING" in os.environ
            stream.reconfigure(encoding=None if is_chosen else "utf-8", errors="replace")


def _interrupted() -> int:
    """Ctrl-C where nobody watches for it (Windows, `main` called by a program): end, even if threads still work."""
    _say(interrupts.SENTENCE)
    if threading.active_count() > 1:
        os._exit(INTERRUPTED)
    return INTERRUPTED


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; every failure is one sentence on stderr and an exit code (1 failed, 2 input wrong)."""
    _spell_anything()
    try:
        code = app(args=arguments, standalone_mode=False)
        if code == INTERRUPTED:  # newer versions of Typer make this of Ctrl-C
            return _interrupted()
        sys.stdout.flush()
        return code if isinstance(code, int) else DONE
    except typer.Exit as error:
        return _interrupted() if error.exit_code == INTERRUPTED else error.exit_code
    except ScenarioError as error:
        for problem in error.problems:
            _say(problem)
        return WRONG_INPUT
    except TwinError as error:
        _say(str(error))
        return WRONG_INPUT if isinstance(error, InputError) else FAILED
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted()
    except _usage_error() as error:
        error.show()
        return error.exit_code
    except BrokenPipeError:
        _quiet_stdout()
        return FAILED
    except OSError as error:
        _say(_os_sentence(error))
        return FAILED
    except MemoryError:
        _say("memory is full, try a smaller size or fewer days")
        return FAILED


if __name__ == "__main__":
    sys.exit(main())
