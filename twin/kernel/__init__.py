"""The event kernel: numpy and numba only, imports nothing else of ours.

Numba keys its disk cache by the file of each function and does not notice a change of a callee in another file. So the
cache folder is named by a hash of the kernel's sources (it must be set before numba is first imported), and compiled
code of another package is kept in a folder within, named by a hash of that package's sources (`cache_of`).
"""

import contextlib
import functools
import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import platformdirs

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None  # type: ignore[assignment]

_ROOT = Path(__file__).parent.parent
_KERNEL = sorted((_ROOT / "kernel").glob("*.py"))
_PEOPLE = sorted((_ROOT / "people").glob("*.py"))


def _hash_of(paths: list[Path]) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for path in paths:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    for switch in ("NUMBA_BOUNDSCHECK", "NUMBA_OPT", "NUMBA_DISABLE_JIT"):
        digest.update(os.environ.get(switch, "").encode())
    return digest.hexdigest()


CODE = _hash_of(_KERNEL + _PEOPLE)
"""Hash of the kernel's and the people's sources; part of every result's identity."""


def _choose_cache() -> Path:
    given = os.environ.get("NUMBA_CACHE_DIR")
    base = Path(given) if given else platformdirs.user_cache_path("caring-twin") / "numba"
    code = _hash_of(_KERNEL)
    folder = base if base.name == code else base / code
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    if "numba" in sys.modules:
        sys.modules["numba"].config.CACHE_DIR = str(folder)
    return folder


CACHE = _choose_cache()
"""Folder of the kernel's compiled code."""


@functools.cache
def cache_of(package: Path) -> str:
    """Folder for the compiled code of the package in this directory: a change there leaves the kernel's as it is."""
    if package == _ROOT / "kernel":
        return str(CACHE)
    return str(CACHE / f"{package.name}-{_hash_of(sorted(package.glob('*.py')))}")


def is_compiled() -> bool:
    """Whether an earlier run left compiled code of exactly these sources."""
    return (CACHE / "warm").exists()


@contextlib.contextmanager
def one_compiles() -> Iterator[None]:
    """Processes that find nothing compiled take turns: the first one compiles, the others then find it done."""
    if fcntl is None:
        yield
        return
    try:
        CACHE.mkdir(parents=True, exist_ok=True)
        lock = (CACHE / "lock").open("w")
    except OSError:  # a read-only home, see `mark_compiled`
        yield
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # let go when the file is closed, or the process ends
        yield


def mark_compiled() -> None:
    """Remember that the main loop has been compiled into the cache."""
    try:
        CACHE.mkdir(parents=True, exist_ok=True)
        (CACHE / "warm").touch()
    except OSError:  # a read-only home: every process compiles anew, nothing breaks
        return
