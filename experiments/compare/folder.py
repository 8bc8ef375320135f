"""What a finished comparison leaves in its folder, and where that lies unless told."""

import re
from datetime import datetime
from pathlib import Path

from rich.console import Console

from twin.output import MANIFEST

TABLE, REPLICATIONS, REPORT = "compare.parquet", "replications.parquet", "report.html"
COUNTS = "counts"
"""Folder with a table for each run."""


def default_folder(*names: str) -> Path:
    """A new folder of results that bears these names and the time."""
    told = "-".join(re.sub(r"[^A-Za-z0-9._-]+", "-", name) for name in names)
    return Path("results") / f"compare-{told}-{datetime.now():%Y%m%d-%H%M%S}"


def print_folder(folder: Path, console: Console) -> None:
    """Where the report is, and how to run the same again."""
    console.print(f"\n Report: {folder / REPORT}\n Again:  twin compare --repeat {folder / MANIFEST}", soft_wrap=True)
