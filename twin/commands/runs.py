"""One scenario: compile, run."""

from typing import Annotated

import typer

from twin.commands.options import AsJson, Days, Overrides, ScenarioName, at_least


def warm_up() -> None:
    """Compile the kernel and the customers' lives for this machine, so that the first run starts at once."""
    import time

    from twin.kernel import CACHE
    from twin.warm import compile_all

    started = time.perf_counter()
    compile_all()
    typer.echo(f"All is compiled ({time.perf_counter() - started:.0f} s), kept in {CACHE}")


def run_scenario(
    scenario: ScenarioName,
    days: Days = None,
    seed: Annotated[
        int | None,
        typer.Option(
            metavar="N", callback=at_least(0), help="Of chance: the same seed, the same numbers; 1 unless given."
        ),
    ] = None,
    replications: Annotated[
        int, typer.Option(metavar="N", callback=at_least(1), help="Runs with new luck; intervals need 2.")
    ] = 1,
    overrides: Overrides = None,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="New folder for tables and manifest.")] = None,
    as_json: AsJson = False,
    keeps_records: Annotated[
        bool, typer.Option("--trace", help="Write a record of every attempt at contact, too (with --out).")
    ] = False,
    data: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Original log of a scenario that replays recorded days.")
    ] = None,
    dates: Annotated[
        str | None, typer.Option(metavar="DATES", help="Recorded days: 1999-03-01..1999-03-31, or a list with commas.")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(metavar="N", callback=at_least(1), help="Processes; as many as are worth it unless given."),
    ] = None,
    save: Annotated[
        str | None, typer.Option(metavar="FILE", help="Keep the centre as it stands at the end, to go on from there.")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="FILE", help="Go on from there, to --days in all.")
    ] = None,
) -> None:
    """Run a scenario: KPIs with intervals, by queue, and beside what was recorded if it replays recorded days."""
    from calibration.replay import load_replay
    from experiments.continued import seed_of
    from experiments.run_command import RunRequest, run_command

    replay = load_replay(scenario, overrides or (), data, dates)
    if seed is None:
        seed = seed_of(start) if start is not None else 1
    run_command(
        RunRequest(
            loaded=replay.loaded,
            days=days,
            seed=seed,
            replications=replications,
            out=out,
            as_json=as_json,
            keeps_records=keeps_records,
            workers=workers,
            tables=replay.tables,
            data=replay.folder,
            save=save,
            start=start,
        )
    )
