"""Types of contact made of others while the routes are found: rows of TYPE as tuples, read and changed by column."""

from typing import Any

from twin.kernel.tables import TYPE


class TypeRows:
    """The rows of TYPE in `found`, which is what ``routes.py`` collects."""

    def __init__(self, found: Any):
        self.found = found

    def _copy(self, row: int, **changes: Any) -> int:
        """A further type like this one but for some columns; its row."""
        self.found.types.append(self.found.types[row])
        self.found.names.types.append(self.found.names.types[row])
        self._set(len(self.found.types) - 1, **changes)
        return len(self.found.types) - 1

    def _set(self, row: int, **changes: Any) -> None:
        values = dict(zip(TYPE.names or (), self.found.types[row], strict=True)) | changes
        self.found.types[row] = tuple(values.values())

    def _get(self, row: int, column: str) -> Any:
        return self.found.types[row][(TYPE.names or ()).index(column)]
