"""`python -m fuzz TARGET`: changed copies of real files, one after the other, until the time is over.

Exit 1 if a reader let an exception through, took too long or too much memory, or answered what cannot be right; the
input is kept in fuzz/findings. With --atheris the inputs come from Atheris, guided by the code that they reach.
"""

import argparse
import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FINDINGS = Path(__file__).parent / "findings"
LONGEST = 10.0  # [s] of processor time for one input
MOST_MEMORY = 3 << 30  # [bytes] of data of the whole process


class TooLong(BaseException):
    """An input takes longer than LONGEST; no reader may catch it."""


@contextlib.contextmanager
def limited_time() -> Iterator[None]:
    """Processor time, so that a busy machine is no finding."""

    def end(*_: Any) -> None:
        raise TooLong(f"took more than {LONGEST:g} s")

    signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def limit_memory() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))


def tried(target: Any, content: bytes) -> tuple[str, str] | None:
    """What went wrong, and where: the last lines of ours; None if all is well."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    try:
        with limited_time():
            target.read(content, folder)
    except (Exception, TooLong) as error:
        ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "site-packages" not in frame.filename]
        where = " < ".join(f"{Path(frame.filename).name}:{frame.name}" for frame in reversed(ours[-3:]))
        return f"{type(error).__name__}: {str(error)[:300]}", where
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return None


def keep(name: str, content: bytes) -> Path:
    FINDINGS.mkdir(exist_ok=True)
    path = FINDINGS / f"{name}-{hashlib.blake2b(content, digest_size=6).hexdigest()}"
    path.write_bytes(content)
    return path


def search(name: str, seconds: float, seed: int) -> dict[str, Any]:
    """Changed copies until the time is over; each kind of finding once, by what went wrong and where."""
    from fuzz.mutate import mutated
    from fuzz.targets import TARGETS

    target = TARGETS[name]
    seeds = target.seeds()
    chance = random.Random(f"{name}-{seed}")
    found: dict[str, dict[str, str]] = {}
    for content in seeds:
        wrong = tried(target, content)
        if wrong is not None:
            raise SystemExit(f"{name}: a real file is not read: {wrong}")
    n, slowest, began = 0, 0.0, time.monotonic()
    while time.monotonic() - began < seconds:
        content = mutated(chance.choice(seeds), seeds, chance)
        started = time.process_time()
        wrong = tried(target, content)
        slowest = max(slowest, time.process_time() - started)
        n += 1
        if wrong is not None and (place := f"{wrong[0].partition(':')[0]} {wrong[1]}") not in found:
            found[place] = {"what": wrong[0], "where": wrong[1], "input": str(keep(name, content))}
            sys.stderr.write(f"{name}: {wrong[0]}\n  {wrong[1]}\n  {found[place]['input']}\n")
    return {"target": name, "seed": seed, "inputs": n, "slowest_s": round(slowest, 2), "findings": list(found.values())}


def guided(name: str, seconds: float) -> None:
    """Atheris: the first finding ends it, with the input kept by libFuzzer."""
    import atheris

    with atheris.instrument_imports(include=["twin", "calibration", "experiments"]):
        from fuzz.targets import TARGETS
    target = TARGETS[name]
    corpus = Path(tempfile.mkdtemp(prefix="corpus-"))
    for place, content in enumerate(target.seeds()):
        (corpus / str(place)).write_bytes(content)

    def one(content: bytes) -> None:
        folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
        try:
            target.read(content, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    FINDINGS.mkdir(exist_ok=True)
    arguments = [
        f"-max_total_time={seconds:.0f}",
        "-timeout=30",
        "-max_len=65536",
        f"-artifact_prefix={FINDINGS}/{name}-",
    ]
    atheris.Setup([sys.argv[0], *arguments, str(corpus)], one)
    atheris.Fuzz()


def main() -> None:
    from_env = os.environ.get("FUZZ_SECONDS", "60")
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument(
        "target", help="scenario, upload, history, mapping, study, calibration, saved, manifest, or all"
    )
    parser.add_argument("--seconds", type=float, default=float(from_env), help="of each target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--input", type=Path, help="only this file: what the reader does with it, traceback and all")
    parser.add_argument("--atheris", action="store_true", help="inputs by Atheris (pip install atheris)")
    given = parser.parse_args()
    if given.atheris:
        guided(given.target, given.seconds)
        return
    from fuzz.targets import TARGETS

    if given.input is not None:
        TARGETS[given.target].read(given.input.read_bytes(), Path(tempfile.mkdtemp(prefix="fuzz-")))
        return
    names = list(TARGETS) if given.target == "all" else [given.target]
    for name in names:
        if name not in TARGETS:
            parser.error(f"target is {name!r}, must be all or one of {', '.join(TARGETS)}")
    limit_memory()
    told = [search(name, given.seconds, given.seed) for name in names]
    sys.stdout.write(json.dumps(told, indent=1) + "\n")
    sys.exit(any(one["findings"] for one in told))


if __name__ == "__main__":
    main()
