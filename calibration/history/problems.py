"""Problems of many rows told by their reasons."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from calibration.history.reader import Reading
from calibration.history.tables import Remark, Sureness


def tables(reading: Reading) -> dict[str, pd.DataFrame]:
    """The tables that the history holds, by name."""
    history = reading.history
    every = {"calls": history.calls, "intervals": history.intervals, "months": history.months}
    return {name: table for name, table in every.items() if table is not None}


def reasons(problems: pd.DataFrame) -> pd.DataFrame:
    """Columns reason (what was given put aside), n and the first lines, the most frequent first.

    Lines of several files bear the file's name: "march.csv:12".
    """
    if problems.empty:
        return pd.DataFrame({"reason": [], "n": [], "lines": []})
    kinds = problems["reason"].str.replace(r' is ".*?", must', ' is "...", must', regex=True)
    kinds = kinds.str.replace(r"(line|call) \S+", r"\1 ...", regex=True)
    lines = problems["line"].astype(str)
    if problems["file"].nunique() > 1:
        lines = problems["file"].str.cat(lines, sep=":")
    groups = lines.groupby(kinds, sort=False)
    rows = [(kind, len(of), ", ".join(of.head(5)) + (" ..." if len(of) > 5 else "")) for kind, of in groups]
    found = pd.DataFrame(rows, columns=["reason", "n", "lines"])
    return found.sort_values("n", ascending=False, kind="stable", ignore_index=True)


def said_once(remarks: Iterable[Remark]) -> list[tuple[str, str, str, Sureness]]:
    """File, topic, text and sureness of each remark; what many files have in common is said once."""
    said: dict[tuple[str, str, Sureness], list[str]] = {}
    for remark in remarks:
        said.setdefault((remark.topic, remark.text, remark.sureness), []).append(remark.file)
    return [
        (files[0] if len(files) == 1 else f"{files[0]} and {len(files) - 1} more", *told)
        for told, files in said.items()
    ]


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries by column."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
