"""Which assumptions move the results."""

from typing import Annotated

import typer

from twin.commands.options import AsJson, Resume, Scheduler, Workers


def run_sensitivity(
    study: Annotated[
        str, typer.Argument(metavar="STUDY.toml", help="Scenario, or two for their difference; factors; method.")
    ],
    workers: Workers = None,
    scheduler: Scheduler = None,
    resume: Resume = False,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="results/sensitivity-STUDY unless given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Screen assumptions by Morris, or share out the variance by Sobol indices; tornado charts."""
    from experiments.sensitivity.command import sensitivity_command

    sensitivity_command(study, workers, scheduler, resume, out, as_json)
