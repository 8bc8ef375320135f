"""Whether the model is right, and how fast it is."""

import os
import sys
from typing import Annotated

import typer

from twin.commands.options import FAILED, AsJson, Overrides, Seed, Workers, at_least
from twin.errors import InputError


def verify_cases(
    cases: Annotated[list[str] | None, typer.Argument(metavar="[CASE]...", help="v1, v3 ...; all by default.")] = None,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Run published cases and theory again: published, ours, standard errors, verdict. Exit 1 if one is not met."""
    from experiments.verify.run import chosen, verify
    from experiments.verify.table import Told, show
    from twin.console import wide_console
    from twin.output import as_json as json_text

    chosen(cases or ())
    with Told() as told:
        result = verify(cases or (), workers=workers or os.cpu_count() or 1, on_done=told)
    if as_json:
        typer.echo(json_text(result.as_dict()))
    else:
        show(result, wide_console())
    if not result.is_met:
        raise typer.Exit(FAILED)


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
    seed: Seed = 1,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """The figures that the source documents fix, each met or not. Exit 1 if one is not met."""
    from experiments.check.command import check_command, coverage_command, figures_command
    from twin.console import PIPED_WIDTH

    if coverage:
        coverage_command(as_json, PIPED_WIDTH)
    elif scenario is None:
        figures_command(as_json, PIPED_WIDTH)
    elif not check_command(scenario, overrides or (), expected, seed, workers, as_json, PIPED_WIDTH):
        raise typer.Exit(FAILED)


def run_bench(
    peers: Annotated[bool, typer.Option("--peers", help="Beside SimPy and Ciw, which must be installed.")] = False,
    rounds: Annotated[
        int, typer.Option(metavar="N", callback=at_least(1), help="How often each engine runs, taking turns.")
    ] = 5,
    calls: Annotated[int | None, typer.Option(help="Calls of w1, rounded up to days of 144,000.")] = None,
    days: Annotated[int | None, typer.Option(help="Days of w2b, of 100,000 calls each.")] = None,
    as_json: AsJson = False,
) -> None:
    """Speed and memory on the benchmark workloads, with the KPIs proven equal. Exit 1 if they are not."""
    import importlib
    from pathlib import Path

    from twin.console import PIPED_WIDTH

    root = Path(__file__).parents[2]
    if not (root / "benchmarks" / "show.py").exists():
        raise InputError(f"bench: {root} has no folder benchmarks; use a checkout of the source, pip install -e .")
    sys.path.insert(0, str(root))
    show = importlib.import_module("benchmarks.show")
    if not show.bench(peers, rounds, calls, days, as_json, PIPED_WIDTH):
        raise typer.Exit(FAILED)
