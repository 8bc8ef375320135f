"""Both 187 models with every effect taken away: what is left of the difference is names."""

from typing import Any

from experiments.compare.side import Side
from twin.scenario.load import load
from twin.scenario.merge import parse_key

GROUPS = ("post-sales", "caring", "sales", "retention", "outsourcer")
NEUTRAL: dict[str, Any] = {
    "run.warm_up": 2,
    "abilities.fcr": {"primary": 0.0, "secondary": 0.0, "none": 0.0},  # no effect of match or novelty
    "abilities.handle": {"primary": 1.0, "secondary": 1.0, "none": 1.0},
    "abilities.novice_fcr": 0.0,
    "abilities.novice_handle": 0.0,
    "satisfaction.ability_slope": 0.0,
    "customers.lives.leaving.saved_matched": 0.2,  # who answers a cancellation keeps as many as anybody else
    "customers.lives.leaving.saved_other": 0.2,
    "routing.stages": [{"level": "primary"}],
}
LEFT_OUT = ("migration", "priorities", "routing.owner_wait")  # first come, first served, by people who stay
NAMES = {"name", "title", "description", "queues", "skills", "routes", "shifts", "groups", "routing"}
"""Parts in which the neutral models still differ: by the names of queues, codes and skills, and unused shifts."""


def neutral(name: str, label: str = "", **changes: Any) -> Side:
    """A model with one pool of people who can do everything, on the same shifts, without priorities or effects."""
    resolved = load(name, {"size": "tiny"}).resolved
    routed = [hold["skill"] if isinstance(hold, dict) else hold for r in resolved["routes"] for hold in r["skills"]]
    for key in LEFT_OUT:
        table, last = _place(resolved, key)
        table.pop(last, None)
    for group in GROUPS:
        own = resolved["groups"][group]
        own |= {"skills": dict.fromkeys(sorted(set(routed)), "primary"), "shift": "outsourcer"}
        for key in ("primary", "further"):
            own.pop(key, None)
    for key, value in (NEUTRAL | changes).items():
        table, last = _place(resolved, key)
        table[last] = value
    return Side.from_manifest(label or name, resolved, ())


def _place(resolved: dict[str, Any], key: str) -> tuple[Any, Any]:
    *path, last = parse_key(key) or ()
    node: Any = resolved
    for part in path:
        node = node[part]
    return node, last
