"""Identity of the code that makes a run: kept runs of other code are not gone on with, workers with other code refused.

The version alone does not tell it: between two releases it stays, while the code moves on.
"""

import hashlib
from pathlib import Path

import twin
from twin import __version__
from twin.kernel import CODE

_NO_PART_OF_A_RUN = ("ui", "commands", "kpi")
"""What shows runs, or works out KPIs of what they have counted."""


def hash_of_sources(package: Path) -> str:
    """Of all modules of the model's package but those that only show what it does."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(package.rglob("*.py")):
        place = path.relative_to(package)
        if place.parts[0] not in _NO_PART_OF_A_RUN:
            digest.update(place.as_posix().encode())
            digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


RUN_CODE = f"{__version__}-{CODE}-{hash_of_sources(Path(twin.__file__).parent)}"
"""Version, kernel with its switches, sources."""
