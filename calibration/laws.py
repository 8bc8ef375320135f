"""The laws of the scenario `bank-1999` as the log tells them up to a date: what an origin in the past may know.

The library's own are those of January to May; tried on months of the fit, they would know what is to be foretold.
"""

import copy
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from calibration import bank
from calibration.operators import KNOWN_UNTIL, known_crew, staffing_by_group
from calibration.told import told_patience

LAW_OF = {"PS": "PS", "PE": "PS", "TT": "PS", "NE": "NE", "NW": "NW"}
"""Type of call -> line whose patience it shares."""


@functools.lru_cache(maxsize=8)
def known_laws(folder: Path, until: str = KNOWN_UNTIL) -> Mapping[str, Any]:
    """`parameters.json` as far as the scenario takes it, from the calls up to a date."""
    calls = bank.read_calls(folder)
    months = calls["date"].str[:7].isin(bank.FIT_MONTHS) & (calls["date"] != bank.SURGE_DAY)
    known = calls[months & (calls["date"] <= until)]
    offered = known[known["is_offered"] & (known["group"] == "main")].reset_index(drop=True)
    staffing = staffing_by_group(folder, sorted(offered["date"].unique()), known_crew(folder, until))
    lines = told_patience(offered, staffing)
    return bank.estimate(known) | {"patience_told": {"line_handle_s": bank.LINE_HANDLE, "lines": lines}}


def with_laws(resolved: Mapping[str, Any], laws: Mapping[str, Any]) -> dict[str, Any]:
    """The resolved scenario with these laws in place of its own; wrap-up stays, which is fitted."""
    tree = copy.deepcopy(dict(resolved))
    told, handle = laws["patience_told"]["lines"], laws["patience_told"]["line_handle_s"]
    for name, intent in tree["intents"].items():
        kind, priority = name.split("-")
        talk, line = laws["talk"][kind], LAW_OF[kind]
        group = "NW" if line == "NW" else f"{line}_{priority}"
        intent["talk"] = intent["talk"] | {"mu": float(talk["mu"]), "sigma": float(talk["sigma"])}
        intent["talk"]["mass"] = intent["talk"]["mass"] | {"share": float(talk["short_share"])}
        intent["talk_factors"] = [float(factor) for factor in laws["talk_hours"]["factors"]]
        rates = told[line]["groups"][group]["hazard_per_s"]
        intent["patience"] = intent["patience"] | {"rates": [f"{float(rate)!r} /s" for rate in rates]}
    for kind, line in LAW_OF.items():
        factor = tree["queues"][kind]["waiting"]["announcement"]["patience_factor"]
        factor["waits"] = [f"{float(at) * handle[line]!r} s" for at in told[line]["at"]]
        factor["values"] = [float(value) for value in told[line]["factors"]]
        share = float(laws["high_share"][kind]["share"])
        tree["demand"]["split"][f"{kind}/unrecorded"] = {f"{kind}-high": share, f"{kind}-regular": 1.0 - share}
    return tree
