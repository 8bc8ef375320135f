"""The cheapest staffing that holds given targets."""

from typing import Annotated

import typer

from twin.commands.options import FAILED, AsJson, Workers


def optimise_staffing(
    study: Annotated[
        str,
        typer.Argument(
            metavar="STUDY.toml", help="Scenario, groups and shifts, targets, budget; or one-line, two-lines."
        ),
    ],
    workers: Workers = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler (tcp://host:8786) or its scheduler file.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a study: what is kept is not run again.")
    ] = False,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="results/optimise-STUDY unless given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Find the cheapest people, skills and shifts that hold service targets. Exit 1 if none is shown to hold them."""
    from experiments.optimise.command import optimise_command

    if not optimise_command(study, workers, scheduler, resume, out, as_json):
        raise typer.Exit(FAILED)
