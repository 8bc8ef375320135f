"""A digital twin of a telecom call centre: ``load_scenario``, ``simulate``, ``CallCentre``."""

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twin.model import CallCentre as CallCentre
    from twin.scenario.load import load_scenario as load_scenario
    from twin.simulation import simulate as simulate

try:
    __version__ = version("caring-twin")
except PackageNotFoundError:
    __version__ = "0+unknown"

_HOMES = {"load_scenario": "twin.scenario.load", "simulate": "twin.simulation", "CallCentre": "twin.model"}
__all__ = ["CallCentre", "__version__", "load_scenario", "simulate"]


def __getattr__(name: str) -> Any:
    """Import what is asked for, when it is asked for: `import twin` alone stays quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'twin' has no attribute {name!r}, must be one of {', '.join(__all__)}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
