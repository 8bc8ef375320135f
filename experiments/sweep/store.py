"""Results on disk: write-once Parquet files named by what they hold; whatever is killed when, nothing is half there.

Several processes may work on one folder, also packers: a file that another one has packed and removed meanwhile is
passed over, since its runs are in a packed file by then.

A batch of runs is one file in ``parts``; `pack` joins parts into few large files. A file is written under a name that
no reader looks at, brought to the disk, then renamed. Each row carries the key of its run, so a part whose runs are
packed already (the packer was killed before it removed the part) is seen and left out.
"""

import contextlib
import hashlib
import json
import os
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from twin.errors import InputError

PARTS, PACKED = "parts", "packed"
KEYS = b"run_keys"
"""Entry of a file's footer: the keys of its runs."""
RUN_KEY = "run_key"
Run = tuple[str, int, int]
"""Key, point, replication."""
Found = TypeVar("Found")
STALE = 3600.0  # [s] after which a file half written belongs to nobody any more


class Store:
    """The runs of one study, in a folder that many processes may write to."""

    def __init__(self, folder: Path):
        self.folder = folder

    # ---- writing ------------------------------------------------------------------------------------------------

    def write(self, table: pd.DataFrame, keys: Sequence[str], packed: bool = False) -> Path:
        """One file with these runs, whole or not at all; a file of the same runs is replaced by an equal one."""
        name = hashlib.blake2b("".join(sorted(keys)).encode(), digest_size=12).hexdigest()
        folder = self.folder / PACKED if packed else self.folder / PARTS / name[:2]
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.parquet"
        arrow = pa.Table.from_pandas(table, preserve_index=False)
        arrow = arrow.replace_schema_metadata({**(arrow.schema.metadata or {}), KEYS: json.dumps(list(keys)).encode()})
        try:
            _publish(arrow, path)
        except FileNotFoundError:  # somebody whose clock has jumped took it for an old one, and swept it
            _publish(arrow, path)
        _sync(folder)
        return path

    # ---- reading ------------------------------------------------------------------------------------------------

    def files(self) -> dict[Path, tuple[str, ...]]:
        """Files to read with the keys of their runs: each run is in one of them, packed files first."""
        loose = dict(self._each(self._loose(), _keys_of))  # first, for what is packed meanwhile is found below
        found: dict[Path, tuple[str, ...]] = {}
        known: set[str] = set()
        for path, keys in [*self._each(self._packed(), _keys_of), *loose.items()]:
            if not known.issuperset(keys):
                found[path] = keys
                known.update(keys)
        return found

    def keys(self) -> set[str]:
        """Keys of all finished runs."""
        return {key for keys in self.files().values() for key in keys}

    def read(self) -> pd.DataFrame:
        """All rows of all finished runs, each run once; columns that some files lack are empty there."""
        loose = [table for _, table in self._each(self._loose(), _table_of)]
        tables, known = [], set[str]()
        for keys, table in [*(table for _, table in self._each(self._packed(), _table_of)), *loose]:
            if known.issuperset(keys):
                continue
            if known.intersection(keys):
                is_new = pa.array([key not in known for key in table.column(RUN_KEY).to_pylist()])
                table = table.filter(is_new)
            known.update(keys)
            tables.append(table.replace_schema_metadata(None))
        if not tables:
            return pd.DataFrame()
        return pa.concat_tables(tables, promote_options="permissive").to_pandas()

    @staticmethod
    def _each(paths: Iterable[Path], what: Callable[[Path], Found]) -> Iterator[tuple[Path, Found]]:
        """Each file with what is asked of it, but for those that a packer has removed since they were listed."""
        for path in paths:
            with contextlib.suppress(FileNotFoundError):
                yield path, what(path)

    def _packed(self) -> list[Path]:
        return sorted((self.folder / PACKED).glob("*.parquet"))

    def _loose(self) -> list[Path]:
        return sorted((self.folder / PARTS).glob("*/*.parquet"))

    # ---- packing ------------------------------------------------------------------------------------------------

    def pack(self) -> None:
        """Join what lies loose into one file, then remove the parts, and what a killed writer left long ago.

        For the process that leads a study; if two lead it, what both pack is seen and read once.
        """
        loose = self._loose()
        packed = {key for _, keys in self._each(self._packed(), _keys_of) for key in keys}
        known, tables = set(packed), []
        for _, (keys, table) in self._each(loose, _table_of):
            if known.issuperset(keys):
                continue
            is_new = pa.array([key not in known for key in table.column(RUN_KEY).to_pylist()])
            tables.append(table.filter(is_new).replace_schema_metadata(None))
            known.update(keys)
        if tables:
            rows = pa.concat_tables(tables, promote_options="permissive").to_pandas()
            self.write(rows, sorted(known - packed), packed=True)
        for path in loose:
            path.unlink(missing_ok=True)
        self._sweep()

    def _sweep(self) -> None:
        for path in self.folder.rglob(".*.tmp"):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > STALE:
                    path.unlink()


def _publish(arrow: pa.Table, path: Path) -> None:
    """A file under a name that no reader looks at, brought to the disk, then renamed."""
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        with open(part, "wb") as file:
            pq.write_table(arrow, file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _table_of(path: Path) -> tuple[tuple[str, ...], pa.Table]:
    """Keys of the runs in a file, and its rows."""
    return _keys_of(path), pq.read_table(path)


def _keys_of(path: Path) -> tuple[str, ...]:
    """Keys of the runs in a file, by its footer.

    Raises
    ------
    InputError
        If it is no file of a store.
    """
    try:
        metadata = pq.read_schema(path).metadata or {}
        return tuple(json.loads(metadata[KEYS]))
    except (KeyError, ValueError, pa.ArrowException) as error:
        raise InputError(f"{path}: is no file of a study's results ({error}), remove it") from None


def _sync(folder: Path) -> None:
    """Bring the folder's names to the disk, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
