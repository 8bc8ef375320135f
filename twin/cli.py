"""The command line: each command is a small function that imports what it needs when it runs."""

import contextlib
import os
import sys
import threading
from typing import Annotated, Any

import typer

from twin.errors import InputError, ScenarioError, TwinError

PIPED_WIDTH = 140  # [characters] of tables that go to a file or another program
DONE, FAILED, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130

app = typer.Typer(
    name="twin",
    help="A digital twin of a telecom call centre: run scenarios, compare caring models, check them against theory.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ScenarioName = Annotated[str, typer.Argument(metavar="SCENARIO", help="Name in the library, or path of a TOML file.")]
Overrides = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Set a value over the scenario, may be repeated.")
]


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


@app.command("list")
def list_scenarios() -> None:
    """The scenarios of the library."""
    from twin.scenario.files import library_entries

    entries = list(library_entries())
    width = max(len(entry.name) for entry in entries)
    for entry in entries:
        typer.echo(f"{entry.name:<{width}}  {entry.title}".rstrip())


@app.command("show")
def show_scenario(
    scenario: ScenarioName,
    overrides: Overrides = None,
    brief: Annotated[bool, typer.Option("--brief", help="Words only, without the table of numbers.")] = False,
) -> None:
    """Explain a scenario in words, and list its numbers with their marks and sources."""
    from rich.console import Console

    from twin.scenario.explain import explain
    from twin.scenario.load import load

    loaded = load(scenario, overrides or ())
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    console.print(explain(loaded, with_numbers=not brief))


@app.command("schema")
def print_schema() -> None:
    """The JSON Schema of a scenario file."""
    from twin.scenario.explain import schema_json

    typer.echo(schema_json())


def _say(sentence: str) -> None:
    with contextlib.suppress(OSError):
        print(f"error: {sentence}", file=sys.stderr, flush=True)


def _os_sentence(error: OSError) -> str:
    what = (error.strerror or str(error)).lower()
    return f"{error.filename}: {what}" if error.filename else what


def _usage_error() -> Any:
    """Click's ClickException, which newer versions of Typer carry themselves."""
    return typer.BadParameter.__mro__[2]


def _quiet_stdout() -> None:
    """Nobody reads any more (``twin list | head``): keep Python from complaining about it when it ends."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _interrupted() -> int:
    """Ctrl-C: end at once, even where threads are still working."""
    _say("interrupted, finished work is kept")
    if threading.active_count() > 1:
        os._exit(INTERRUPTED)
    return INTERRUPTED


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; every failure is one sentence on stderr and an exit code (1 failed, 2 input wrong)."""
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
