"""What several commands share: options, exit codes."""

from typing import Annotated

import typer

FAILED = 1  # exit code: the run failed or a check is not met

ScenarioName = Annotated[str, typer.Argument(metavar="SCENARIO", help="Name in the library, or path of a TOML file.")]
Overrides = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Set a value over the scenario, may be repeated.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes; as many as cores unless given.")]
Scheduler = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler (tcp://host:8786) or its scheduler file.")
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with a study: what is kept is not run again.")]
