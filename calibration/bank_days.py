"""Days of the original log of the bank, as tables to replay."""

from pathlib import Path

from calibration.bank import read_trace, recorded_kpis
from calibration.operators import KNOWN_UNTIL, known_crew, levels_by_date, staffing_by_group
from twin.errors import InputError
from twin.scenario.demand_schema import Trace
from twin.trace import TraceTables


def log_tables(trace: Trace, folder: Path, until: str = KNOWN_UNTIL) -> TraceTables:
    """Calls of the main group from the anonymous-bank-1999 log, one row a call; columns as `trace` names them.

    Up to `until` days have the level of work that was recorded, after it the one expected of who is there.
    """
    dates = None if trace.dates is None else [date.isoformat() for date in trace.dates]
    try:
        calls = read_trace(folder, dates)
        recorded = recorded_kpis(folder, dates)
    except ValueError as error:
        raise InputError(str(error)) from None
    calls = calls[calls["group"] == "main"].rename(columns={"date": trace.date_column, "at_s": trace.at_column})
    crew = known_crew(folder, until)
    return TraceTables(
        calls.reset_index(drop=True),
        staffing_by_group(folder, dates, crew),
        recorded,
        levels_by_date(folder, dates, crew),
    )
