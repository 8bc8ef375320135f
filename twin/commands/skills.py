"""Who should learn what."""

from typing import Annotated

import typer

from twin.commands.options import AsJson, Overrides, ScenarioName, Seed, above_zero, at_least


def find_gaps(
    scenario: ScenarioName,
    days: Annotated[
        int, typer.Option(metavar="N", callback=at_least(1), help="Counted days for which hours are measured.")
    ] = 7,
    seed: Seed = 1,
    plan: Annotated[
        str | None, typer.Option(metavar="HOURS", help="Propose courses within so many hours of training: 200h.")
    ] = None,
    start: Annotated[
        int, typer.Option(metavar="DAY", callback=at_least(0), help="Counted day on which the first courses begin.")
    ] = 0,
    hours: Annotated[
        float, typer.Option(metavar="HOURS", callback=above_zero, help="Of each operator's course.")
    ] = 24.0,
    hours_a_day: Annotated[
        float, typer.Option(metavar="HOURS", callback=above_zero, help="At the end of each shift.")
    ] = 2.0,
    together: Annotated[
        float, typer.Option(metavar="SHARE", help="Share of a team in courses at the same time, at most.")
    ] = 0.25,
    overrides: Overrides = None,
    out: Annotated[
        str | None, typer.Option(metavar="FILE", help="New TOML file: the scenario with the proposed courses.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Hours needed and held by skill; with --plan the courses that close most of the gaps, as a scenario to run."""
    from experiments.training.command import SkillsRequest, skills_command

    skills_command(
        SkillsRequest(scenario, overrides or (), days, seed, plan, start, hours, hours_a_day, together, out, as_json)
    )
