"""What the project ships of the anonymous-bank-1999 log: tables of some days, estimates, no raw rows.

python -m calibration.bank_derived --raw DIR --out twin/scenario/library/data/bank-1999
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from calibration.bank import (
    FIT_MONTHS,
    FOLDER,
    LINE_HANDLE,
    PROJECT,
    SHIPPED_DAYS,
    SURGE_DAY,
    arrival_counts,
    estimate,
    estimate_surge,
    find_raw,
    read_calls,
    read_trace,
    recorded_kpis,
)
from calibration.operators import known_crew, levels_by_date, staffing_by_group
from calibration.told import told_patience


def _plain(value):
    """Numbers for JSON, six significant digits."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(item) for item in value]
    if isinstance(value, np.integer):
        return int(value)
    return float(f"{value:.6g}") if isinstance(value, float | np.floating) else value


def derive(folder: Path) -> dict[str, str]:
    """Text of every shipped file, by name: tables of SHIPPED_DAYS, parameters of FIT_MONTHS; no raw rows."""
    calls, crew = read_calls(folder), known_crew(folder)
    fitted = calls[calls["date"].str[:7].isin(FIT_MONTHS) & (calls["date"] != SURGE_DAY)]
    tables = {
        "arrivals.csv": arrival_counts(read_trace(folder, SHIPPED_DAYS)),
        "staffing.csv": staffing_by_group(folder, SHIPPED_DAYS, crew),
        "talk_levels.csv": levels_by_date(folder, SHIPPED_DAYS, crew),
        "recorded.csv": recorded_kpis(folder, SHIPPED_DAYS),
    }
    files = {name: table.to_csv(index=False, lineterminator="\n") for name, table in tables.items()}
    offered = fitted[fitted["is_offered"] & (fitted["group"] == "main")].reset_index(drop=True)
    staffing = staffing_by_group(folder, sorted(offered["date"].unique()), crew)
    told = {"line_handle_s": LINE_HANDLE, "lines": told_patience(offered, staffing)}
    parameters = estimate(fitted) | {"patience_told": told, "surge": estimate_surge(calls)}
    return files | {"parameters.json": json.dumps(_plain(parameters), indent=1) + "\n"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: write the derived files."""
    parser = argparse.ArgumentParser(prog="python -m calibration.bank_derived", description=derive.__doc__)
    parser.add_argument("--raw", help="folder with calls-1999-MM.csv.gz (default: TWIN_DATA, ../shared)")
    parser.add_argument("--out", type=Path, default=PROJECT / "twin/scenario/library/data/bank-1999")
    options = parser.parse_args(arguments)
    folder = find_raw(options.raw)
    if folder is None:
        parser.error(f"no calls-1999-MM.csv.gz in {options.raw or 'TWIN_DATA or ' + str(FOLDER)}")
    options.out.mkdir(parents=True, exist_ok=True)
    for name, text in derive(folder).items():
        (options.out / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
