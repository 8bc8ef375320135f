"""The command line: each command is a small function that imports what it needs when it runs."""

import contextlib
import os
import sys
import threading
from typing import Annotated, Any

from experiments import interrupts

PROGRAM = ("/twin", "/twin/__main__.py", "/twin/cli.py")
if sys.argv[0].replace(os.sep, "/").endswith(PROGRAM):
    interrupts.watch()  # before the slow imports: Ctrl-C is answered from here on

import typer  # noqa: E402

from twin.errors import InputError, ScenarioError, TwinError  # noqa: E402

PIPED_WIDTH = 140  # [characters] of tables that go to a file or another program
DONE, FAILED, WRONG_INPUT, INTERRUPTED = 0, 1, 2, interrupts.EXIT_CODE

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


@app.command("kpis")
def print_kpis() -> None:
    """The KPIs: name, title, unit, formula."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from twin.kpi import KPIS

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for header in ("name", "title", "unit", "formula"):
        table.add_column(header, no_wrap=header in ("name", "unit"), overflow="fold")
    for item in KPIS.values():
        table.add_row(item.name, item.title, item.unit, item.explanation)
    console.print(table)


@app.command("warm")
def warm_up() -> None:
    """Compile the kernel and the customers' lives for this machine, so that the first run starts at once."""
    import time

    from twin.kernel import CACHE
    from twin.scenario.load import load_scenario
    from twin.simulation import simulate

    started = time.perf_counter()
    for name, overrides in (("erlang-a", {}), ("187-as-is", {"size": "tiny"})):
        simulate(load_scenario(name, {"run.warm_up": 0, **overrides}), days=1)
    typer.echo(f"All is compiled ({time.perf_counter() - started:.0f} s), kept in {CACHE}")


@app.command("run")
def run_scenario(
    scenario: ScenarioName,
    days: Annotated[int | None, typer.Option(help="Counted days; the scenario's unless given.")] = None,
    seed: Annotated[
        int | None, typer.Option(help="Of chance: the same seed, the same numbers; 1 unless given.", show_default=False)
    ] = None,
    replications: Annotated[int, typer.Option(help="Runs with new luck; intervals need 2.")] = 1,
    overrides: Overrides = None,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="New folder for tables and manifest.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
    keeps_records: Annotated[
        bool, typer.Option("--trace", help="Write a record of every attempt at contact, too (with --out).")
    ] = False,
    data: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Original log of a scenario that replays recorded days.")
    ] = None,
    dates: Annotated[
        str | None, typer.Option(metavar="DATES", help="Recorded days: 1999-03-01..1999-03-31, or a list with commas.")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Processes; as many as are worth it unless given.")] = None,
    save: Annotated[
        str | None, typer.Option(metavar="FILE", help="Keep the centre as it stands at the end, to go on from there.")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="FILE", help="Go on from there, to --days in all.")
    ] = None,
) -> None:
    """Run a scenario: KPIs with intervals, by queue, and beside what was recorded if it replays recorded days."""
    from calibration.replay import load_replay
    from experiments.continued import seed_of
    from experiments.run_command import RunRequest, run_command

    replay = load_replay(scenario, overrides or (), data, dates)
    if seed is None:
        seed = seed_of(start) if start is not None else 1
    run_command(
        RunRequest(
            loaded=replay.loaded,
            days=days,
            seed=seed,
            replications=replications,
            out=out,
            as_json=as_json,
            keeps_records=keeps_records,
            workers=workers,
            tables=replay.tables,
            data=replay.folder,
            save=save,
            start=start,
        )
    )


@app.command("bench")
def run_bench(
    peers: Annotated[bool, typer.Option("--peers", help="Beside SimPy and Ciw, which must be installed.")] = False,
    rounds: Annotated[int, typer.Option(min=1, help="How often each engine runs, taking turns.")] = 5,
    calls: Annotated[int | None, typer.Option(help="Calls of w1, rounded up to days of 144,000.")] = None,
    days: Annotated[int | None, typer.Option(help="Days of w2b, of 100,000 calls each.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Speed and memory on the benchmark workloads, with the KPIs proven equal. Exit 1 if they are not."""
    import importlib
    from pathlib import Path

    root = Path(__file__).parents[1]
    if not (root / "benchmarks" / "show.py").exists():
        raise InputError(f"bench: {root} has no folder benchmarks; use a checkout of the source, pip install -e .")
    sys.path.insert(0, str(root))
    show = importlib.import_module("benchmarks.show")
    if not show.bench(peers, rounds, calls, days, as_json, PIPED_WIDTH):
        raise typer.Exit(FAILED)


@app.command("compare")
def compare_scenarios(
    a: Annotated[str | None, typer.Argument(metavar="A", help="Scenario to start from: a name or a TOML file.")] = None,
    b: Annotated[str | None, typer.Argument(metavar="B", help="Scenario to compare with it.")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="Counted days; the scenarios' unless given.")] = None,
    replications: Annotated[int, typer.Option(min=1, help="Pairs of runs; intervals need 2, decisions 20.")] = 20,
    seed: Annotated[int, typer.Option(help="Of the customers that both scenarios meet.")] = 1,
    overrides: Overrides = None,
    set_a: Annotated[list[str] | None, typer.Option("--set-a", metavar="KEY=VALUE", help="Set a value in A.")] = None,
    set_b: Annotated[list[str] | None, typer.Option("--set-b", metavar="KEY=VALUE", help="Set a value in B.")] = None,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="New folder for tables and report.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; as many as cores unless given.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
    assumptions: Annotated[
        int, typer.Option(metavar="N", min=0, help="Run the N that move the result most at the ends of their ranges.")
    ] = 0,
    vary: Annotated[
        list[str] | None, typer.Option("--vary", metavar="KEY", help="Run this value at the ends of its range.")
    ] = None,
    transition: Annotated[bool, typer.Option("--transition", help="B by months since its people were moved.")] = False,
    directions: Annotated[
        bool, typer.Option("--directions", help="Make the further runs that some expected directions need.")
    ] = False,
    repeat: Annotated[
        str | None, typer.Option(metavar="MANIFEST", help="Run a comparison again, confirm the same numbers.")
    ] = None,
) -> None:
    """Compare two scenarios on the same customers: differences with intervals, who wins, who pays, an HTML report."""
    from experiments.compare.command import Changes, compare_command, repeat_command
    from experiments.compare.comparison import FurtherRuns

    if repeat is not None:
        if a is not None:
            raise InputError("compare: --repeat takes both scenarios from the manifest, A and B must not be given")
        repeat_command(repeat, out, workers, as_json)
    elif a is None or b is None:
        raise InputError("compare: A and B are needed, or --repeat MANIFEST")
    else:
        changes = Changes(overrides or (), set_a or (), set_b or ())
        further = FurtherRuns(assumptions, tuple(vary or ()), transition, directions)
        compare_command(a, b, days, replications, seed, changes, out, workers, as_json, further)


@app.command("roster")
def fit_roster(
    scenario: ScenarioName,
    days: Annotated[int | None, typer.Option(help="Counted days of each simulation; the scenario's.")] = None,
    seed: Annotated[int, typer.Option(help="Of chance: the same seed, the same roster.")] = 1,
    replications: Annotated[int, typer.Option(help="Runs of each roster; intervals need 2.")] = 2,
    rounds: Annotated[int, typer.Option(help="Rounds of solving and simulating, at most.")] = 6,
    target: Annotated[
        str, typer.Option(metavar="TARGET", help="sl=0.80/20, sl=0.80/target, asa=30 or abandonment=0.03.")
    ] = "sl=0.80/20",
    shifts: Annotated[
        list[str] | None,
        typer.Option("--shift", metavar="SHIFT", help="Shift to fit, may be repeated; those that state rules, or all."),
    ] = None,
    heads: Annotated[
        str, typer.Option(metavar="HEADS", help="scenario: its people; free: as few as reach the target.")
    ] = "scenario",
    weigh: Annotated[
        str, typer.Option(metavar="HOW", help="Where people are short: even over all hours, or most calls in time.")
    ] = "even",
    overrides: Overrides = None,
    out: Annotated[
        str | None, typer.Option(metavar="DIR", help="New folder, or new TOML file, for the fitted scenario.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
    workers: Annotated[int | None, typer.Option(help="Processes; as many as cores unless given.")] = None,
) -> None:
    """Fit starts, days off and breaks to the demand; simulate; raise what misses the target; fit again."""
    from experiments.roster.command import RosterRequest, roster_command

    roster_command(
        RosterRequest(
            scenario,
            overrides or (),
            days,
            seed,
            replications,
            rounds,
            target,
            shifts or (),
            heads,
            workers,
            out,
            as_json,
            weigh,
        )
    )


@app.command("calibrate")
def calibrate_scenario(
    history: Annotated[str, typer.Argument(metavar="HISTORY", help="Interval reports or a log, a file or a folder.")],
    scenario: Annotated[
        str, typer.Option("--scenario", metavar="SCENARIO", help="To be fitted: a name or a TOML file.")
    ],
    out: Annotated[str, typer.Option(metavar="FILE", help="New TOML file for the fitted scenario.")],
    parameters: Annotated[
        str | None, typer.Option(metavar="FILE", help="TOML file of what is to be fitted; the usual unless given.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Last day to fit; the days after it are forecast and scored.")
    ] = None,
    hold_out: Annotated[
        str | None, typer.Option("--hold-out", metavar="DATES", help="Days not fitted, but forecast and scored.")
    ] = None,
    runs: Annotated[int, typer.Option(min=1, help="Runs of the fit, about.")] = 440,
    seed: Annotated[int, typer.Option(min=0, help="Of chance.")] = 1,
    quick: Annotated[bool, typer.Option("--quick", help="Simulated moments: fewer runs, a normal posterior.")] = False,
    mapping: Annotated[
        list[str] | None, typer.Option(metavar="M", help="Of the history's columns, as for twin history.")
    ] = None,
    overrides: Overrides = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; as many as cores unless given.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Fit by simulation what history does not show: estimates, intervals, and what the data cannot tell."""
    from calibration.command import CalibrationRequest, calibrate_command

    calibrate_command(
        CalibrationRequest(
            history,
            scenario,
            overrides or (),
            parameters,
            until,
            hold_out,
            runs,
            seed,
            out,
            workers,
            quick,
            as_json,
            mapping,
        ),
        PIPED_WIDTH,
    )


@app.command("verify")
def verify_cases(
    cases: Annotated[list[str] | None, typer.Argument(metavar="[CASE]...", help="v1, v3 ...; all by default.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; as many as cores unless given.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Run published cases and theory again: published, ours, standard errors, verdict. Exit 1 if one is not met."""
    from rich.console import Console

    from experiments.output import as_json as json_text
    from experiments.verify.run import chosen, verify
    from experiments.verify.table import Told, show

    chosen(cases or ())
    with Told() as told:
        result = verify(cases or (), workers=workers or os.cpu_count() or 1, on_done=told)
    if as_json:
        typer.echo(json_text(result.as_dict()))
    else:
        console = Console(highlight=False)
        if not console.is_terminal:
            console.width = PIPED_WIDTH
        show(result, console)
    if not result.is_met:
        raise typer.Exit(FAILED)


@app.command("check")
def check_figures(
    scenario: Annotated[
        str | None, typer.Argument(metavar="[SCENARIO]", help="Name in the library, or path of a TOML file.")
    ] = None,
    overrides: Overrides = None,
    expected: Annotated[
        bool, typer.Option("--expected", help="Also what the comparison of the caring models should show.")
    ] = False,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Each item of the documents, and what represents it.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of chance.")] = 1,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; as many as cores unless given.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """The figures that the source documents fix, each met or not. Exit 1 if one is not met."""
    from experiments.check.command import check_command, coverage_command, figures_command

    if coverage:
        coverage_command(as_json, PIPED_WIDTH)
    elif scenario is None:
        figures_command(PIPED_WIDTH)
    elif not check_command(scenario, overrides or (), expected, seed, workers, as_json, PIPED_WIDTH):
        raise typer.Exit(FAILED)


@app.command("history")
def read_history(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="CSV, gzip CSV, Parquet, Excel, or a folder.")],
    mapping: Annotated[
        list[str] | None, typer.Option(metavar="M", help="Mapping: a shipped name or a TOML file, may be repeated.")
    ] = None,
    write_mapping: Annotated[
        str | None, typer.Option(metavar="M.toml", help="Write the mapping used, to correct it by hand.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
    out: Annotated[
        str | None, typer.Option(metavar="DIR", help="New folder for tables, problems and the data-quality page.")
    ] = None,
) -> None:
    """Read logs and reports of a centre: how they were understood, what was wrong with them, what is missing."""
    from calibration.history.reader import read_files
    from calibration.history.screen import print_reading
    from calibration.history.summary import as_dict, mapping_file, output_files
    from experiments.output import as_json as json_text
    from experiments.output import open_output, write_files

    reading = read_files(files, mapping)
    if write_mapping is not None:
        write_files(mapping_file(reading, write_mapping))
    if out is not None:
        write_files(output_files(reading, open_output(out)))
    if as_json:
        typer.echo(json_text(as_dict(reading)))
    else:
        print_reading(reading, _console())


@app.command("init")
def write_first_scenario(
    files: Annotated[list[str], typer.Argument(metavar="HISTORY...", help="Interval reports or a log, or a folder.")],
    out: Annotated[str, typer.Option(metavar="FILE.toml", help="New file for the scenario.")],
    mapping: Annotated[
        list[str] | None, typer.Option(metavar="M", help="Mapping: a shipped name or a TOML file, may be repeated.")
    ] = None,
) -> None:
    """Write a first scenario from history: rates and staffing by weekday and interval, handle times, patience."""
    from calibration.history.first_scenario import check_runs, new_file, scenario_toml
    from calibration.history.reader import read_files
    from experiments.output import write_text

    path = new_file(out)
    reading = read_files(files, mapping)
    write_text(scenario_toml(reading.history, ", ".join(reading.mappings)), path)
    check_runs(path)
    typer.echo(f"Written: {path}. Read it with twin show {path}, run it with twin run {path}.")


def _console() -> Any:
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    return console


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
    """Ctrl-C where nobody watches for it (Windows, `main` called by a program): end, even if threads still work."""
    _say(interrupts.SENTENCE)
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
