"""What the floor plays: a scenario; a saved run that goes on; a run of a folder of results, lived again."""

from dataclasses import dataclass

from twin.errors import InputError
from twin.scenario.load import load_scenario
from twin.ui.floor.floor import Floor, of_file, of_scenario
from twin.ui.work.opening import SAVED, look_at, saved_file, scenarios_of


@dataclass(frozen=True)
class Source:
    """What is played: a scenario (name in the library or path) in one of its sizes, or what is there already."""

    scenario: str = ""
    size: str = ""
    seed: int = 1
    path: str = ""
    """Of a saved run, or of a folder of results (see `twin.ui.work.opening`)."""
    side: int = 0
    """Which scenario of a comparison."""
    replication: int = 0
    more: int = 0
    """Counted days that a saved run goes on for if it has come to the end of its own."""


def floor_of(source: Source) -> Floor:
    """The floor of a source."""
    if source.path:
        return floor_at(source)
    return of_scenario(load_scenario(source.scenario, {"size": source.size} if source.size else {}), source.seed)


def floor_at(source: Source) -> Floor:
    """The floor of a source with a path.

    Raises
    ------
    InputError
        If it may not be opened, or is damaged, or cannot be lived again.
    """
    kept = look_at(source.path)
    if kept.kind != SAVED:
        kept, scenarios = scenarios_of(source.path, source.replication)
        if not 0 <= source.side < len(scenarios):
            raise InputError(f"scenario is number {source.side + 1}, must be from 1 to {len(scenarios)}")
        return of_scenario(scenarios[source.side], kept.seed, kept.days, source.replication)
    kept, file = saved_file(source.path)
    if not kept.is_over:
        return of_file(str(file))
    if kept.is_recorded:
        raise InputError(f"{source.path}: has come to the end of the recorded days, there are none to go on with")
    return of_file(str(file), kept.days + source.more)
