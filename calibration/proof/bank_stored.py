"""The bank's proof as the screen shows it first: `bank-log.calibration.json`, drawn from the published fit.

    python -m calibration.proof.bank_stored [--members 20]

Parameters and scores are those of `heldout-log.json`. The bands are drawn anew: each member takes each parameter from
its published 90 % interval, by itself (the fit's correlations are not published).
"""

import argparse
import json
from dataclasses import replace

import numpy as np
from scipy.stats import norm

from calibration import bank
from calibration.fit.identified import IDENTIFIED
from calibration.fit.parameters import Box
from calibration.proof.bank import (
    DAY,
    DRIFT,
    FIT,
    HERE,
    UNSEEN,
    full_days,
    log_case,
    odd_days,
    recorded_of,
    simulated,
)
from calibration.proof.baselines import formulas
from calibration.proof.page import Validation
from calibration.proof.stored import Parameter, Stored, forecast_of, stored
from twin.errors import InputError

FILE = HERE / "bank-log.calibration.json"
TITLE = "The anonymous bank: January to May 1999 fitted, June and July forecast"


def drawn(box: Box, published: dict[str, list[float]], n: int) -> np.ndarray:
    """Points (n, parameters), normal in the box's coordinate with the published 90 % interval."""
    rng = np.random.default_rng(5)
    columns = []
    for parameter in box.parameters:
        value, low, high, _ = published[parameter.name]
        spread = (parameter.z(high) - parameter.z(low)) / (2 * norm.ppf(0.95))
        levels = rng.permutation((np.arange(n) + 0.5) / n)
        columns.append(parameter.z(value) + spread * norm.ppf(levels))
    return np.column_stack(columns)


def made(members: int) -> Stored:
    """The file's content.

    Raises
    ------
    InputError
        If the log is not on this machine.
    """
    folder = bank.find_raw(None)
    if folder is None:
        raise InputError("no calls-1999-MM.csv.gz in TWIN_DATA")
    told = json.loads((HERE / "heldout-log.json").read_text("utf-8"))
    seen = recorded_of(folder, full_days(folder, *FIT))
    odd = odd_days(seen)
    seen = seen.days([date for date in seen.dates if date not in odd])
    case = log_case(folder, full_days(folder, *UNSEEN))
    points = drawn(case.box, told["parameters"], members)
    ours = replace(simulated(case, case.box, points, (DRIFT["log"], DAY["log"])), name="simulated")
    found = stored(Validation(TITLE, [ours, *formulas(seen, case.recorded)]))
    titles = {parameter.name: parameter.title for parameter in case.box.parameters}
    published = [
        Parameter(
            name=name, title=titles[name], estimate=value, low=low, high=high, se=None, contraction=contraction,
            identified=contraction >= IDENTIFIED,
        )
        for name, (value, low, high, contraction) in told["parameters"].items()
    ]  # fmt: skip
    scored = [forecast_of(name.replace("ours, log", "simulated"), one) for name, one in told["forecasts"].items()]
    note = (
        f"Scores: the proof's own (the second scoring). Bands: {members} members drawn anew from the published 90 % "
        "intervals, each parameter by itself."
    )
    return found.model_copy(update={"parameters": published, "forecasts": scored, "note": note})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--members", type=int, default=20)
    FILE.write_text(made(parser.parse_args().members).model_dump_json() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
