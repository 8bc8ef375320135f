"""What a centre recorded: read it, see what is wrong with it, begin a scenario from it."""

from typing import Annotated

import typer

from twin.commands.options import AsJson


def read_history(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="CSV, gzip CSV, Parquet, Excel, or a folder.")],
    mapping: Annotated[
        list[str] | None, typer.Option(metavar="M", help="Mapping: a shipped name or a TOML file, may be repeated.")
    ] = None,
    write_mapping: Annotated[
        str | None, typer.Option(metavar="M.toml", help="Write the mapping used, to correct it by hand.")
    ] = None,
    as_json: AsJson = False,
    out: Annotated[
        str | None, typer.Option(metavar="DIR", help="New folder for tables, problems and the data-quality page.")
    ] = None,
) -> None:
    """Read logs and reports of a centre: how they were understood, what was wrong with them, what is missing."""
    from calibration.history.reader import read_files
    from calibration.history.screen import print_reading
    from calibration.history.summary import as_dict, mapping_file, output_files
    from twin.console import wide_console
    from twin.output import as_json as json_text
    from twin.output import open_output, write_files

    reading = read_files(files, mapping)
    if write_mapping is not None:
        write_files(mapping_file(reading, write_mapping))
    if out is not None:
        write_files(output_files(reading, open_output(out)))
    if as_json:
        typer.echo(json_text(as_dict(reading)))
    else:
        print_reading(reading, wide_console())


def write_first_scenario(
    files: Annotated[list[str], typer.Argument(metavar="HISTORY...", help="Interval reports or a log, or a folder.")],
    out: Annotated[str, typer.Option(metavar="FILE.toml", help="New file for the scenario.")],
    mapping: Annotated[
        list[str] | None, typer.Option(metavar="M", help="Mapping: a shipped name or a TOML file, may be repeated.")
    ] = None,
) -> None:
    """Write a first scenario from history: rates and staffing by weekday and interval, handle times, patience."""
    from calibration.history.first_scenario import check_runs, new_file, scenario_toml
    from calibration.history.reader import read_files
    from twin.console import as_argument
    from twin.output import write_text

    path = new_file(out)
    reading = read_files(files, mapping)
    write_text(scenario_toml(reading.history, ", ".join(reading.mappings)), path)
    check_runs(path)
    name = as_argument(path)
    typer.echo(f"Written: {path}. Read it with twin show {name}, run it with twin run {name}.")
