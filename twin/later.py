"""Libraries that wait for their first use: pandas takes half a second to import, and a run needs none of it.

    from twin.later import pd

An annotation that names them must not be looked at while a module is imported: `from __future__ import annotations`.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any


class Later:
    """Stands for a module, or for something in it, and imports it when it is used."""

    __spec__ = None

    def __init__(self, module: str, name: str = ""):
        self.__dict__.update(_module=module, _name=name)

    def _wanted(self) -> Any:
        if sys.modules.get(self._module) is self:  # it stands where the module will stand
            del sys.modules[self._module]
        module = import_module(self._module)
        return getattr(module, self._name) if self._name else module

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wanted(), name)

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self._wanted()(*args, **options)

    def __repr__(self) -> str:
        return f"<{'.'.join(filter(None, (self._module, self._name)))}, imported when it is used>"


if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Later("pandas")
