"""Tables: sorted by a click on a head, numbers as the reader's language writes them, CSV with the plain numbers."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import solara

from twin.ui.language import use_words

Cell = str | float | int | dict[str, Any] | None


def cell(value: float | str | None, text: str, tone: str = "") -> dict[str, Any]:
    """A cell that is sorted and downloaded by `value` and read as `text`; tone: "good", "bad" or none."""
    plain = None if isinstance(value, float) and not math.isfinite(value) else value
    return {"v": plain, "t": text, "tone": tone}


@dataclass(frozen=True)
class TableData:
    """Heads and rows; a column is of numbers if `kinds` says "number" (aligned right), else text."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    kinds: Sequence[str] = ()

    def all_kinds(self) -> list[str]:
        """Kinds as given, or read off the first rows."""
        if self.kinds:
            return list(self.kinds)
        kinds = ["text"] * len(self.heads)
        for row in self.rows[:20]:
            for k, item in enumerate(row):
                value = item.get("v") if isinstance(item, dict) else item
                if isinstance(value, int | float) and k > 0:
                    kinds[k] = "number"
        return kinds


@solara.component_vue("table.vue")
def _Table(
    title: str, is_titled: bool, heads: list[str], kinds: list[str], rows: list[list[Any]], limit: int, locale: str,
    is_sortable: bool, can_download: bool, can_pick: bool, picked: int, filename: str, say: dict[str, str],
    event_pick: Any,
) -> None: ...  # fmt: skip


@solara.component
def Table(
    table: TableData, title: str, filename: str = "table.csv", is_titled: bool = True, is_sortable: bool = True,
    can_download: bool = True, limit: int = 100, picked: int = -1, on_pick: Callable[[int], Any] | None = None,
):  # fmt: skip
    """A table with its caption; plain numbers in cells are written in the reader's language."""
    say = use_words("common")
    words = {
        "no_rows": say("no_rows"),
        "download_csv": say("download_csv"),
        "show_all": say("show_all", n=say.numbers.number(len(table.rows))),
    }
    rows = [[_readable(item, say.numbers) for item in row] for row in table.rows]
    return _Table(
        title=title, is_titled=is_titled, heads=list(table.heads), kinds=table.all_kinds(), rows=rows, limit=limit,
        locale=say.numbers.tag, is_sortable=is_sortable, can_download=can_download, can_pick=on_pick is not None,
        picked=picked, filename=filename, say=words, event_pick=on_pick or (lambda _: None),
    )  # fmt: skip


def _readable(item: Cell, numbers: Any) -> Any:
    if isinstance(item, bool) or item is None or isinstance(item, str | dict):
        return item
    return cell(item, numbers.number(item, 0 if isinstance(item, int) or float(item).is_integer() else 2))
