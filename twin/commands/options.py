"""What several commands share: options, exit codes."""

from collections.abc import Callable
from typing import Annotated

import typer

from twin.errors import InputError

FAILED = 1  # exit code: the run failed or a check is not met


def at_least(least: int) -> Callable[[typer.CallbackParam, int | None], int | None]:
    """Check of a number that the command line gives: the sentence is the same for every command."""

    def check(option: typer.CallbackParam, value: int | None) -> int | None:
        if value is not None and value < least:
            raise InputError(f"{option.opts[0]} is {value}, must be {least} or more")
        return value

    return check


def above_zero(option: typer.CallbackParam, value: float) -> float:
    """Check of an amount that the command line gives."""
    if not value > 0:
        raise InputError(f"{option.opts[0]} is {value:g}, must be above 0")
    return value


ScenarioName = Annotated[str, typer.Argument(metavar="SCENARIO", help="Name in the library, or path of a TOML file.")]
Overrides = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Set a value over the scenario, may be repeated.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Days = Annotated[
    int | None, typer.Option(metavar="N", callback=at_least(1), help="Counted days; the scenario's unless given.")
]
Seed = Annotated[
    int, typer.Option(metavar="N", callback=at_least(0), help="Of chance: the same seed, the same numbers.")
]
Pairs = Annotated[
    int,
    typer.Option(
        "--replications", metavar="N", callback=at_least(1), help="Pairs of runs; intervals need 2, decisions 20."
    ),
]
Workers = Annotated[
    int | None, typer.Option(metavar="N", callback=at_least(1), help="Processes; as many as cores unless given.")
]
Scheduler = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler (tcp://host:8786) or its scheduler file.")
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with a study: what is kept is not run again.")]
