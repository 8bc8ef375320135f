"""The cheapest staffing that holds given targets."""

from typing import Annotated

import typer

from twin.commands.options import FAILED, AsJson, Resume, Scheduler, Workers


def optimise_staffing(
    study: Annotated[
        str,
        typer.Argument(
            metavar="STUDY.toml",
            help="Scenario, groups and shifts, targets, budget; or one of ours: one-line, two-lines, skill-mix, "
            "187-week-small, 187-week.",
        ),
    ],
    workers: Workers = None,
    scheduler: Scheduler = None,
    resume: Resume = False,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="results/optimise-STUDY unless given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Find the cheapest people, skills and shifts that hold service targets. Exit 1 if none is shown to hold them."""
    from experiments.optimise.command import optimise_command

    if not optimise_command(study, workers, scheduler, resume, out, as_json):
        raise typer.Exit(FAILED)
