"""Shifts that fit the demand."""

from typing import Annotated

import typer

from twin.commands.options import AsJson, Days, Overrides, ScenarioName, Seed, Workers, at_least


def fit_roster(
    scenario: ScenarioName,
    days: Days = None,
    seed: Seed = 1,
    replications: Annotated[
        int, typer.Option(metavar="N", callback=at_least(1), help="Runs of each roster; intervals need 2.")
    ] = 2,
    rounds: Annotated[
        int, typer.Option(metavar="N", callback=at_least(1), help="Rounds of solving and simulating, at most.")
    ] = 6,
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
        str, typer.Option(metavar="HOW", help="Where people are short: even (all hours), calls (most in time), days.")
    ] = "even",
    overrides: Overrides = None,
    out: Annotated[
        str | None, typer.Option(metavar="DIR", help="New folder, or new TOML file, for the fitted scenario.")
    ] = None,
    as_json: AsJson = False,
    workers: Workers = None,
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
