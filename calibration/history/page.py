"""The data-quality page: one HTML file that needs no network."""

import datetime
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from string import Template

import pandas as pd

from calibration.history.charts import days_chart, presence_chart
from calibration.history.problems import reasons, records, said_once
from calibration.history.reader import Reading
from calibration.history.screen import cell_text
from calibration.history.tables import History
from twin import __version__
from twin.html import cell, figure, section, table

OPEN = 12  # rows of a list that are shown without a click
MOST = 200  # rows of a list on the page; problems.csv and gaps.csv hold all
FIRST_ROWS = 8
_SURE = {"given": "given by the mapping", "sure": "sure", "likely": "likely", "guess": "a guess"}


def page_html(reading: Reading) -> str:
    """The whole page."""
    home, history = files("calibration.history"), reading.history
    sections = [
        ("read", "How it was read", _understood(reading)),
        ("rejected", "Rejected rows", _problems(history.quality.rejected, "rejected")),
        ("out", "Left out on purpose", _problems(history.quality.left_out, "left out")),
        ("impossible", "Rows that cannot be", _problems(history.quality.impossible, "impossible")),
        ("gaps", "What is missing", _gaps(history)),
        ("days", "Days unlike the others", _outliers(history)),
        ("rows", "First rows", _first_rows(history)),
    ]
    sections = [one for one in sections if one[2]]
    names = list(reading.mappings)
    title = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more files"
    return Template(home.joinpath("page.html").read_text("utf-8")).substitute(
        title=escape(title),
        style=files("calibration").joinpath("page.css").read_text("utf-8"),
        meta=escape(f"{', '.join(_extents(history))} · {datetime.date.today():%Y-%m-%d} · caring-twin {__version__}"),
        nav="".join(f'<a href="#{key}">{escape(name)}</a>' for key, name, _ in sections),
        tiles=_tiles(history),
        sections="\n".join(section(*one) for one in sections),
    )


def _extents(history: History) -> list[str]:
    every = (("calls", history.calls), ("intervals", history.intervals), ("months", history.months))
    found = []
    for name, rows in every:
        if rows is not None and len(rows):
            dates = rows["month" if name == "months" else "date"]
            found.append(f"{len(rows):,} {name}, {dates.min():%d %b %Y} to {dates.max():%d %b %Y}")
    return found


def _tiles(history: History) -> str:
    quality, gaps = history.quality, history.quality.gaps
    missing = [f"{n:,} {what}" for what, n in gaps.groupby("what")["n_missing"].sum().items()]
    tiles = [
        ("Rows read", f"{quality.n_read:,}", f"{_percent(quality.n_kept, quality.n_read)} kept"),
        ("Kept", f"{quality.n_kept:,}", ""),
        ("Rejected", f"{len(quality.rejected):,}", _percent(len(quality.rejected), quality.n_read)),
        ("Left out on purpose", f"{len(quality.left_out):,}", "totals, blank lines, filters"),
        ("Rows that cannot be", f"{len(quality.impossible):,}", "such as answered > offered"),
        ("Gaps", f"{len(gaps):,}", ", ".join(missing) or "nothing is missing"),
        ("Unusual days", f"{quality.outliers['date'].nunique():,}", "by volume, abandonment or handle time"),
    ]
    return "".join(
        f'<div class="tile"><p class="name">{escape(name)}</p><p class="values">{escape(value)}</p>'
        f'<p class="change">{escape(note)}</p></div>'
        for name, value, note in tiles
    )


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else ""


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    """A table with a caption; columns of `numbers` are set to the right."""
    css = ["value" if place in numbers else "text" for place in range(len(heads))]
    cells = [[cell(text, kind) for text, kind in zip(row, css, strict=True)] for row in rows]
    return table(caption, [escape(name) for name in heads], cells)


def _folded(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    """A table of the first rows, and the others at a click."""
    first = _table(caption, heads, rows[:OPEN], numbers)
    if len(rows) <= OPEN:
        return first
    return (
        f"{first}<details><summary>{len(rows) - OPEN} more</summary>{_table('', heads, rows[OPEN:], numbers)}</details>"
    )


def _understood(reading: Reading) -> str:
    once = sorted(said_once(reading.history.quality.remarks), key=lambda one: one[3] != "guess")  # guesses first
    remarks = [(name, topic, text, _SURE[sureness]) for name, topic, text, sureness in once]
    guesses = sum(sure == _SURE["guess"] for *_, sure in remarks)
    note = (
        f"<p>Guesses below: {guesses}. The file does not decide them. Write the mapping with "
        "<code>twin history FILE --write-mapping M.toml</code>, correct it, and read again "
        "with <code>--mapping</code>.</p>"
        if guesses
        else "<p>Nothing had to be guessed without evidence.</p>"
    )
    mapped = [
        (name, mapping.kind, target, heading)
        for name, mapping in reading.mappings.items()
        for target, heading in (*mapping.columns.items(), *mapping.expressions.items())
    ]
    return (
        note
        + _table("What was found out, and how sure it is", ("file", "", "", "how sure"), remarks[:MOST])
        + f"<details><summary>Columns of each file</summary>"
        f"{_table('Heading or expression of each column', ('file', 'kind', 'column', 'from'), mapped[:MOST])}</details>"
    )


def _problems(problems: pd.DataFrame, what: str) -> str:
    if problems.empty:
        return ""
    grouped = [(row["reason"], f"{row['n']:,}", row["lines"]) for row in records(reasons(problems).head(MOST))]
    rows = [(row["file"], str(row["line"]), row["reason"], row["text"]) for row in records(problems.head(MOST))]
    more = f", the first {MOST} of {len(problems):,}" if len(problems) > MOST else ""
    return (
        _table("By reason", ("reason", "rows", "lines"), grouped, numbers=(1,))
        + f"<details><summary>Line by line{more}</summary>"
        f"{_table(f'Rows {what}', ('file', 'line', 'reason', 'row'), rows, numbers=(1,))}</details>"
    )


def _gaps(history: History) -> str:
    gaps, chart = history.quality.gaps, presence_chart(history)
    drawn = figure(
        chart,
        'A row a day. <span class="key there"></span> in the report, <span class="key gone"></span> missing though '
        "most days of that weekday have it. The hour that clocks skip in spring is no gap.",
    )
    if gaps.empty:
        return f"<p>No day, interval or month is missing.</p>{drawn}"
    forms = {"days": "%Y-%m-%d", "intervals": "%Y-%m-%d %H:%M", "months": "%Y-%m"}
    longest = gaps.sort_values("n_missing", ascending=False, kind="stable").head(MOST)
    rows = []
    for row in records(longest):
        ends = (f"{row[end]:{forms[row['what']]}}" for end in ("first", "last"))
        rows.append((row["what"], row["series"] or "all", *ends, str(row["n_missing"])))
    heads = ("what", "queue / type / unit", "from", "to", "how many")
    return drawn + _folded(f"Gaps, the longest first ({len(gaps):,} in all)", heads, rows, numbers=(4,))


def _outliers(history: History) -> str:
    outliers = history.quality.outliers
    drawn = figure(
        days_chart(history),
        'Contacts offered a day; <span class="key gone"></span> beyond 3.5 robust standard deviations from the median '
        "of the same weekday in the four weeks before and after (Iglewicz and Hoaglin, 1993).",
    )
    if outliers.empty:
        return drawn
    order = outliers["score"].abs().sort_values(ascending=False, kind="stable").index
    rows = []
    for row in records(outliers.loc[order].head(MOST)):
        numbers = (f"{row['value']:.4g}", f"{row['usual']:.4g}", f"{row['score']:+.1f}")
        rows.append((f"{row['date']:%a %d %b %Y}", row["series"] or "all", row["measure"], *numbers))
    heads = ("date", "queue / type", "what", "value", "usual", "score")
    return drawn + _folded(
        "The most unlike first; leave them out of a fit, or explain them", heads, rows, numbers=(3, 4, 5)
    )


def _first_rows(history: History) -> str:
    parts = []
    for name, found in (("Calls", history.calls), ("Intervals", history.intervals), ("Months", history.months)):
        if found is None or found.empty:
            continue
        known = [column for column in found if not (found[column].isna().all() or (found[column] == "").all())]
        rows = [[cell_text(value) for value in row] for row in found[known].head(FIRST_ROWS).itertuples(index=False)]
        parts.append(_table(f"{name}, {len(found):,} rows", [str(column) for column in known], rows))
    return "".join(parts)
