"""Whether numbers follow a normal law whose mean and standard deviation come from the same numbers."""

import numpy as np
from scipy import stats


def normality_p_value(values: np.ndarray) -> float:
    """Chance of a larger Kolmogorov-Smirnov distance from the normal law of the same mean and standard deviation.

    Lilliefors (1967), JASA 62, 399-402; the tail by Dallal & Wilkinson (1986), American Statistician 40, 294-296, the
    rest by Stephens (1974), JASA 69, 730-737, as fitted in R's `nortest`. Ties count at the middle of their step, so
    that whole seconds are not taken for a wrong law. NaN with fewer than five numbers, or where all are equal.
    """
    values = np.asarray(values, float)
    n = len(values)
    if n < 5 or not np.ptp(values) > 0:
        return float("nan")
    levels, counts = np.unique(values, return_counts=True)
    middle = (np.cumsum(counts) - counts / 2) / n
    law = stats.norm.cdf(levels, values.mean(), values.std(ddof=1))
    return _p_value(float(np.max(np.abs(law - middle))) + 0.5 / n, n)


def _p_value(distance: float, n: int) -> float:
    few = min(n, 100)
    scaled = distance if n <= 100 else distance * (n / 100) ** 0.49
    tail = np.exp(
        -7.01256 * scaled**2 * (few + 2.78019) + 2.99587 * scaled * np.sqrt(few + 2.78019)
        - 0.122119 + 0.974598 / np.sqrt(few) + 1.67997 / few
    )  # fmt: skip
    if tail <= 0.1:
        return float(tail)
    k = (np.sqrt(n) - 0.01 + 0.85 / np.sqrt(n)) * distance
    for end, polynomial in _PIECES:
        if k <= end:
            return float(np.clip(np.polyval(polynomial[::-1], k), 0.0, 1.0))
    return 0.0


_PIECES: tuple[tuple[float, tuple[float, ...]], ...] = (
    (0.302, (1.0,)),
    (0.5, (2.76773, -19.828315, 80.709644, -138.55152, 81.218052)),
    (0.9, (-4.901232, 40.662806, -97.490286, 94.029866, -32.355711)),
    (1.31, (6.198765, -19.558097, 23.186922, -12.234627, 2.423045)),
)
"""Up to this modified distance: coefficients of its powers."""
