"""Many runs over a design, and what they say."""

from typing import Annotated

import typer

from twin.commands.options import FAILED, AsJson, Resume, Scheduler, Workers


def run_sweep(
    study: Annotated[str, typer.Argument(metavar="STUDY.toml", help="Scenario, factors, design, replications.")],
    workers: Workers = None,
    scheduler: Scheduler = None,
    resume: Resume = False,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="results/sweep-STUDY unless given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run a study over a design of scenario values. Exit 1 if some runs cannot be made."""
    from experiments.sweep.command import sweep_command

    if not sweep_command(study, workers, scheduler, resume, out, as_json):
        raise typer.Exit(FAILED)


def show_results(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="Folder that `twin sweep` wrote.")],
    kpis: Annotated[
        list[str] | None, typer.Option("--kpi", metavar="NAME", help="KPIs to show; the usual ones.")
    ] = None,
    over: Annotated[
        list[str] | None, typer.Option("--over", metavar="FACTOR", help="Means over all other factors.")
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="KEY", help="By cluster, queue ...: as the study keeps them.")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="A CSV table on stdout.")] = False,
    as_json: AsJson = False,
) -> None:
    """KPIs of a study by point, with their 95 % intervals."""
    from experiments.sweep.command import results_command

    results_command(folder, kpis or (), over or (), by, csv, as_json)
