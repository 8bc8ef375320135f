"""Two scenarios on the same customers."""

from typing import Annotated

import typer

from twin.commands.options import AsJson, Days, Overrides, Pairs, Seed, Workers
from twin.errors import InputError


def compare_scenarios(
    a: Annotated[str | None, typer.Argument(metavar="A", help="Scenario to start from: a name or a TOML file.")] = None,
    b: Annotated[str | None, typer.Argument(metavar="B", help="Scenario to compare with it.")] = None,
    more: Annotated[
        list[str] | None,
        typer.Argument(metavar="C ...", help="More scenarios, each compared with A, and all for the best."),
    ] = None,
    days: Days = None,
    replications: Pairs = 20,
    seed: Seed = 1,
    overrides: Overrides = None,
    set_a: Annotated[list[str] | None, typer.Option("--set-a", metavar="KEY=VALUE", help="Set a value in A.")] = None,
    set_b: Annotated[list[str] | None, typer.Option("--set-b", metavar="KEY=VALUE", help="Set a value in B.")] = None,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="New folder for tables and report.")] = None,
    workers: Workers = None,
    as_json: AsJson = False,
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
    until: Annotated[
        list[str] | None,
        typer.Option(
            "--until-half-width", metavar="KPI=X", help="As many pairs as it takes: sl=0.5pp, mean_wait=1s; repeatable."
        ),
    ] = None,
    posterior: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Draw calibrated keys from this table, anew for each pair of runs."),
    ] = None,
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
    elif more:
        from experiments.compare.many_command import many_command, refuse_with_many

        refuse_with_many(set_b=set_b, assumptions=assumptions, vary=vary, transition=transition, directions=directions)
        over = overrides or (), set_a or ()
        many_command([a, b, *more], days, replications, seed, *over, out, workers, as_json, until or (), posterior)
    else:
        changes = Changes(overrides or (), set_a or (), set_b or ())
        further = FurtherRuns(assumptions, tuple(vary or ()), transition, directions)
        compare_command(a, b, days, replications, seed, changes, out, workers, as_json, further, posterior, until or ())
