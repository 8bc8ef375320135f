"""The pages of KPIs and of commands, from the formulas' docstrings and the commands' options."""

from html import escape
from typing import Any

import typer

from twin.cli import app
from twin.kpi import HEADLINES, TOPICS
from twin.kpi.definition import Kpi

BETTER = {1: "more", -1: "less", 0: ""}


def kpis_page() -> str:
    """Every KPI by topic: name, title, unit, which way is better, formula."""
    lines = [
        "# KPIs",
        "",
        "One formula each. Counts and sums are kept, ratios divided last; a contact counts in the interval in which it "
        "arrived. `twin kpis` prints this list; `*` stands before the headlines that `twin compare` shows first.",
        "",
    ]
    for topic in TOPICS:
        lines += [f"## {topic.__name__.rpartition('.')[2].replace('_', ' ').capitalize()}", ""]
        if topic.__doc__:
            lines += [" ".join(escape(topic.__doc__).replace("`", "").replace("*", "\\*").split()), ""]
        heads = "".join(f"<th>{head}</th>" for head in ("name", "title", "unit", "better", "formula"))
        lines += [f"<table><thead><tr>{heads}</tr></thead><tbody>", *(_kpi(kpi) for kpi in topic.kpi.kpis)]
        lines += ["</tbody></table>", ""]
    return "\n".join(lines)


def _kpi(kpi: Kpi) -> str:
    star = "* " if kpi.name in HEADLINES else ""
    cells = (f"{star}<code>{kpi.name}</code>", escape(kpi.title), escape(kpi.unit), BETTER[kpi.better])
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in (*cells, escape(kpi.explanation)))}</tr>"


def commands_page() -> str:
    """Every command with its arguments and options."""
    lines = [
        "# Commands",
        "",
        "`twin COMMAND --help` prints the same. Every failure is one sentence on stderr; the exit code is 0 when done, "
        "1 when a run failed or a check is not met, 2 when the input is wrong, 130 after Ctrl-C.",
        "",
    ]
    root: Any = typer.main.get_command(app)
    for name, command in root.commands.items():
        given = [parameter for parameter in command.params if parameter.name != "help"]
        places = [parameter.metavar or parameter.name.upper() for parameter in given if not _is_option(parameter)]
        lines += [f"## twin {name}", "", escape(" ".join(command.help.split())), ""]
        options = ["[OPTIONS]"] if len(given) > len(places) else []
        lines += ["```text", " ".join(["twin", name, *places, *options]), "```", ""]
        if given:
            lines += ["<table><tbody>", *(_parameter(parameter) for parameter in given), "</tbody></table>", ""]
    return "\n".join(lines)


def _is_option(parameter: Any) -> bool:
    return parameter.param_type_name == "option"


def _parameter(parameter: Any) -> str:
    name = parameter.metavar or parameter.name.upper()
    if _is_option(parameter):
        value = "" if parameter.is_flag else f" {parameter.metavar or 'VALUE'}"
        name = f"{', '.join(parameter.opts)}{value}"
    default = parameter.default
    usual = "" if default is None or isinstance(default, bool) or callable(default) else f" (usual: {default})"
    text = f"{parameter.help or ''}{usual}"
    return f"<tr><td><code>{escape(name)}</code></td><td>{escape(text)}</td></tr>"
