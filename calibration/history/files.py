"""Files of history on disk: which ones there are, what is inside them, and how their text is encoded."""

import codecs
import contextlib
import gzip
import io
import os
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Literal, cast

from twin.errors import InputError

Kind = Literal["text", "parquet", "excel"]
SIZE_LIMIT = 2_000_000_000  # [bytes] of a file, unpacked
SUFFIXES = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz", ".parquet", ".xlsx")
_BLOCK = 1 << 20
_HIDDEN = (".", "~$")  # of names: a spreadsheet's lock files among them
_NO_TEXT = (*range(9), *range(14, 27), 28, 29, 30, 31)  # bytes that text hardly holds
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_ALLOWED = "CSV, gzip CSV, Parquet or Excel (.xlsx)"


class NoHistory(InputError):
    """A file that holds nothing, or no text: in a folder it is named and passed over."""


def find_files(paths: str | Path | Sequence[str | Path]) -> tuple[list[Path], bool]:
    """The files given, or those of a folder (its own, not of folders within), in the order of
    their names and numbers; and whether a folder was given.

    Raises
    ------
    InputError
        If one does not exist, or a folder holds nothing that could be history.
    """
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    if not given:
        raise InputError(f"history: no file is given, must be {_ALLOWED}, or a folder of such files")
    found: list[Path] = []
    for one in map(Path, given):
        if "\0" in str(one):
            raise InputError(f"history: the path {str(one)!r} holds a NUL character, must be a file or a folder")
        if one.is_dir():
            inside = [path for path in one.iterdir() if path.is_file() and _is_named(path.name)]
            if not inside:
                raise InputError(f"{one}: holds no history, must hold files that end in {', '.join(SUFFIXES)}")
            found += sorted(inside, key=_as_counted)
        elif one.is_file():
            found.append(one)
        else:
            raise InputError(f"{one}: no such file or folder")
    return list(dict.fromkeys(found)), any(Path(one).is_dir() for one in given)


def _is_named(name: str) -> bool:
    return name.lower().endswith(SUFFIXES) and not name.startswith(_HIDDEN)


def passed_over(paths: str | Path | Sequence[str | Path]) -> list[Path]:
    """What lies in the folders given and is not read: files that end otherwise, and folders; hidden ones aside."""
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    inside = [path for one in map(Path, given) if one.is_dir() for path in sorted(one.iterdir())]
    return [
        path for path in inside if not path.name.startswith(_HIDDEN) and not (path.is_file() and _is_named(path.name))
    ]


def _as_counted(path: Path) -> tuple[list[str | int], str]:
    """Order of names in which 9.csv comes before 10.csv."""
    parts = re.split(r"([0-9]+)", path.name)
    return [int(part) if place % 2 else part for place, part in enumerate(parts)], path.name


def kind_of(path: Path) -> Kind:
    """What a file is, by its first bytes, whatever its name says."""
    with _opened(path) as file:
        start = file.read(4)
    _refuse_large(path, os.path.getsize(path))
    if not start:
        raise NoHistory(f"{path.name}: is empty, must hold a heading and rows")
    if start == b"PAR1":
        return "parquet"
    if start == b"PK\x03\x04":
        return "excel"
    if start == _OLD_EXCEL:
        raise InputError(f"{path.name}: is an Excel file of before 2007 (.xls), must be saved as .xlsx or CSV")
    return "text"


def _refuse_large(path: Path, size: int) -> None:
    if size > SIZE_LIMIT:
        raise InputError(f"{path.name}: holds {size / 1e9:.1f} GB or more, must be below {SIZE_LIMIT / 1e9:g} GB")


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(f"{path}: cannot be read, {(error.strerror or str(error)).lower()}") from None


@contextlib.contextmanager
def _unpacked(path: Path) -> Iterator[IO[bytes]]:
    with _opened(path) as file:
        is_packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        if not is_packed:
            yield file
            return
        try:
            with gzip.GzipFile(fileobj=file) as unpacked:
                yield cast(IO[bytes], unpacked)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise InputError(f"{path.name}: the gzip file is damaged ({error})") from None


def _blocks(path: Path) -> Iterator[bytes]:
    """Unpacked bytes in blocks; refuses what unpacks to more than the limit."""
    size = 0
    with _unpacked(path) as file:
        while block := file.read(_BLOCK):
            size += len(block)
            _refuse_large(path, size)
            yield block


def find_encoding(path: Path) -> tuple[str, str]:
    """Encoding of a text file, and how that was seen; reads the whole file unless a byte-order mark tells.

    Windows-1252 (a superset of Latin-1) is what remains: no byte sequence of it is impossible here.
    """
    start = next(_blocks(path), b"")
    marks = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
    for mark, name in marks:
        if start.startswith(mark):
            return name, "a byte-order mark says so"
    if bare := _bare_utf16(start):
        return bare, "every other byte is zero, as in UTF-16 without a byte-order mark"
    if sum(start.count(bytes([code])) for code in _NO_TEXT) > max(8, 0.01 * len(start)):
        raise NoHistory(f"{path.name}: is no text, must be {_ALLOWED}")
    if _decodes(path, "utf-8"):
        return "utf-8", "all bytes are valid UTF-8"
    return "cp1252", "not UTF-8, so taken for Windows-1252 (Latin-1)"


def _bare_utf16(start: bytes) -> str | None:
    sample = start[:4096]
    if len(sample) < 8 or not 0.3 * len(sample) <= sample.count(0) < 0.7 * len(sample):
        return None
    return "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block in _blocks(path):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def check_encoding(path: Path, encoding: str) -> None:
    """Refuse an encoding that Python does not know, or that is none of text."""
    try:
        is_text = codecs.lookup(encoding)._is_text_encoding
    except (LookupError, ValueError):
        is_text = False
    if not is_text:
        raise InputError(
            f'{path.name}: the mapping\'s file.encoding is "{encoding}", must be one like "utf-8", "cp1252" or "utf-16"'
        )


class _Limited(io.RawIOBase):
    """Unpacked bytes of a file as a stream, refused beyond the limit."""

    def __init__(self, path: Path, file: IO[bytes]):
        self._path, self._file, self._size = path, file, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        block = self._file.read(len(buffer))
        buffer[: len(block)] = block
        self._size += len(block)
        _refuse_large(self._path, self._size)
        return len(block)


@contextlib.contextmanager
def open_text(path: Path, encoding: str) -> Iterator[IO[str]]:
    """The text of a file; bytes that its encoding does not have become the replacement character."""
    with _unpacked(path) as file:
        stream = io.BufferedReader(_Limited(path, file), _BLOCK)
        try:
            yield io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
        except UnicodeError as error:
            raise InputError(f"{path.name}: is not {encoding} text ({error})") from None
