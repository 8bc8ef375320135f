"""What a heading means; the known ones are in headings.toml."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from calibration.history.mapping import SHARES

_SHARED = ("offered", "answered", "abandoned", "blocked", "answered_in_time", "within_s", "service_level",
           "abandonment_share", "asa_s", "wait_answered_s", "aht_s", "handle_s")  # fmt: skip


def _load() -> tuple[dict[str, dict[str, str]], dict[str, list[str]], set[str]]:
    """Target of each heading by kind of file, the words of outcomes, and headings that give way to others."""
    raw = tomllib.loads(files("calibration.history").joinpath("headings.toml").read_text("utf-8"))
    words = {
        section: {target: [" ".join(name.split()) for name in names.split(";")] for target, names in content.items()}
        for section, content in raw.items()
    }
    outcomes = words.pop("outcomes")
    weak = words.pop("weak")["headings"]
    words["months"] |= {target: words["intervals"][target] for target in _SHARED}
    known = {
        kind: {name: target for target, names in content.items() for name in names} for kind, content in words.items()
    }
    for names in known.values():
        names |= {_terse(name): target for name, target in names.items() if _terse(name) not in names}
    return known, outcomes, set(weak)


def _terse(text: str) -> str:
    """Without Italian's small words: "tempo di attesa totale" is "tempo attesa totale"."""
    return re.sub(r" (?:di|del|dello|della|dei|degli|delle|al|alla|alle)(?= )", "", text)


KNOWN, OUTCOME_WORDS, WEAK = _load()
_UNIT = re.compile(
    r"[\s_(\[]+(ms|msec|milliseconds|s|sec|secs|seconds|secondi|min|minutes|minuti|h|hours|ore|hh mm ss|mm ss|hhmmss)$"
)
_UNIT_OF = {"ms": "ms", "msec": "ms", "milliseconds": "ms", "min": "min", "minutes": "min", "minuti": "min", "h": "h",
            "hours": "h", "ore": "h"}  # fmt: skip
_THRESHOLD = re.compile(r"\b(\d{1,3})\s*(s|sec|secs|second|seconds|secondi|min|minutes|minuti)?\b")
_METRIC = re.compile(r"(?:(.*)[. ])?(t[A-Z][A-Za-z]+)(?:[ ._](?:stats[ ._])?([a-z]+))?")
"""A duration of Genesys Cloud's metrics, with the statistic after it: tTalk, tTalk.sum, stats.tAnswered_count."""
_NO_SUM = {"avg", "average", "mean", "min", "max"}


@dataclass(frozen=True)
class Meaning:
    """What a heading says."""

    target: str
    unit: str | None = None
    """Unit of plain numbers, where the heading names it."""
    within_s: float | None = None
    """[s] a threshold within the heading ("answered_20s")."""
    is_percent: bool = False


@lru_cache(maxsize=10_000)
def plain(heading: str) -> str:
    """A heading in small letters without accents and signs; "%" is the word percent."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading) if not heading.isupper() else heading
    text = unicodedata.normalize("NFKD", text.replace("%", " percent ")).casefold()
    text = "".join(char for char in text if not unicodedata.combining(char))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text).split())


@lru_cache(maxsize=30_000)
def meaning(heading: str, kind: str) -> Meaning | None:
    """What a heading means in a file of this kind; None if it is not known."""
    known, is_percent = KNOWN[kind], "%" in heading
    if metric := _METRIC.fullmatch(heading.strip()):
        before = _NO_SUM & set(plain(metric[1] or "").split())
        return None if before else _metric(plain(metric[2]), metric[3] or "sum", known)
    last = plain(heading.rpartition(".")[2])  # Agent.AfterContactWorkDuration
    for text in [*_forms(plain(heading)), *([last] if " " in last else [])]:
        for name in (text, text.replace(" ", "")):
            if name in known:
                return Meaning(known[name], None, None, is_percent)
        bare = text.replace("percent", "").strip()
        for name in (f"percent {bare}", f"{bare} percent", bare) if is_percent else ():
            if name in known and (name != bare or known[name] in SHARES):
                return Meaning(known[name], None, None, is_percent)
        if (unit := _UNIT.search(text)) and (short := text[: unit.start()]) in known:
            return Meaning(known[short], _UNIT_OF.get(unit[1], "s"), None, is_percent)
    return _with_threshold(plain(heading), kind, is_percent)


def _metric(name: str, statistic: str, known: dict[str, str]) -> Meaning | None:
    """Sum [ms] or count of one of Genesys Cloud's durations; its least, largest and mean values are not read."""
    if statistic == "sum" and name in known:
        return Meaning(known[name], "ms")
    counted = f"{name} count"
    return Meaning(known[counted]) if statistic == "count" and counted in known else None


def _forms(text: str) -> list[str]:
    """The heading itself, then without "numero" or "total" before it or "count" after it, and without "di"."""
    around = r"^(?:n|nr|num|numero|no|tot|totale|total) | (?:count|numero|number)$"
    return [form for one in dict.fromkeys([text, _terse(text)]) for form in (one, re.sub(around, "", one))]


def _with_threshold(text: str, kind: str, is_percent: bool) -> Meaning | None:
    """ "answered_20s", "risposte entro 20 sec", "Service level 20 seconds", "% in soglia 20 s", "SL 80/20"."""
    if kind == "calls" or not (numbers := _THRESHOLD.findall(text)):
        return None
    value, unit = numbers[-1]
    within = float(value) * (60.0 if unit.startswith("min") else 1.0)
    words = " ".join(re.sub(_THRESHOLD, " ", text).split())
    target = KNOWN[kind].get(words) or KNOWN[kind].get(re.sub(r" (?:in|entro|within|sotto|under|i|gli)$", "", words))
    if target in ("answered", "answered_in_time"):
        return Meaning("service_level" if is_percent else "answered_in_time", None, within, is_percent)
    if words in ("percent answered", "percent answered within", "percent risposte entro", "percent risposte"):
        return Meaning("service_level", None, within, True)
    return Meaning("service_level", None, within, is_percent) if target == "service_level" else None
