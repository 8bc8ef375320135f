"""Work of the gallery's job."""

import time

from twin.errors import RunError


def count(report, steps, seconds):
    """Count slowly; thirteen fails."""
    for step in range(steps):
        time.sleep(seconds)
        report.progress((step + 1) / steps, "show_all", n=step + 1)
    if steps == 13:
        raise RunError("thirteen brings bad luck, try twelve")
    return f"counted to {steps}"
