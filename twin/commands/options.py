"""What several commands share: options, exit codes, the width of what is printed."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

PIPED_WIDTH = 140  # [characters] of tables that go to a file or another program
FAILED = 1  # exit code: the run failed or a check is not met

ScenarioName = Annotated[str, typer.Argument(metavar="SCENARIO", help="Name in the library, or path of a TOML file.")]
Overrides = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Set a value over the scenario, may be repeated.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes; as many as cores unless given.")]


def wide_console() -> "Console":
    """Plain words as wide as the terminal, or as a file bears."""
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    return console
