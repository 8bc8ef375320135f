"""Mesa, without the wait for what the twin seldom or never uses: more than half of its import.

- Its spaces bring networkx and SciPy's spatial part. Their code runs when somebody first asks for anything in them.
- Its tables bring pandas, its batches a progress bar. Mesa is given something that imports them at their first use; all
  others import them as usual.
- It asks `inspect` for all frames with the lines of their source, to learn two names. It is given the frames without.
"""

import inspect
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from types import FrameType, ModuleType, SimpleNamespace
from typing import Any

from twin.later import Later

DEFERRED = ("networkx", "mesa.experimental")
"""Modules whose code waits, whoever imports them."""


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


def _stand_ins() -> dict[str, Any]:
    """What Mesa finds under the names of modules, if nobody has imported them yet."""
    found = {"pandas": Later("pandas"), "tqdm.auto": SimpleNamespace(tqdm=Later("tqdm.auto", "tqdm"))}
    return {name: stand_in for name, stand_in in found.items() if name not in sys.modules}


@contextmanager
def _in_short() -> Iterator[None]:
    whole, stand_ins = inspect.getouterframes, _stand_ins()
    sys.meta_path.insert(0, _Finder)
    sys.modules.update(stand_ins)
    inspect.getouterframes = _outer_frames
    try:
        yield
    finally:
        inspect.getouterframes = whole
        sys.meta_path.remove(_Finder)
        for name, stand_in in stand_ins.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]


with _in_short():
    import mesa

__all__ = ["mesa"]
