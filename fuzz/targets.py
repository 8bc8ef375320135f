"""What is fuzzed: for each reader real files to start from, what it does with bytes, what must hold of the answer."""

import gzip
import io
import json
import math
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from calibration.history.mapping import as_toml, load_mapping
from calibration.history.reader import read_files
from calibration.history.summary import as_dict
from calibration.proof.stored import read_stored
from experiments.sweep.study import Plan
from twin.errors import ScenarioError, TwinError
from twin.model import CallCentre
from twin.scenario.explain import explain_lines
from twin.scenario.files import LIBRARY, library_names
from twin.scenario.load import load, load_scenario, scenario_from_dict
from twin.ui.work.history import check_unpacked, keep_history
from twin.ui.work.scenarios import keep_upload

ROOT = Path(__file__).parents[1]
MOST_SENTENCE = 4000  # [characters]


class WrongAnswer(AssertionError):
    """The reader has answered, and the answer cannot be right."""


@dataclass(frozen=True)
class Target:
    """One reader."""

    seeds: Callable[[], list[bytes]]
    """Real files."""
    read: Callable[[bytes, Path], None]
    """Give the bytes to the reader, in an empty folder; raises `WrongAnswer`, or what the reader lets through."""


def sentence(error: TwinError, content: bytes = b"") -> None:
    """What a reader says must be sentences for people; names out of the file may be as long as the file."""
    problems = error.problems if isinstance(error, ScenarioError) else [str(error)]
    if not problems:
        raise WrongAnswer("refused without a sentence")
    for problem in problems:
        if not problem.strip() or "Traceback" in problem or len(problem) > MOST_SENTENCE + 2 * len(content):
            raise WrongAnswer(f"a sentence is {problem[:300]!r} ({len(problem)} characters)")


# ---- scenarios -------------------------------------------------------------------------------------------------------


def _scenarios() -> list[bytes]:
    small = [name for name in library_names() if not name.startswith("187")]
    own = b'extends = "187-to-be"\n[groups.in-house]\ncount = 12\n[customers]\nbase = 40000\n'
    return [(LIBRARY / f"{name}.toml").read_bytes() for name in small] + [own]


def _scenario(content: bytes, folder: Path) -> None:
    """A scenario that is accepted is the one that its resolved values give, and can be told in words."""
    path = folder / "own.toml"
    path.write_bytes(content)
    try:
        loaded = load(path)
    except TwinError as error:
        sentence(error, content)
        return
    if scenario_from_dict(json.loads(json.dumps(loaded.resolved))) != loaded.scenario:
        raise WrongAnswer("the resolved values give another scenario")
    if not explain_lines(loaded):
        raise WrongAnswer("the scenario cannot be told in words")


def _upload(content: bytes, folder: Path) -> None:
    """As the screen takes it: nothing is left of a scenario that is refused, and nothing lies elsewhere."""
    inside = folder / "session"
    inside.mkdir(exist_ok=True)
    try:
        path = keep_upload("../../own.toml", content, inside)
    except TwinError as error:
        sentence(error, content)
        if any(inside.iterdir()):
            raise WrongAnswer("a refused scenario is kept") from None
        return
    if path.parent != inside or [entry.name for entry in folder.iterdir()] != ["session"]:
        raise WrongAnswer(f"it was kept as {path}")


# ---- history ---------------------------------------------------------------------------------------------------------

CALLS = (
    "Data ora;Servizio;Coda;Attesa;Esito;Durata\n"
    "31/12/2012 10:00:01;187;A;5;Risposta;129\n31/12/2012 10:00:40;187;B;61;Abbandono;\n"
    "01/01/2013 00:00:00;187;A;0;Risposta;00:03:12\n"
)
MONTHS = "Mese;Offerte;Risposte;AHT;CSI\n01/2013;120000;110000;3m12s;71,5\n02/2013;118000;101000;190;70\n"
WIDE = "Data,08:00,08:30,09:00\n2013-03-04,12,15,9\n2013-03-05,11,,8\n"


def _report() -> bytes:
    return (ROOT / "docs" / "examples" / "report-aprile.csv").read_bytes()


@cache
def _histories() -> list[bytes]:
    """The same report as text, in UTF-16, packed, as Parquet and as a workbook; and reports of other kinds."""
    report = b"\n".join(_report().split(b"\n")[:60]) + b"\n"
    table = pd.read_csv(io.BytesIO(report), sep=";", decimal=",")
    parquet, book = io.BytesIO(), io.BytesIO()
    table.to_parquet(parquet)
    texts = [report, report.decode().encode("utf-16"), CALLS.encode(), MONTHS.encode("cp1252"), WIDE.encode()]
    packed = [gzip.compress(report), parquet.getvalue()]
    try:
        table.head(12).to_excel(book, index=False)
        packed.append(book.getvalue())
    except ImportError:  # no openpyxl: without the workbook
        pass
    return texts + packed


def _history(content: bytes, folder: Path) -> None:
    """Every row is accounted for, no number is negative or infinite, and the summary is JSON."""
    path = keep_history("../x.csv", content, folder)
    try:
        check_unpacked(path)
        reading = read_files(path)
    except TwinError as error:
        sentence(error, content)
        return
    _check_reading(reading)


def _check_reading(reading: object) -> None:
    from calibration.history.reader import Reading

    assert isinstance(reading, Reading)
    history, quality = reading.history, reading.history.quality
    if quality.n_read != quality.n_kept + len(quality.rejected) + len(quality.left_out):
        raise WrongAnswer(f"{quality.n_read} rows read, {quality.n_kept} kept, the rest is not told of")
    for name in ("calls", "intervals", "months"):
        table = getattr(history, name)
        if table is None:
            continue
        numbers = table.select_dtypes("number")
        if not numbers.empty and (numbers.abs() == math.inf).to_numpy().any():
            raise WrongAnswer(f"{name} holds an infinite number")
        counts = [column for column in ("offered", "answered", "abandoned") if column in table]
        if counts and (table[counts] < 0).to_numpy().any():
            raise WrongAnswer(f"{name} holds a negative count")
    json.dumps(as_dict(reading), allow_nan=True)


MAPPING = """kind = "intervals"
interval_s = 1800
[file]
separator = ";"
decimal = ","
[dates]
order = "dmy"
[columns]
date = "Data"
time = "Fascia oraria"
queue = "Coda"
answered = "Risposte"
aht_s = "AHT (s)"
[units]
aht_s = "s"
[expressions]
offered = "Risposte + first(Abbandonate, 0)"
[[leave_out]]
column = "Coda"
words = ["Prova"]
reason = "a test"
"""


def _mappings() -> list[bytes]:
    shipped = (ROOT / "calibration" / "history" / "mappings").glob("*.toml")
    return [MAPPING.encode(), *(path.read_bytes() for path in sorted(shipped))]


def _mapping(content: bytes, folder: Path) -> None:
    """A mapping that is accepted is the same written back, and a report is read by it or refused."""
    path, report = folder / "own.toml", folder / "report.csv"
    path.write_bytes(content)
    report.write_bytes(b"\n".join(_report().split(b"\n")[:20]))
    try:
        mapping = load_mapping(path)
        again = folder / "again.toml"
        again.write_text(as_toml(mapping), "utf-8")
        if load_mapping(again).model_dump(exclude={"name"}) != mapping.model_dump(exclude={"name"}):
            raise WrongAnswer("the mapping written back is another one")
        _check_reading(read_files(report, mapping))
    except TwinError as error:
        sentence(error, content)


# ---- files of our own ------------------------------------------------------------------------------------------------


def _calibrations() -> list[bytes]:
    return [(ROOT / "calibration" / "proof" / "bank-log.calibration.json").read_bytes()]


def _calibration(content: bytes, folder: Path) -> None:
    try:
        read_stored(content.decode("utf-8", errors="replace"), "own.json")
    except TwinError as error:
        sentence(error, content)


def _studies() -> list[bytes]:
    from twin.ui.pages.sweeps import EXAMPLE

    return [EXAMPLE.encode()]


def _study(content: bytes, folder: Path) -> None:
    path = folder / "own.toml"
    path.write_bytes(content)
    try:
        Plan.read(path)
    except TwinError as error:
        sentence(error, content)


@cache
def _archive() -> bytes:
    model = CallCentre(load_scenario("erlang-a", {"run.days": 2, "run.warm_up": 0}), seed=11)
    path = ROOT / "fuzz" / "findings" / "seed.twin"
    path.parent.mkdir(exist_ok=True)
    try:
        model.save(path, overwrite=True)
        return path.read_bytes()
    finally:
        path.unlink(missing_ok=True)
        model.close()


def _saved(content: bytes, folder: Path) -> None:
    """A file that is not as it was saved is refused, or is still a model of whole days."""
    path = folder / "own.twin"
    path.write_bytes(content)
    try:
        model = CallCentre.load(path)
    except TwinError as error:
        sentence(error, content)
        return
    if not 0 <= model.now <= model.calendar.n_days * 86400.0:
        raise WrongAnswer(f"it stands at {model.now} s")
    model.close()


def _manifests() -> list[bytes]:
    """The manifest of a saved run; `_manifest` puts its arrays beside it."""
    with zipfile.ZipFile(io.BytesIO(_archive())) as archive:
        return [archive.read("manifest.json")]


def _manifest(content: bytes, folder: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_archive())) as given, zipfile.ZipFile(made, "w") as changed:
        for name in given.namelist():
            changed.writestr(name, content if name == "manifest.json" else given.read(name))
    _saved(made.getvalue(), folder)


TARGETS = {
    "scenario": Target(_scenarios, _scenario),
    "upload": Target(_scenarios, _upload),
    "history": Target(_histories, _history),
    "mapping": Target(_mappings, _mapping),
    "study": Target(_studies, _study),
    "calibration": Target(_calibrations, _calibration),
    "saved": Target(lambda: [_archive()], _saved),
    "manifest": Target(_manifests, _manifest),
}
