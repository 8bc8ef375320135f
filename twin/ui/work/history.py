"""History that a reader hands in: files read as one, as `twin history` does, mappings editable, a first scenario."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from calibration.history.files import SUFFIXES, kind_of, open_text
from calibration.history.first_scenario import check_runs, scenario_toml
from calibration.history.guess import guess, recognised
from calibration.history.mapping import Mapping, as_toml, check_mapping
from calibration.history.problems import reasons, records
from calibration.history.raw import Layout, read_raw
from calibration.history.reader import Reading, read_files
from calibration.history.summary import as_dict
from twin.errors import InputError
from twin.ui.parts.work import Reporter

MOST_BYTES = 32 << 20
"""Of a file that is handed in."""
MOST_UNPACKED = 256 << 20
MOST_CELLS = 20_000_000
"""Of a Parquet file: what is repeated takes no room in it, and much in memory."""
MOST_MEMORY = 4 << 30
"""Of the process that reads it."""
MOST_FILES = 24
"""Read as one history."""
SAMPLES, SAMPLE_LENGTH, SHOWN = 3, 40, 200


@dataclass(frozen=True)
class FileRead:
    """How one file was understood."""

    name: str
    headings: list[str]
    samples: dict[str, list[str]]
    """First different cells by heading."""
    mapping: dict[str, Any]
    """As its TOML holds it; without columns where nothing could be guessed."""
    mapping_toml: str = ""


@dataclass(frozen=True)
class Understood:
    """What became of the files, read as one history."""

    files: tuple[FileRead, ...]
    told: dict[str, Any] = field(default_factory=dict)
    """See `calibration.history.summary.as_dict`; empty where the files could not be read."""
    why: list[tuple[str, int, str]] = field(default_factory=list)
    """Reasons for which rows were rejected: reason, rows, first lines."""
    scenario: str = ""
    """A first scenario, as `twin init` writes it."""
    scenario_problem: str = ""
    problem: str = ""
    """Why the files could not be read with these mappings."""

    @property
    def name(self) -> str:
        """Of all files."""
        return ", ".join(one.name for one in self.files)

    @property
    def holds_months_alone(self) -> bool:
        """Monthly KPIs, and no half hours to write a scenario from."""
        return list(self.told.get("tables", {})) == ["months"]


def keep_history(name: str, content: bytes, folder: Path) -> Path:
    """Keep a file in the session's folder, if it is one that can be history.

    Raises
    ------
    InputError
        If it is too large, or of another kind.
    """
    if not name.lower().endswith(SUFFIXES):
        raise InputError(f"{name}: must end in {', '.join(SUFFIXES)}")
    if len(content) > MOST_BYTES:
        raise InputError(f"{name}: is {len(content) / 1e6:.0f} MB, must be at most {MOST_BYTES >> 20} MB")
    path = folder / Path(name).name
    path.write_bytes(content)
    return path


def check_unpacked(path: Path) -> None:
    """Refuse what unpacks to more than the limit, before anything is read whole.

    Raises
    ------
    InputError
    """
    kind = kind_of(path)
    for suffix, wanted in ((".parquet", "parquet"), (".xlsx", "excel")):
        if path.name.lower().endswith(suffix) and kind != wanted:
            raise InputError(
                f"{path.name}: is no {wanted.capitalize()} file, must be one, or have the suffix of what it is"
            )
    size = 0
    if kind == "excel":
        try:
            with zipfile.ZipFile(path) as book:
                size = sum(part.file_size for part in book.infolist())
        except zipfile.BadZipFile:
            raise InputError(f"{path.name}: is damaged, must be an Excel file (.xlsx)") from None
    elif kind == "parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            data = pq.ParquetFile(path).metadata
        except (pa.ArrowException, OSError):
            raise InputError(f"{path.name}: is damaged, must be a Parquet file") from None
        size = sum(data.row_group(place).total_byte_size for place in range(data.num_row_groups))
        if data.num_rows * data.num_columns > MOST_CELLS:
            raise InputError(f"{path.name}: has {data.num_rows:,} rows, must have at most {MOST_CELLS:,} cells in all")
    else:
        with open_text(path, "latin-1") as text:  # a byte is a character
            while size <= MOST_UNPACKED and (block := text.read(1 << 20)):
                size += len(block)
    if size > MOST_UNPACKED:
        raise InputError(f"{path.name}: unpacks to more than {MOST_UNPACKED >> 20} MB")


def understand(
    report: Reporter, paths: Sequence[Path], mappings: dict[str, dict[str, Any]] | None = None
) -> Understood:
    """Read the files as one history, each by a guess unless `mappings` has one by its name.

    Raises
    ------
    InputError
        If a file is damaged or too large, a mapping is wrong, or there are too many files.
    """
    report.progress(None, "reading")
    if len(paths) > MOST_FILES:
        raise InputError(f"{len(paths)} files are handed in, must be at most {MOST_FILES}")
    given = {name: check_mapping(raw, "mapping") for name, raw in (mappings or {}).items()}
    for path in paths:
        check_unpacked(path)
    found = Understood(tuple(_file(path, given.get(path.name)) for path in paths))
    try:
        reading = read_files(list(paths), _mappings(found.files, given))
    except InputError as error:
        return replace(found, problem=str(error))
    report.progress(None, "first_scenario")
    files = tuple(_used(one, reading.mappings[one.name], len(paths) > 1) for one in found.files)
    why = [(row["reason"], int(row["n"]), row["lines"]) for row in records(reasons(reading.history.quality.rejected))]
    told = as_dict(reading)
    for key in ("rejected", "left_out", "impossible"):
        told[key] = told[key][:SHOWN]
    scenario, scenario_problem = _first_scenario(reading, found.name, paths[0].parent)
    return replace(
        found, files=files, told=told, why=why, scenario=scenario, scenario_problem=scenario_problem,
    )  # fmt: skip


def _mappings(found: Sequence[FileRead], given: dict[str, Mapping]) -> list[Mapping] | None:
    """One for each file, for it alone where there are several; None if all are to be guessed.

    Raises
    ------
    InputError
        If a mapping is given for some, and the headings of another tell nothing.
    """
    if not given:
        return None
    if len(found) == 1:
        return list(given.values())
    for one in found:
        if not one.mapping_toml:
            raise InputError(f"{one.name}: the headings do not tell what it is, name its columns")
    return [check_mapping({**one.mapping, "files": [one.name]}, "mapping") for one in found]


def _used(one: FileRead, mapping: Mapping, is_one_of_several: bool) -> FileRead:
    """With the mapping by which it was read; it names its file where there are others."""
    if is_one_of_several:
        mapping = mapping.model_copy(update={"files": [one.name]})
    return replace(one, mapping=mapping.model_dump(exclude_defaults=True), mapping_toml=as_toml(mapping))


def _file(path: Path, wanted: Mapping | None) -> FileRead:
    """Headings and first cells; a mapping without columns where the headings tell nothing."""
    layout = Layout()
    if wanted is not None:
        layout = Layout(wanted.file.encoding, wanted.file.separator, wanted.file.heading_line, wanted.file.sheet)
    raw = read_raw(path, layout, recognised)
    samples = {}
    for name in raw.columns:
        cells = raw.column(name).iloc[:200]
        texts = [text for text in pd.unique(cells) if text.strip()]
        samples[name] = [text[:SAMPLE_LENGTH] for text in texts[:SAMPLES]]
    used = guess(raw) if wanted is None else wanted
    mapping: dict[str, Any] = {"kind": "intervals"} if used is None else used.model_dump(exclude_defaults=True)
    return FileRead(path.name, list(raw.columns), samples, mapping, "" if used is None else as_toml(used))


def _first_scenario(reading: Reading, name: str, folder: Path) -> tuple[str, str]:
    """The scenario's text, or why there is none."""
    try:
        text = scenario_toml(reading.history, name)
        written = folder / "first.toml"
        written.write_text(text, encoding="utf-8")
        check_runs(written)
    except InputError as error:
        return "", str(error)
    return text, ""


def commands(found: Understood) -> list[str]:
    """How the files are fitted on a command line, with the mappings and the scenario as the page hands them out."""
    stems = {one.name: stem_of(one.name) for one in found.files}
    scenario = f"{first_stem(found)}.first.toml" if found.scenario else "SCENARIO"
    said = [f"--mapping {stems[one.name]}.mapping.toml" for one in found.files if one.mapping_toml]
    return [f"twin calibrate {' '.join(stems)}", *said, f"--scenario {scenario} --out fitted.toml"]


def stem_of(name: str) -> str:
    """Of the files that the page hands out for it."""
    return name.split(".")[0] or "history"


def first_stem(found: Understood) -> str:
    """Of the first scenario: that of the file with half hours."""
    names = [one.name for one in found.files if one.mapping["kind"] != "months"]
    return stem_of([*names, found.files[0].name][0])


def edited(mapping: dict[str, Any], kind: str, columns: dict[str, str], units: dict[str, str]) -> dict[str, Any]:
    """The mapping with other columns (target: heading) and units; what concerns targets that are gone goes too."""
    is_same = mapping.get("kind") == kind
    before = {key: value for key, value in mapping.items() if is_same or key in ("file", "dates")}
    gone = set(before.get("columns", {})) - set(columns)
    kept = {**before, "kind": kind, "columns": columns}
    kept["units"] = {target: unit for target, unit in units.items() if target in columns and unit != "s"}
    for key in ("percent", "fill_down"):
        kept[key] = [target for target in before.get(key, []) if target not in gone]
    kept["rules"] = {target: rules for target, rules in before.get("rules", {}).items() if target not in gone}
    for key in ("expressions", "fixed"):
        kept[key] = {target: value for target, value in before.get(key, {}).items() if target not in columns}
    return {key: value for key, value in kept.items() if value not in ({}, [])}
