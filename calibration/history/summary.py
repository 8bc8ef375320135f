"""What `twin history` says of files that were read: as one JSON object, and as files for a folder."""

from pathlib import Path
from typing import Any

import pandas as pd

from calibration.history.mapping import as_toml
from calibration.history.page import page_html
from calibration.history.problems import reasons, tables
from calibration.history.reader import Reading
from twin.errors import InputError

SHOWN = 1000  # problems of a kind in the JSON; all of them are in problems.csv


def as_dict(reading: Reading) -> dict[str, Any]:
    """Counts, problems, gaps, outliers and remarks, and the mapping of each file."""
    quality = reading.history.quality
    return {
        "n_read": quality.n_read,
        "n_kept": quality.n_kept,
        "n_rejected": len(quality.rejected),
        "n_left_out": len(quality.left_out),
        "n_impossible": len(quality.impossible),
        "tables": {name: _extent(table) for name, table in tables(reading).items()},
        "mappings": {name: mapping.model_dump(exclude_defaults=True) for name, mapping in reading.mappings.items()},
        "remarks": [vars(remark) for remark in quality.remarks],
        "reasons": reasons(quality.rejected).to_dict("records"),
        "rejected": quality.rejected.head(SHOWN).to_dict("records"),
        "left_out": quality.left_out.head(SHOWN).to_dict("records"),
        "impossible": quality.impossible.head(SHOWN).to_dict("records"),
        "gaps": _dated(quality.gaps).to_dict("records"),
        "outliers": _dated(quality.outliers).to_dict("records"),
    }


def _extent(table: pd.DataFrame) -> dict[str, Any]:
    dates = table["month" if "month" in table else "date"]
    first, last = (None, None) if table.empty else (f"{dates.min():%Y-%m-%d}", f"{dates.max():%Y-%m-%d}")
    return {"rows": len(table), "first": first, "last": last, "columns": [str(name) for name in table]}


def _dated(table: pd.DataFrame) -> pd.DataFrame:
    """Instants as text."""
    moments = [name for name, kind in table.dtypes.items() if str(kind).startswith("datetime")]
    return table.assign(**{str(name): table[name].dt.strftime("%Y-%m-%d %H:%M") for name in moments})


def output_files(reading: Reading, folder: Path) -> dict[Path, pd.DataFrame | str]:
    """The contents of `--out`: tables as Parquet, problems and gaps as CSV, mappings, and the data-quality page."""
    quality = reading.history.quality
    kinds = {"rejected": quality.rejected, "left out": quality.left_out, "impossible": quality.impossible}
    problems = pd.concat([table.assign(what=what) for what, table in kinds.items()])
    files: dict[Path, pd.DataFrame | str] = {
        folder / f"{name}.parquet": table for name, table in tables(reading).items()
    }
    files[folder / "problems.csv"] = problems[["what", "file", "line", "reason", "text"]].to_csv(index=False)
    files[folder / "gaps.csv"] = _dated(quality.gaps).to_csv(index=False)
    files[folder / "outliers.csv"] = _dated(quality.outliers).to_csv(index=False)
    for name, mapping in reading.mappings.items():
        files[folder / f"{name}.mapping.toml"] = as_toml(mapping)
    files[folder / "quality.html"] = page_html(reading)
    return files


def mapping_file(reading: Reading, name: str) -> dict[Path, pd.DataFrame | str]:
    """The one mapping of the files read, to be written where nothing is yet.

    Raises
    ------
    InputError
        If there is a file of that name, or the files were read by different mappings.
    """
    path = Path(name)
    if path.exists():
        raise InputError(f"--write-mapping is {name!r}, which exists, must be a new file")
    different = {as_toml(mapping): file for file, mapping in reading.mappings.items()}
    if len(different) > 1:
        files = ", ".join(different.values())
        raise InputError(
            f"--write-mapping writes one mapping, but {files} need {len(different)}: name one file at a time"
        )
    return {path: next(iter(different))}
