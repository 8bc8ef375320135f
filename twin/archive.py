"""One file of plain arrays and a manifest: a zip of .npy members, written whole or not at all; no pickle in it.

`numpy.load` opens it, too. Arrays are compressed where a sample says that it is worth the time.
"""

import contextlib
import json
import os
import struct
import tokenize
import uuid
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from twin.errors import InputError

MANIFEST = "manifest.json"
_MOST_MANIFEST = 64 * 1024 * 1024  # [bytes]
_CHUNK = 1 << 20  # [bytes]
_SAMPLE = 1 << 16  # [bytes]
_WORTH = 0.4  # of its size, to which a sample must shrink: ten times faster to write than the others
_DAMAGE = (
    zipfile.BadZipFile,
    EOFError,
    ValueError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
    TypeError,
    AttributeError,
    SyntaxError,
    tokenize.TokenError,
    struct.error,
    zlib.error,
)
"""What reading a damaged zip file raises, depending on where the damage is."""


def write_archive(
    path: str | os.PathLike[str],
    manifest: Mapping[str, Any],
    arrays: Mapping[str, np.ndarray],
    overwrite: bool = False,
) -> Path:
    """Write under another name first, then rename: whoever looks sees the whole file, or what was there before.

    Raises
    ------
    InputError
        If there is something of that name, unless it may be overwritten.
    OSError
        With the file's name, if it cannot be written (disk full, no permission, no such folder).
    """
    target = Path(path)
    if target.is_dir() or (target.exists() and not overwrite):
        raise InputError(f"{target}: is there already, must be the name of a new file")
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        with zipfile.ZipFile(part, "x", zipfile.ZIP_STORED) as archive:
            archive.writestr(MANIFEST, json.dumps(manifest))
            for name, array in arrays.items():
                _write(archive, name, np.ascontiguousarray(array))
        _publish(part, target, overwrite)
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, os.strerror(error.errno), str(target)) from error
    finally:
        part.unlink(missing_ok=True)
    return target


def _write(archive: zipfile.ZipFile, name: str, array: np.ndarray) -> None:
    info = zipfile.ZipInfo(f"{name}.npy")
    info.compress_type = zipfile.ZIP_DEFLATED if _is_worth_it(array) else zipfile.ZIP_STORED
    info._compresslevel = 1  # type: ignore[attr-defined]  # a public name from Python 3.13 on
    with archive.open(info, "w", force_zip64=True) as member:
        np.lib.format.write_array(member, array, allow_pickle=False)


def _is_worth_it(array: np.ndarray) -> bool:
    """Whether the middle of the array shrinks."""
    rows = array.reshape(-1)
    n = _SAMPLE // max(array.itemsize, 1)
    first = max(len(rows) - n, 0) // 2
    sample = rows[first : first + n].tobytes()
    return len(sample) > 1024 and len(zlib.compress(sample, 1)) < _WORTH * len(sample)


def _publish(part: Path, target: Path, overwrite: bool) -> None:
    """Give the finished file its name; another one that came meanwhile is not overwritten, where links exist."""
    if not overwrite and hasattr(os, "link"):
        try:
            os.link(part, target)
        except FileExistsError:
            raise InputError(f"{target}: is there already, must be the name of a new file") from None
        except OSError:  # a file system without links
            pass
        else:
            return
    os.replace(part, target)


class Archive:
    """A file that `write_archive` has written, open for reading; arrays are read when they are asked for.

    Raises
    ------
    InputError
        One sentence with the file's name, whatever is wrong with it.
    """

    def __init__(self, path: str | os.PathLike[str]):
        self.path = Path(path)
        try:
            self._zip = zipfile.ZipFile(self.path)
        except FileNotFoundError:
            raise InputError(f"{self.path}: is not there, must be a saved run") from None
        except _DAMAGE as error:
            raise InputError(f"{self.path}: is not a saved run, or only a part of one ({error})") from None
        except OSError as error:
            raise InputError(f"{self.path}: cannot be read ({error.strerror})") from None
        self.names = [name.removesuffix(".npy") for name in self._zip.namelist() if name.endswith(".npy")]
        self.manifest: dict[str, Any] = self._manifest()

    def close(self) -> None:
        self._zip.close()

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextlib.contextmanager
    def _member(self, name: str) -> Iterator[tuple[Any, int]]:
        """A member to read from, and its length; damage becomes one sentence."""
        try:
            info = self._zip.getinfo(name)
            with self._zip.open(info) as member:
                yield member, info.file_size
        except (*_DAMAGE, OSError) as error:  # an offset that leads out of the file is an OSError
            raise InputError(f"{self.path}: is damaged, {name} cannot be read ({error})") from None

    def _manifest(self) -> dict[str, Any]:
        if MANIFEST not in self._zip.namelist():
            self.close()
            raise InputError(f"{self.path}: has no {MANIFEST}, must be a saved run")
        with self._member(MANIFEST) as (member, size):
            if size > _MOST_MANIFEST:
                raise ValueError(f"has {size} bytes")
            told = json.loads(member.read())
            if not isinstance(told, dict):
                raise ValueError("is no JSON object")
            return told

    def array(self, name: str) -> np.ndarray:
        """One array, which is checked against the checksum that was written with it."""
        with self._member(f"{name}.npy") as (member, size):
            if np.lib.format.read_magic(member) != (1, 0):
                raise ValueError("has another version of the format")
            shape, is_fortran, dtype = np.lib.format.read_array_header_1_0(member)
            left = size - member.tell()
            if dtype.hasobject or is_fortran or left != dtype.itemsize * int(np.prod(shape, dtype=object)):
                raise ValueError(f"has {left} bytes of {dtype} {shape}")
            array = np.empty(shape, dtype)
            memory = array.reshape(-1).view(np.uint8)
            for begin in range(0, left, _CHUNK):
                piece = member.read(min(_CHUNK, left - begin))
                if len(piece) < min(_CHUNK, left - begin):
                    raise EOFError("is shorter than it says")
                memory[begin : begin + len(piece)] = np.frombuffer(piece, np.uint8)
            return array
