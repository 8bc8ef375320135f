"""Monthly KPIs as the table of months."""

import numpy as np
import pandas as pd

from calibration.history.calls_in import Read, judged
from calibration.history.cells import convert
from calibration.history.convert import Columns, dates_of
from calibration.history.dates import parse_month
from calibration.history.mapping import SHARES
from calibration.history.tables import MONTH_KPIS

COUNTS = ("offered", "answered", "abandoned", "blocked", "answered_in_time", "wait_answered_s", "handle_s", "operators",
          "customers")  # fmt: skip


def read_months(columns: Columns) -> Read:
    """Months of one file; every other column that the mapping names is a KPI."""
    said = columns.mapping
    names = list(dict.fromkeys([*said.columns, *said.expressions, *said.fixed]))
    kpis = [name for name in names if name not in ("month", "year", "unit")]
    day = _months(columns)
    table = pd.DataFrame({name: columns.numbers(name) for name in kpis}, index=range(len(columns)))
    for mean, count, name in (("asa_s", "answered", "wait_answered_s"), ("aht_s", "answered", "handle_s")):
        if mean in table:
            if count in table and name not in table:
                table[name] = table[mean] * table[count]
            table = table.drop(columns=mean)
    table = table.reindex(columns=_ordered([str(name) for name in table]))
    for name in COUNTS:
        if name in table:
            columns.refuse_negative(name, table[name].to_numpy())
    known = table.notna().any(axis=1).to_numpy()
    columns.refuse(~known, "holds no number")
    tests = [
        (table[name].gt(1) | table[name].lt(0), f"{name} is not between 0 and 1") for name in SHARES if name in table
    ]
    if {"offered", "answered"} <= set(table):
        lost = table["abandoned"].fillna(0) if "abandoned" in table else 0.0
        tests.insert(0, (table["answered"] > table["offered"], "answered > offered"))
        tests.insert(1, (table["answered"].le(table["offered"]) & (table["answered"] + lost > table["offered"]),
                         "answered + abandoned > offered"))  # fmt: skip
    impossible = judged(columns, tests)
    table.insert(0, "month", dates_of(day))
    table.insert(1, "unit", columns.text("unit"))
    keeps, raw = columns.refused()
    return Read(table.assign(_line=columns.raw.lines)[keeps].reset_index(drop=True), raw, impossible)


def _months(columns: Columns) -> np.ndarray:
    heading = columns.mapping.columns.get("month")
    if heading is None:
        columns.refuse(np.ones(len(columns), bool), "the mapping names no column for the month")
        return np.full(len(columns), np.nan)
    order = columns.order("month")
    cells = columns.raw.column(heading)
    if year := columns.mapping.columns.get("year"):
        cells = cells.where(cells == "", cells.str.cat(columns.raw.column(year), sep="/"))  # January/2015, 1/2015
    found = convert(cells, lambda text: parse_month(text, order))
    columns.refuse(found.is_blank, f"{heading} is blank")
    columns.refuse(found.is_bad, lambda row: f'{heading} is "{cells[row][:60]}", must be a month such as "2015-04"')
    return found.values


def _ordered(names: list[str]) -> list[str]:
    """Known KPIs in their order, then the others in the file's."""
    return [name for name in MONTH_KPIS if name in names] + [name for name in names if name not in MONTH_KPIS]


def months_merged(table: pd.DataFrame) -> tuple[pd.DataFrame, list[tuple[str, int, str, str]]]:
    """Each month and unit once; a row that repeats a month of its unit is refused."""
    is_again = table.duplicated(["month", "unit"]).to_numpy()
    again = table[is_again]
    refused = [
        (
            str(row["_file"]),
            int(row["_line"]),
            "a second row for the same month and unit",
            f"{row['month']:%Y-%m} {row['unit']}",
        )
        for _, row in again.iterrows()
    ]
    return table[~is_again].sort_values(["month", "unit"], kind="stable", ignore_index=True), refused
