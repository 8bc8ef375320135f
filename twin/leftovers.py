"""Memory of models that are done with.

A model and its agents refer to each other, so Python frees them only when it looks for garbage. It looks when enough
objects were made, however large they are: a process that runs one centre after another, each of a hundred megabytes in
few objects, would hold dozens of them. So the bytes are counted here, and Python is asked to look.
"""

import gc
from typing import Any

WORTH = 500e6
"""[bytes] built since garbage was last looked for, from which on it is: 0.1 s, less than a hundredth of their runs."""
_built = 0.0


def make_room() -> None:
    """Before a model is built: free those that nobody holds any more, if that may be worth it."""
    global _built
    if _built > WORTH:
        gc.collect()
        _built = 0.0


def built(*tables: Any) -> None:
    """A model with these tables stands; what is no table counts nothing."""
    global _built
    _built += sum(getattr(table, "nbytes", 0) for table in tables)
