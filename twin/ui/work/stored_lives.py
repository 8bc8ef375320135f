"""Customers of a run that is there already, for the page Life cycle: read from its tables, or lived again.

`twin run --out` leaves what became of the customers in tables; `twin compare` leaves counts alone, so its runs are
lived again, on the same seed; a saved run goes on to the end of its days.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from experiments.replications import STOCKS_AT_END
from twin.calendar import Calendar
from twin.errors import InputError
from twin.model import CallCentre
from twin.people.states import CLUSTERS
from twin.people.stocks import EVENTS, NAMES
from twin.scenario.demand_schema import CustomerDemand
from twin.scenario.schema import Scenario
from twin.ui.parts.work import Reporter
from twin.ui.work.lifecycle import LifeCycle, by_month, live_on, months_of, undone
from twin.ui.work.opening import RUN, SAVED, Kept, allowed, look_at, saved_file, scenarios_of

MOST_TABLE = 64 << 20
"""Of a table's file [bytes]."""
MOST_CELLS = 20_000_000
MOST_TEXT = 200
MOST_MEMORY = 16 << 30
"""Of the process: a saved national run takes 1.2 GB."""
VALUES = ("customers_at_end", "arpu_at_risk", "expected_leavers", "experience", "expectation")


@dataclass(frozen=True)
class Lives:
    """The customers of one run, or of two scenarios of a comparison."""

    place: str
    side: int
    """Which scenario of a comparison stands beside its base."""
    replication: int
    how: str
    """"saved" (went on), "run" (read from tables), "comparison" (lived again)."""
    sides: tuple[LifeCycle, ...]


def open_lives(report: Reporter, place: str, side: int = 1, replication: int = 0) -> Lives:
    """The customers of a saved run or of a folder of results; work of a job.

    Raises
    ------
    InputError
        If it may not be opened, is damaged, or has no customers.
    """
    report.progress(None, "opening")
    kept = look_at(place)
    if kept.kind == SAVED:
        sides = [_saved(report, place)]
    else:
        kept, scenarios = scenarios_of(place, replication)
        if kept.kind == RUN:
            sides = [_stored(place, scenarios[0], kept, replication)]
        else:
            sides = _again(report, scenarios, kept, side, replication)
    return Lives(place, side, replication, kept.kind, tuple(sides))


def _saved(report: Reporter, place: str) -> LifeCycle:
    _, path = saved_file(place)
    model = CallCentre.load(path)
    try:
        _check_customers(place, model.scenario)
        return live_on(report, model)
    finally:
        model.close()


def _again(report: Reporter, scenarios: Sequence[Scenario], kept: Kept, side: int, replication: int) -> list[LifeCycle]:
    """The base and one of the others, each lived again."""
    if not 0 < side < len(scenarios):
        raise InputError(f"scenario is number {side + 1}, must be from 2 to {len(scenarios)}")
    chosen = (0, side)
    for place in chosen:
        _check_customers(kept.place, scenarios[place])
    lived = []
    for k, place in enumerate(chosen):
        model = CallCentre(scenarios[place], kept.seed, replication, kept.days)
        try:
            lived.append(replace(live_on(report, model, k / 2, 1 / 2), name=kept.scenarios[place]))
        finally:
            model.close()
    return lived


def _check_customers(place: str, scenario: Scenario) -> None:
    if not isinstance(scenario.demand, CustomerDemand):
        raise InputError(f"{place.strip()[:200]}: has no customers, must be a run whose demand comes from customers")


# ---- tables ----------------------------------------------------------------------------------------------------------


def _stored(place: str, scenario: Scenario, kept: Kept, replication: int) -> LifeCycle:
    """What `twin run --out` left of one replication: its counted days, and the moves of all days."""
    _check_customers(place, scenario)
    folder = allowed(place)
    calendar = Calendar.of(scenario, kept.days)
    dates = [calendar.date(day).isoformat() for day in range(calendar.n_days)]
    counted = dates[calendar.warm_up :]
    months = months_of(dates, calendar.warm_up)
    stocks = _by_date(folder / "stocks.parquet", NAMES, counted, replication)
    events = _by_date(folder / "life_events.parquet", EVENTS, counted, replication)
    moves = read_table(folder / "moves.parquet", ("customers",), ("month", "source", "target"), replication)
    odd = set(moves["source"]) | set(moves["target"])
    if odd - set(NAMES) or set(moves["month"]) - {month.name for month in months}:
        raise InputError(f"{folder / 'moves.parquet'}: names clusters or months that the run does not have")
    return LifeCycle(
        name=scenario.name,
        title=scenario.title,
        months=months,
        first=undone(stocks.iloc[-1], moves),
        stocks=stocks,
        moves=moves,
        events=by_month(events),
        value=_value(folder / f"{STOCKS_AT_END}.parquet", replication),
        counted_from=counted[0],
        share=scenario.factor,
    )


def _by_date(path: Path, columns: Sequence[str], dates: Sequence[str], replication: int) -> pd.DataFrame:
    table = read_table(path, columns, ("date",), replication).set_index("date")
    if list(table.index) != list(dates):
        raise InputError(f"{path}: holds {len(table)} days, must hold the {len(dates)} days of the run")
    return table[list(columns)]


def _value(path: Path, replication: int) -> pd.DataFrame | None:
    """By cluster, at the end; folders that older code has left do not hold it."""
    if not path.exists():
        return None
    table = read_table(path, VALUES, ("cluster",), replication).set_index("cluster")
    if sorted(table.index) != sorted(CLUSTERS):
        raise InputError(f"{path}: names other clusters, must name {', '.join(CLUSTERS)}")
    return table


def read_table(path: Path, numbers: Sequence[str], texts: Sequence[str], replication: int) -> pd.DataFrame:
    """Some columns of one replication, of a table that `twin run --out` wrote.

    Raises
    ------
    InputError
        If it is not there, too large, damaged, or another table.
    """
    wanted = "must be the table that twin run --out wrote"
    try:
        if path.stat().st_size > MOST_TABLE:
            raise InputError(f"{path}: is above {MOST_TABLE >> 20} MB, {wanted}")
        head, columns = pq.read_metadata(path), pq.read_schema(path).names
        if head.num_rows * head.num_columns > MOST_CELLS:
            raise InputError(f"{path}: has {head.num_rows:,} rows, {wanted}")
        missing = [name for name in ("replication", *texts, *numbers) if name not in columns]
        if missing:
            raise InputError(f"{path}: has no column {missing[0]}, {wanted}")
        with pq.ParquetFile(path, read_dictionary=list(texts)) as file:
            table = file.read(["replication", *texts, *numbers])
        _check_texts(path, table, texts)
        kinds = {name: pa.string() for name in texts} | {"replication": pa.int64()}
        for name in numbers:
            is_whole = pa.types.is_integer(table.schema.field(name).type)
            kinds[name] = pa.int64() if is_whole else pa.float64()
        found = table.cast(pa.schema([(name, kinds[name]) for name in table.column_names])).to_pandas()
    except FileNotFoundError:
        raise InputError(f"{path}: is not there, {wanted}") from None
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, OverflowError) as error:
        first = str(error).splitlines()[0][:100] if str(error) else type(error).__name__
        raise InputError(f"{path}: is damaged, {wanted} ({first})") from None
    found = found[found["replication"] == replication].reset_index(drop=True)
    if found.empty or found.isna().to_numpy().any():
        raise InputError(f"{path}: holds nothing of replication {replication + 1}, or has gaps; {wanted}")
    return found.drop(columns="replication")


def _check_texts(path: Path, table: pa.Table, texts: Sequence[str]) -> None:
    """A long text that is written once and named by millions of rows would fill the memory."""
    for name in texts:
        for chunk in table.column(name).chunks:
            if pa.types.is_dictionary(chunk.type):
                longest = pc.max(pc.binary_length(chunk.dictionary.cast(pa.binary()))).as_py() or 0
                if longest > MOST_TEXT:
                    raise InputError(f"{path}: {name} has a text of {longest:,} bytes, must be below {MOST_TEXT}")
