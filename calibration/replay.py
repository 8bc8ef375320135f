"""Recorded days for a scenario that replays them: from the files it brings, or from the original log."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from twin.errors import InputError
from twin.scenario.demand_schema import Trace
from twin.scenario.load import Loaded, load
from twin.trace import TraceTables, parse_dates, read_table

LOG = "calls-1999-MM.csv.gz"


@dataclass(frozen=True)
class Replay:
    """A loaded scenario, and the tables to replay if they are not those of its files."""

    loaded: Loaded
    tables: TraceTables | None = None
    folder: Path | None = None
    """Of the original log, where the tables come from it."""


def load_replay(
    name: str, overrides: Sequence[str] = (), data: str | Path | None = None, dates: str | None = None
) -> Replay:
    """A scenario, with the recorded days that `dates` asks for.

    Parameters
    ----------
    data : path, optional
        Folder of the original log. Unless given, the log is looked for (``TWIN_DATA``, ../shared/data) only if the
        scenario's own files do not hold all the dates.
    dates : str, optional
        "1999-03-01..1999-03-31", "1999-05-31,1999-06-22"; the scenario's dates unless given.

    Raises
    ------
    InputError
        If the scenario replays nothing, or a day is not recorded, or there is no log.
    """
    given = list(overrides)
    if dates is not None:
        listed = ", ".join(f'"{date}"' for date in parse_dates(dates))
        given.append(f"demand.dates=[{listed}]")
        if not isinstance(load(name, overrides).scenario.demand, Trace):
            raise InputError(f"--dates is given, but {name} does not replay recorded days")
    loaded = load(name, given)
    trace = loaded.scenario.demand
    if not isinstance(trace, Trace) or trace.raw is None:
        if data is not None:
            raise InputError(f"--data is given, but {name} has no original log (demand.raw)")
        return Replay(loaded)
    if data is None and _files_suffice(trace):
        return Replay(loaded)
    from calibration.bank import find_raw  # these two take a second, which other runs need not wait
    from calibration.bank_days import log_tables

    folder = find_raw(data)
    if folder is None and data is not None:
        raise InputError(f"--data is {str(data)!r}, must be a folder that holds {LOG}")
    if folder is None:
        raise InputError(f"{name}: not all dates are in {trace.file}, the others need --data FOLDER with {LOG}")
    return Replay(loaded, log_tables(trace, folder), folder)


def _files_suffice(trace: Trace) -> bool:
    if trace.dates is None:
        return True
    held = set(read_table(trace.file)[trace.date_column].astype(str))
    return {date.isoformat() for date in trace.dates} <= held
