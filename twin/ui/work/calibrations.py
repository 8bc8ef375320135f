"""Finished calibrations that a reader can look at: the shipped proof, those in the server's folder, those handed in."""

from importlib.resources import files
from pathlib import Path

from calibration.proof.stored import MOST_BYTES, SUFFIX, Stored, read_stored
from twin.errors import InputError

SHIPPED = "bank-log"
"""The bank: January to May 1999 fitted, June and July forecast."""
MOST_FILES = 100


def names(folder: Path) -> list[str]:
    """The shipped proof first, then the calibrations of a folder."""
    found = sorted(path.name.removesuffix(SUFFIX) for path in folder.glob(f"*{SUFFIX}") if path.is_file())
    return list(dict.fromkeys([SHIPPED, *found[:MOST_FILES]]))


def calibration(name: str, folder: Path, handed_in: dict[str, str]) -> Stored:
    """By its name among those handed in (name, text), those shipped, those of the folder; never by a path.

    Raises
    ------
    InputError
    """
    if name in handed_in:
        return read_stored(handed_in[name], name)
    if name == SHIPPED:
        return read_stored(files("calibration.proof").joinpath(f"{SHIPPED}{SUFFIX}").read_text("utf-8"), name)
    if name not in names(folder):
        raise InputError(f"calibration is {name!r}, must be one of {', '.join(names(folder))}")
    path = folder / f"{name}{SUFFIX}"
    if path.stat().st_size > MOST_BYTES:
        raise InputError(f"{path.name}: is above {MOST_BYTES >> 20} MB, must be a file that twin calibrate has written")
    return read_stored(path.read_text("utf-8", errors="replace"), path.name)


def check_calibration(name: str, content: bytes) -> str:
    """The text of a calibration that was handed in, once it has been read.

    Raises
    ------
    InputError
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(f"{name}: is not UTF-8, must be a file that twin calibrate has written") from None
    read_stored(text, name)
    return text
