"""What a fit asks of a problem, whatever is fitted to what."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from calibration.fit.parameters import Box


class Fittable(Protocol):
    """What is fitted to what: days (`Problem`), months, published figures (`calibration.months`)."""

    @property
    def resolved(self) -> Mapping[str, Any]: ...
    @property
    def box(self) -> Box: ...
    @property
    def seed(self) -> int: ...
    @property
    def names(self) -> tuple[str, ...]:
        """Of the summaries."""
        ...

    @property
    def observed(self) -> np.ndarray: ...
    @property
    def model_error(self) -> np.ndarray: ...
    def summary(self, z: np.ndarray, replication: int) -> np.ndarray: ...
    def record(self, z: np.ndarray, replication: int) -> Any: ...
