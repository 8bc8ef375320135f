"""The day itself: forecast, actions, drift."""

import os
from typing import Annotated

import typer

from twin.commands.options import AsJson, Overrides, Seed, Workers, at_least


def track_day(
    history: Annotated[list[str], typer.Argument(metavar="HISTORY...", help="Files or a folder, with the day so far.")],
    scenario: Annotated[
        str, typer.Option("--scenario", metavar="SCENARIO", help="Name, or the file that calibrate wrote.")
    ],
    overrides: Overrides = None,
    mapping: Annotated[
        list[str] | None, typer.Option(metavar="M", help="Of the history's columns, as for twin history.")
    ] = None,
    date: Annotated[str | None, typer.Option(metavar="DATE", help="Which day; the last one of the files.")] = None,
    until: Annotated[str | None, typer.Option(metavar="HH:MM", help="Only what was known by then.")] = None,
    members: Annotated[
        int, typer.Option(metavar="N", callback=at_least(10), help="Simulated days for each action.")
    ] = 60,
    presence_sd: Annotated[
        float, typer.Option(min=0.0, max=0.5, help="How sure the plan of operators is: spread of present over planned.")
    ] = 0.05,
    lend: Annotated[
        int, typer.Option(metavar="N", callback=at_least(1), help="Operators that the first action lends.")
    ] = 5,
    follow: Annotated[
        float | None, typer.Option(min=1.0, metavar="SECONDS", help="Look again so often, until Ctrl-C.")
    ] = None,
    seed: Seed = 1,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="Folder for forecasts, kept from day to day.")] = None,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Follow a day: level and presence from the intervals so far, the rest of the day, what actions would change."""
    from calibration.track.command import TrackRequest, track_command
    from calibration.track.track import Settings

    settings = Settings(members, presence_sd, lend, seed, workers or os.cpu_count() or 1)
    track_command(
        TrackRequest(history, scenario, overrides or (), mapping, date, until, out, as_json, follow, settings)
    )
