"""The event kernel: numpy and numba only, imports nothing else of ours.

Numba keys its disk cache by the file of each function and does not notice a change of a callee in another file. So the
cache folder is named by a hash of every source with compiled code; it must be set before numba is first imported.
"""

import hashlib
import os
import sys
from pathlib import Path

import platformdirs

_ROOT = Path(__file__).parent.parent
_KERNEL = sorted((_ROOT / "kernel").glob("*.py"))
_PEOPLE = [_ROOT / "people" / f"{name}.py" for name in ("states", "lives", "births", "needs", "memory")]


def _hash_of(paths: list[Path]) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for path in paths:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    for switch in ("NUMBA_BOUNDSCHECK", "NUMBA_OPT", "NUMBA_DISABLE_JIT"):
        digest.update(os.environ.get(switch, "").encode())
    return digest.hexdigest()


CODE = _hash_of(_KERNEL + _PEOPLE)
"""Hash of all compiled sources; part of every result's identity."""


def _choose_cache() -> Path:
    given = os.environ.get("NUMBA_CACHE_DIR")
    base = Path(given) if given else platformdirs.user_cache_path("caring-twin") / "numba"
    folder = base if base.name == CODE else base / CODE
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    if "numba" in sys.modules:
        sys.modules["numba"].config.CACHE_DIR = str(folder)
    return folder


CACHE = _choose_cache()
"""Folder of the compiled code of these sources."""


def is_compiled() -> bool:
    """Whether an earlier run left compiled code of exactly these sources."""
    return (CACHE / "warm").exists()


def mark_compiled() -> None:
    """Remember that the main loop has been compiled into the cache."""
    try:
        CACHE.mkdir(parents=True, exist_ok=True)
        (CACHE / "warm").touch()
    except OSError:  # a read-only home: every process compiles anew, nothing breaks
        return
