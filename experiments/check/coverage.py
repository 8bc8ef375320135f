"""Coverage: each item of the five documents (domain reference, section 8), and what represents it in the model.

A reference is a key of a library scenario (``187-to-be:routing.stages``), a KPI (``kpi:csi``), something to import
(``twin.people.migration.migrate``) or a library scenario (``scenario:bank-1999``).
"""

import csv
import functools
import importlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from twin.errors import ScenarioError
from twin.kpi import KPIS
from twin.scenario.files import library_names
from twin.scenario.load import load

FILE = Path(__file__).parent / "coverage.csv"
IN, NOT_YET = "in", "not yet"
DOCUMENTS = {
    "1": "187 caring model 2013",
    "2": "Wind multichannel 2010",
    "3": "E-Care 360",
    "4": "Poste Italiane unified call centre",
    "5": "E-Care One Call Solution",
}


@dataclass(frozen=True)
class Item:
    """One row of `coverage.csv`."""

    id: str
    item: str
    represented_by: str
    references: tuple[str, ...]
    check: str
    """What can be observed."""
    state: str
    """`IN` or `NOT_YET`."""
    reason: str
    """Why not, or what is still missing."""


def read_items(path: Path = FILE) -> list[Item]:
    """All items, in the order of the file."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Item(**{**row, "references": tuple(filter(None, row["references"].split("; ")))})  # type: ignore[arg-type]
            for row in csv.DictReader(file)
        ]


def problem_of(reference: str) -> str | None:
    """What is wrong with a reference; None if what it names exists."""
    head, _, rest = reference.partition(":")
    if head == "kpi":
        return None if rest in KPIS else f"{rest} is no KPI"
    if head == "scenario":
        return None if rest in library_names() else f"{rest} is not in the library"
    return _problem_of_key(head, rest) if rest else _problem_of_name(reference)


def _problem_of_key(scenario: str, key: str) -> str | None:
    try:
        node: Any = _resolved(scenario)
    except ScenarioError as error:
        return str(error)
    for part in key.split("."):
        if isinstance(node, list) and part.isdigit() and int(part) < len(node):
            node = node[int(part)]
        elif isinstance(node, Mapping) and part in node:
            node = node[part]
        else:
            return f"{scenario} has no key {key}"
    return None


@functools.cache
def _resolved(scenario: str) -> dict[str, Any]:
    return load(scenario).resolved


def _problem_of_name(name: str) -> str | None:
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            node: Any = importlib.import_module(".".join(parts[:length]))
        except ImportError:
            continue
        for part in parts[length:]:
            fields = getattr(node, "model_fields", {})
            if not hasattr(node, part) and part not in fields:
                return f"{name} does not exist"
            node = fields.get(part) or getattr(node, part)
        return None
    return f"{name} cannot be imported"


def show(console: Console) -> None:
    """All items, then how many are in."""
    items = read_items()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("item", "what the document says", "represented by", "observable", "state"):
        table.add_column(column, no_wrap=column == "item", overflow="fold")
    for number, document in DOCUMENTS.items():
        table.add_row("", Text(document, "bold"), "", "", "")
        for item in items:
            if item.id.startswith(f"{number}."):
                told = f"{item.state}: {item.reason}" if item.reason else item.state
                by = ", ".join(filter(None, [item.represented_by, *item.references]))
                state = Text(told, "green" if item.state == IN else "yellow")
                table.add_row(item.id, Text(item.item), Text(by), Text(item.check), state)
    console.print(table)
    console.print(summary(items))


def summary(items: list[Item]) -> str:
    """How many items are in, by document."""
    n_in = Counter(item.id.partition(".")[0] for item in items if item.state == IN)
    n_all = Counter(item.id.partition(".")[0] for item in items)
    by_document = ", ".join(f"{document} {n_in[number]} of {n_all[number]}" for number, document in DOCUMENTS.items())
    return f"{n_in.total()} of {n_all.total()} items are in the model: {by_document}"


def as_dict() -> dict[str, Any]:
    """The object of ``--json``."""
    items = read_items()
    return {"n_in": sum(item.state == IN for item in items), "n": len(items), "items": [asdict(item) for item in items]}
