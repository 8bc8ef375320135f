"""Mesa, without the wait for its spaces: they bring networkx and SciPy's spatial part, more than half of its import.

The twin uses none of them. Their code runs when somebody first asks for anything in them.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

DEFERRED = ("networkx", "mesa.experimental")


class _Waiting(ModuleType):
    """A module that is read from its file when something is asked of it that it does not have yet.

    The `LazyLoader` of Python's library reads it as soon as anybody looks at all modules, as Mesa does by `inspect`.
    """

    def __getattr__(self, name: str) -> Any:
        spec = self.__spec__
        assert spec is not None
        assert isinstance(spec.loader, _Deferred)
        self.__class__ = ModuleType  # type: ignore[assignment]
        self.__loader__ = spec.loader = spec.loader.loader
        spec.loader.exec_module(self)
        return getattr(self, name)


class _Deferred(Loader):
    def __init__(self, loader: Loader):
        self.loader = loader

    def create_module(self, spec: ModuleSpec) -> None:
        """As usual."""

    def exec_module(self, module: ModuleType) -> None:
        module.__class__ = _Waiting


class _Finder(PathFinder):
    """Finds the modules that are to wait."""

    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = super().find_spec(fullname, path, target) if fullname in DEFERRED else None
        if spec is not None and spec.loader is not None:
            spec.loader = _Deferred(spec.loader)
        return spec


@contextmanager
def _deferring() -> Iterator[None]:
    sys.meta_path.insert(0, _Finder)
    try:
        yield
    finally:
        sys.meta_path.remove(_Finder)


with _deferring():
    import mesa

__all__ = ["mesa"]
