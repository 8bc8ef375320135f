"""What `twin history` shows on a terminal."""

import pandas as pd
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from calibration.history.problems import reasons, records, said_once, tables
from calibration.history.reader import Reading
from twin.console import titled_table

FIRST_ROWS, MOST_ROWS = 5, 12
_SURE = {"given": "given", "sure": "sure", "likely": "likely", "guess": "[bold]a guess[/bold]"}


def print_reading(reading: Reading, console: Console) -> None:
    """How the files were understood, what was wrong with them, what is missing, and the first rows."""
    quality = reading.history.quality
    console.print(_understood(reading))
    console.print(
        f"{quality.n_read:,} rows read: {quality.n_kept:,} kept, {len(quality.rejected):,} rejected, "
        f"{len(quality.left_out):,} left out (totals, blanks, filters); {len(quality.impossible):,} cannot be."
    )
    for title, problems in (
        ("Rejected", quality.rejected),
        ("Left out", quality.left_out),
        ("Impossible", quality.impossible),
    ):
        if len(problems):
            console.print(_problems(title, problems))
    if len(quality.gaps):
        console.print(_gaps(quality.gaps))
    if len(quality.outliers):
        console.print(_outliers(quality.outliers))
    for name, table in tables(reading).items():
        console.print(_rows(f"{name.capitalize()}: {len(table):,} rows{_span(table)}", table))


def _table(title: str, *headers: str) -> Table:
    table = titled_table(title)
    for header in headers:
        table.add_column(header, overflow="fold")
    return table


def _understood(reading: Reading) -> Table:
    """Remarks."""
    table = _table("How it was read", "file", "", "", "how sure")
    for name, topic, text, sureness in said_once(reading.history.quality.remarks):
        table.add_row(escape(name), escape(topic), escape(text), _SURE[sureness])
    return table


def _problems(title: str, problems: pd.DataFrame) -> Table:
    table = _table(f"{title}: {len(problems):,}", "rows", "why", "lines")
    found = reasons(problems)
    for row in records(found.head(MOST_ROWS)):
        table.add_row(f"{row['n']:,}", escape(row["reason"]), row["lines"])
    if len(found) > MOST_ROWS:
        n = int(found["n"].iloc[MOST_ROWS:].sum())
        table.add_row(f"{n:,}", f"{len(found) - MOST_ROWS} more reasons: see problems.csv of --out", "")
    return table


def _gaps(gaps: pd.DataFrame) -> Table:
    totals = gaps.groupby("what")["n_missing"].sum()
    title = "Missing: " + ", ".join(f"{n:,} {what}" for what, n in totals.items())
    table = _table(title, "what", "queue / type", "from", "to", "how many")
    forms = {"intervals": "%Y-%m-%d %H:%M", "days": "%Y-%m-%d", "months": "%Y-%m"}
    for row in records(gaps.sort_values("n_missing", ascending=False, kind="stable").head(MOST_ROWS)):
        ends = (f"{row[end]:{forms[row['what']]}}" for end in ("first", "last"))
        table.add_row(row["what"], escape(row["series"]), *ends, str(row["n_missing"]))
    return table


def _outliers(outliers: pd.DataFrame) -> Table:
    title = f"Days unlike their weekday: {len(outliers):,}"
    table = _table(title, "date", "queue / type", "what", "value", "usual", "score")
    order = outliers["score"].abs().sort_values(ascending=False, kind="stable").index
    for row in records(outliers.loc[order].head(MOST_ROWS)):
        cells = [f"{row['date']:%Y-%m-%d %a}", escape(row["series"] or "all"), row["measure"]]
        table.add_row(*cells, f"{row['value']:.4g}", f"{row['usual']:.4g}", f"{row['score']:+.1f}")
    return table


def _span(table: pd.DataFrame) -> str:
    dates = table["month" if "month" in table else "date"]
    return f", {dates.min():%Y-%m-%d} to {dates.max():%Y-%m-%d}" if len(table) else ""


def _rows(title: str, table: pd.DataFrame) -> Table:
    """The first rows, without columns of which nothing is known."""
    known = [name for name in table if not (table[name].isna().all() or (table[name] == "").all())]
    shown = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in known:
        shown.add_column(str(name).replace("_", " "), min_width=10 if name in ("date", "month") else None)
    for row in table[known].head(FIRST_ROWS).itertuples(index=False):
        shown.add_row(*(escape(cell_text(value)) for value in row))
    return shown


def cell_text(value: object) -> str:
    """A value as a reader wants to see it."""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float):
        return "" if value != value else f"{value:,.10g}" if abs(value) >= 1000 else f"{value:.4g}"
    return str(value)
