"""`twin run --save FILE` and `--from FILE`: one replication, kept as it stands at its end, or going on from there."""

import os
from pathlib import Path

from experiments.replications import Order, Replication, kept
from twin.archive import Archive
from twin.errors import InputError
from twin.model import CallCentre
from twin.simulation import run_of


def check_target(path: str) -> None:
    """Before the run: what cannot be written to should not cost the time."""
    target = Path(path)
    if target.exists():
        raise InputError(f"--save is {path!r}, which is there already, must be the name of a new file")
    if not os.access(target.parent, os.W_OK):
        raise InputError(f"--save is {path!r}, must be in a folder that is there and may be written to")


def seed_of(start: str) -> int:
    """Of the saved model."""
    with Archive(start) as archive:
        return int(archive.manifest.get("seed", 1))


def go_on(order: Order, start: str) -> CallCentre:
    """The saved model, if it is of the scenario that was asked for."""
    model = CallCentre.load(start, days=order.days, trace=order.tables, scenario=order.scenario)
    if model.seed != order.seed:
        raise InputError(f"--seed is {order.seed}, must be {model.seed}, with which {start} was made")
    if order.keeps_records and not model.keeps_records:
        raise InputError(f"{start}: keeps no records, --trace must be given from the start of the run")
    return model


def replicate_kept(order: Order, start: CallCentre | None, save: str | None) -> Replication:
    """Run to the end, here, from the start or from a saved model; keep the model, too, if wanted."""
    model = start or CallCentre(
        order.scenario, order.seed, order.replication, order.days, order.keeps_records, order.tables
    )
    try:
        model.run()
        if save is not None:
            model.save(save)
        return kept(order, run_of(model))
    finally:
        model.close()
