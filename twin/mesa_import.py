"""Mesa, without the wait for its spaces: they bring networkx and SciPy's spatial part, more than half of its import.

The twin uses none of them. Their code runs when somebody first asks for anything in them. Mesa also asks `inspect` for
all frames with the lines of their source, to learn two names; it is given the frames without the lines.
"""

import inspect
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from types import FrameType, ModuleType
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


def _outer_frames(frame: FrameType | None, context: int = 1) -> list[inspect.FrameInfo]:
    """The frame and all that led to it, without lines of source."""
    found = []
    while frame is not None:
        found.append(
            inspect.FrameInfo(frame, frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name, None, None)
        )
        frame = frame.f_back
    return found


@contextmanager
def _in_short() -> Iterator[None]:
    whole = inspect.getouterframes
    sys.meta_path.insert(0, _Finder)
    inspect.getouterframes = _outer_frames
    try:
        yield
    finally:
        inspect.getouterframes = whole
        sys.meta_path.remove(_Finder)


with _in_short():
    import mesa

__all__ = ["mesa"]
