"""Where the kernel's time goes, by function: sampled by Linux `perf`, addresses mapped to functions with `objdump`.

The compiled main loop is one object with all that it calls. Numba keeps it in its cache; the address at which it was
loaded is known from one of its functions, so an address in it belongs to the last function that begins before it.

    python -m benchmarks.hotspots w1 --days 14
    python -m benchmarks.hotspots w2b --days 20
"""

import argparse
import os
import pickle
import re
import signal
import subprocess
import tempfile
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.ours import _compile, w1_scenario, w2_scenario
from benchmarks.workloads import load_workload
from twin.errors import RunError
from twin.kernel import CACHE
from twin.kernel.run import run_lean
from twin.model import CallCentre
from twin.scenario.schema import Scenario

HERTZ = 5000
LONGEST = 20_000  # bytes of the last function, at most


def sampled(scenario: Scenario, days: int, folder: Path) -> Counter[int]:
    """Addresses at which a run of so many days was found, and how often."""
    model = CallCentre(scenario, days=days)
    data = folder / "perf.data"
    command = ["perf", "record", "-q", "-F", str(HERTZ), "-o", str(data), "-p", str(os.getpid())]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as perf:
        time.sleep(0.5)
        model.run()
        perf.send_signal(signal.SIGINT)
    model.close()
    text = subprocess.run(["perf", "script", "-i", data, "-F", "ip"], capture_output=True, text=True, check=True).stdout
    return Counter(int(address, 16) for address in text.split())


def functions_of(code: bytes, folder: Path) -> list[tuple[int, str]]:
    """Where the functions of an object file begin, and their names."""
    file = folder / "run.o"
    file.write_bytes(code)
    table = subprocess.run(["objdump", "-t", file], capture_output=True, text=True, check=True).stdout
    rows = (line.split() for line in table.splitlines())
    return sorted((int(row[0], 16), row[-1]) for row in rows if ".ltext" in row and "F" in row)


def kept_code() -> bytes:
    """The machine code of the main loop without rare rules, which w1 and w2b run, from Numba's cache."""
    files = sorted(CACHE.rglob("run.run_lean-*.nbc"), key=lambda file: file.stat().st_mtime)
    found = [code for file in files for code in _objects_in(pickle.loads(file.read_bytes()))]
    if not found:
        raise RunError(f"hotspots: no compiled main loop in {CACHE}, must be compiled by `twin warm` first")
    return found[-1]


def _objects_in(thing: Any) -> Iterator[bytes]:
    if isinstance(thing, bytes) and thing.startswith(b"\x7fELF"):
        yield thing
    elif isinstance(thing, tuple | list):
        for part in thing:
            yield from _objects_in(part)


def hotspots(workload: str, days: int) -> tuple[Counter[str], int]:
    """Samples by function of the kernel, and those elsewhere: arrivals, libraries, clearing of memory."""
    spec = load_workload(workload)
    scenario = w1_scenario(spec) if workload == "w1" else w2_scenario(spec)
    _compile(scenario)
    with tempfile.TemporaryDirectory() as name:
        samples = sampled(scenario, days, Path(name))
        functions = functions_of(kept_code(), Path(name))
    compiled = next(iter(run_lean.overloads.values()))
    entry = compiled.fndesc.llvm_func_name
    loaded_at = compiled.library.get_pointer_to_function(entry) - next(at for at, name in functions if name == entry)
    starts = [at for at, _ in functions]
    by_function: Counter[str] = Counter()
    for address, n in samples.items():
        if 0 <= (place := address - loaded_at) < starts[-1] + LONGEST:
            by_function[_plain(functions[bisect_right(starts, place) - 1][1])] += n
    return by_function, samples.total() - by_function.total()


def _plain(symbol: str) -> str:
    """`kernel.shifts.on_talk_end` of a mangled name."""
    parts = re.match(r"_ZN((?:\d+[a-zA-Z_]\w*?)+?)B", symbol)
    if parts is None:
        return symbol[:40]
    rest, names = parts[1], []
    while digits := re.match(r"\d+", rest):
        end = digits.end() + int(digits[0])
        names.append(rest[digits.end() : end])
        rest = rest[end:]
    return ".".join(names[1:])


def main(arguments: list[str] | None = None) -> None:
    """Print the functions that take the most time."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hotspots", description="Where the kernel's time goes.")
    parser.add_argument("workload", choices=["w1", "w2b"])
    parser.add_argument("--days", type=int, default=20)
    args = parser.parse_args(arguments)
    by_function, n_elsewhere = hotspots(args.workload, args.days)
    print(f"{by_function.total()} samples in the kernel, {n_elsewhere} elsewhere")
    for name, n in by_function.most_common(16):
        print(f"{n / by_function.total():6.1%}  {name}")


if __name__ == "__main__":
    main()
