"""What it takes to save a model in the middle of its second day, and to load it again: time, size and memory.

python -m benchmarks.saving reference national      # 1.05 and 10.5 million customers; some 2 GB for the latter
"""

import argparse
import multiprocessing
import resource
import tempfile
import time
from pathlib import Path

from twin.model import CallCentre
from twin.scenario.load import load_scenario

DAY = 86400.0


def peak() -> float:
    """Most memory that this process has had [MB]."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def save(size: str, file: Path) -> dict[str, float]:
    """Build, run and save a centre."""
    began = time.process_time()
    model = CallCentre(load_scenario("187-to-be", {"size": size, "run.warm_up": 0}), seed=3, days=2)
    built = time.process_time()
    model.run_until(1.5 * DAY)
    before, ran = peak(), time.process_time()
    model.save(file)
    figures = {"customers": float(model.demand.store.n), "build s": built - began, "save s": time.process_time() - ran}
    return figures | {"file MB": file.stat().st_size / 1e6, "memory MB before": before, "memory MB after": peak()}


def load(file: Path) -> dict[str, float]:
    """Load it in a process of its own, and go on for an hour."""
    began = time.process_time()
    model = CallCentre.load(file)
    loaded, most = time.process_time(), peak()
    model.run_until(model.now + 3600.0)
    return {"load s": loaded - began, "memory MB of loading": most}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", default=["reference"], choices=["tiny", "reference", "national"])
    for size in parser.parse_args().sizes:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "run.twin"
            context = multiprocessing.get_context("spawn")
            with context.Pool(1, maxtasksperchild=1) as pool:
                figures = pool.apply(save, (size, file)) | pool.apply(load, (file,))
        print(f"{size}: " + ", ".join(f"{name} {value:,.2f}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
