"""Who loses by the change and who wins, cluster by cluster, in words with intervals."""

from typing import NamedTuple

from experiments.compare.comparison import Balance, Comparison, balances
from experiments.compare.measures import NARROW, shown
from experiments.compare.paired import NO_DIFFERENCE

_WORDS = {
    "in_target": ("more answered in target time", "fewer answered in target time"),
    "sl20": ("more answered within 20 s", "fewer answered within 20 s"),
    "mean_wait": ("shorter waits", "longer waits"),
    "fcr": ("more resolved at first contact", "fewer resolved at first contact"),
    "csi": ("higher satisfaction", "lower satisfaction"),
}
_NOUNS = {"in_target": "in target time", "sl20": "within 20 s", "mean_wait": "wait", "fcr": "FCR", "csi": "CSI"}
_HEADS = {"pays": "Loses", "mixed": "Loses and wins", "wins": "Wins", NO_DIFFERENCE: "No difference shown"}
NOBODY_LOSES = "No cluster is shown to lose in what its customers feel."


class Line(NamedTuple):
    """One cluster."""

    head: str
    """Loses, Loses and wins, Wins, No difference shown."""
    cluster: str
    text: str


def who_lines(comparison: Comparison) -> list[Line]:
    """Losers first; nothing where there are not two clusters, or no intervals."""
    if comparison.replications < 2 or len(comparison.groups("cluster")) < 2:
        return []
    found = balances(comparison)
    return [_line(comparison, balance) for word in _HEADS for balance in found if balance.word == word]


def who_sentence(comparison: Comparison) -> str:
    """How many lose: one sentence above the list."""
    lines = who_lines(comparison)
    if not lines:
        return ""
    names = {head: [line.cluster for line in lines if line.head == head] for head in _HEADS.values()}
    loses, both = names["Loses"], names["Loses and wins"]
    if not loses and not both:
        return NOBODY_LOSES
    n = len(lines)
    text = [f"{len(loses)} of {n} clusters lose by the change to {comparison.b.label}"]
    if both:
        text.append(f"{len(both)} lose something and win something")
    text.append(f"{len(names['Wins'])} win" if names["Wins"] else "none only wins" if both else "none wins")
    return ", ".join(text) + "."


def _line(comparison: Comparison, balance: Balance) -> Line:
    worse = [_effect(comparison, balance.group, name, 1) for name in balance.worse]
    better = [_effect(comparison, balance.group, name, 0) for name in balance.better]
    text = " but ".join(", ".join(part) for part in (worse, better) if part)
    if not text:
        known = [n for n in comparison.felt if comparison.row(n, "cluster", balance.group) is not None]
        text = ", ".join(f"{_NOUNS[n]} {_interval(comparison, balance.group, n)}" for n in known)
    return Line(_HEADS[balance.word], comparison.title("cluster", balance.group), text)


def _effect(comparison: Comparison, group: str, name: str, which: int) -> str:
    return f"{_WORDS[name][which]} ({_interval(comparison, group, name)})"


def _interval(comparison: Comparison, group: str, name: str) -> str:
    row = comparison.row(name, "cluster", group)
    text = shown(row).difference.replace(" ± ", f"{NARROW}±{NARROW}")
    return f"{text} points" if name == "csi" else text
