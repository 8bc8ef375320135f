"""Where a change begins to pay."""

from typing import Annotated

import typer

from twin.commands.options import AsJson, Days, Overrides, Pairs, Seed, Workers, above_zero, at_least


def find_break_even(
    a: Annotated[str, typer.Argument(metavar="A", help="Scenario to start from: a name or a TOML file.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Scenario to compare with it.")],
    keys: Annotated[
        list[str] | None,
        typer.Option("--key", metavar="KEY[=LOW..HIGH]", help="Key to move over its range, or skills, wage, reach."),
    ] = None,
    sides: Annotated[str, typer.Option("--in", metavar="both|a|b", help="Scenarios in which it is moved.")] = "both",
    years: Annotated[
        float, typer.Option(metavar="YEARS", callback=above_zero, help="Over which the training of a move is spread.")
    ] = 3.0,
    steps: Annotated[int, typer.Option(metavar="N", callback=at_least(0), help="Values run around the crossing.")] = 3,
    days: Days = None,
    replications: Pairs = 20,
    seed: Seed = 1,
    overrides: Overrides = None,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="New folder for tables and page.")] = None,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Find the value of a key at which the change from A to B breaks even in euro, with its 95 % interval."""
    from experiments.compare.break_even_command import break_even_command

    break_even_command(
        a, b, keys or (), sides, years, steps, days, replications, seed, overrides or (), out, workers, as_json
    )
