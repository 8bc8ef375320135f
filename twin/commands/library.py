"""The library of scenarios, and the words of the model."""

from typing import Annotated

import typer

from twin.commands.options import Overrides, ScenarioName


def list_scenarios() -> None:
    """The scenarios of the library."""
    from twin.scenario.files import library_entries

    entries = list(library_entries())
    width = max(len(entry.name) for entry in entries)
    for entry in entries:
        typer.echo(f"{entry.name:<{width}}  {entry.title}".rstrip())


def show_scenario(
    scenario: ScenarioName,
    overrides: Overrides = None,
    brief: Annotated[bool, typer.Option("--brief", help="Words only, without the table of numbers.")] = False,
) -> None:
    """Explain a scenario in words, and list its numbers with their marks and sources."""
    from twin.console import wide_console
    from twin.scenario.explain import explain
    from twin.scenario.load import load

    loaded = load(scenario, overrides or ())
    console = wide_console()
    console.print(explain(loaded, with_numbers=not brief))


def print_schema() -> None:
    """The JSON Schema of a scenario file."""
    from twin.scenario.explain import schema_json

    typer.echo(schema_json())


def print_kpis() -> None:
    """The KPIs: name, title, unit, formula."""
    from rich import box
    from rich.table import Table

    from twin.console import wide_console
    from twin.kpi import KPIS

    console = wide_console()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for header in ("name", "title", "unit", "formula"):
        table.add_column(header, no_wrap=header in ("name", "unit"), overflow="fold")
    for item in KPIS.values():
        table.add_row(item.name, item.title, item.unit, item.explanation)
    console.print(table)
