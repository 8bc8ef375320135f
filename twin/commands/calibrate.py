"""A scenario fitted to history."""

from typing import Annotated

import typer

from twin.commands.options import AsJson, Overrides, Seed, Workers, at_least


def calibrate_scenario(
    history: Annotated[
        list[str],
        typer.Argument(metavar="HISTORY...", help="Interval reports, logs, monthly KPIs, or both: files or a folder."),
    ],
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
    runs: Annotated[int, typer.Option(metavar="N", callback=at_least(1), help="Runs of the fit, about.")] = 440,
    seed: Seed = 1,
    quick: Annotated[bool, typer.Option("--quick", help="Simulated moments: fewer runs, a normal posterior.")] = False,
    mapping: Annotated[
        list[str] | None, typer.Option(metavar="M", help="Of the history's columns, as for twin history.")
    ] = None,
    holidays: Annotated[
        str | None,
        typer.Option(metavar="DAYS", help="With factors of their own: italy, italy:TOWN (its patron), or dates."),
    ] = None,
    announcements: Annotated[
        str | None, typer.Option(metavar="SECONDS", help="Of waiting at which callers are told something: 30,90.")
    ] = None,
    schedule: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="CSV of operators scheduled: date, start_s, length_s, operators."),
    ] = None,
    overrides: Overrides = None,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Fit by simulation what history does not show: estimates, intervals, and what the data cannot tell."""
    from calibration.command import CalibrationRequest, calibrate_command
    from twin.console import PIPED_WIDTH

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
            holidays,
            announcements,
            schedule,
        ),
        PIPED_WIDTH,
    )
