"""Charts of the data-quality page, drawn as SVG: a bar a day, and which intervals each day has."""

from html import escape

import numpy as np
import pandas as pd

from calibration.history.outliers import daily
from calibration.history.problems import records
from calibration.history.tables import DAY, History, intervals_of

WIDTH, HEIGHT, LEFT, BOTTOM = 980, 190, 54, 22  # [px]
MOST_DAYS = 800  # drawn; of a longer history the last ones


def counted(history: History) -> pd.DataFrame | None:
    """Intervals of the reports, or of the log where there is no report."""
    if history.intervals is not None and len(history.intervals):
        return history.intervals
    if history.calls is not None and len(history.calls):
        return intervals_of(history.calls.assign(queue="", type=""))
    return None


def days_chart(history: History) -> str:
    """Contacts a day, the outliers in the second colour; "" if there are fewer than two days."""
    table = counted(history)
    if table is None:
        return ""
    offered = daily(table)["offered"].dropna().tail(MOST_DAYS)
    if len(offered) < 2 or offered.max() <= 0:
        return ""
    outliers = history.quality.outliers
    marked = set(outliers.loc[(outliers["series"] == "") & (outliers["measure"] == "offered"), "date"])
    dates = pd.date_range(offered.index[0], offered.index[-1])
    width, top = (WIDTH - LEFT) / len(dates), float(offered.max())
    bars = []
    for place, date in enumerate(dates):
        if date in offered.index:
            height = (HEIGHT - BOTTOM - 10) * offered[date] / top
            css = "odd" if date in marked else "bar"
            title = f"{date:%a %d %b %Y}: {offered[date]:,.0f} contacts" + (
                ", unlike its weekday" if date in marked else ""
            )
            bars.append(
                f'<rect class="{css}" x="{LEFT + place * width:.2f}" y="{HEIGHT - BOTTOM - height:.1f}" '
                f'width="{max(width * 0.85, 0.5):.2f}" height="{height:.1f}"><title>{escape(title)}</title></rect>'
            )
            if date in marked:  # a day that is unlike the others by being low is seen, too
                x, y = LEFT + place * width, HEIGHT - BOTTOM + 2
                bars.append(f'<rect class="odd" x="{x:.2f}" y="{y}" width="{max(width * 0.85, 2):.2f}" height="4"/>')
    axis = _months(dates, width) + _scale(top)
    label = f"Contacts a day, {dates[0]:%d %B %Y} to {dates[-1]:%d %B %Y}; {len(marked)} days unlike their weekday"
    return _svg(HEIGHT, label, axis + "".join(bars))


def _scale(top: float) -> str:
    step = 10 ** np.floor(np.log10(top))
    ticks = list(np.arange(step, top * 1.0001, step))
    ticks = ticks if len(ticks) <= 5 else ticks[1::2]
    lines = []
    for value in ticks:
        y = HEIGHT - BOTTOM - (HEIGHT - BOTTOM - 10) * value / top
        lines.append(f'<line x1="{LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>')
        lines.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:,.0f}</text>')
    return "".join(lines)


def _months(dates: pd.DatetimeIndex, width: float) -> str:
    firsts = [place for place, date in enumerate(dates) if date.day == 1 or place == 0]
    kept = [place for place in firsts if place == 0 or place * width > 40]
    every = max(1, len(kept) // 14 + 1)
    texts = [
        f'<text x="{LEFT + place * width:.1f}" y="{HEIGHT - 6}">{dates[place]:%b %Y}</text>' for place in kept[::every]
    ]
    return "".join(texts)


def presence_chart(history: History) -> str:
    """A row a day, midnight to midnight: intervals that are there, and those that are missing; "" without reports."""
    table = history.intervals
    if table is None or table.empty or table["length_s"].max() >= DAY:
        return ""
    dates = pd.DatetimeIndex(sorted(table["date"].unique()))[-MOST_DAYS:]
    rows = {date: place for place, date in enumerate(dates)}
    tall = max(2.0, min(9.0, 640 / len(dates)))
    wide = (WIDTH - LEFT) / DAY
    bars = []
    for date, starts in table[table["date"].isin(dates)].groupby("date"):
        spans = _spans(np.unique(starts["start_s"]), int(starts["length_s"].mode().iloc[0]))
        bars += [_bar("there", rows[pd.Timestamp(str(date))], first, last, tall, wide, "") for first, last in spans]
    gaps = history.quality.gaps
    lengths = int(table["length_s"].mode().iloc[0])
    for gap in records(gaps[gaps["what"] == "intervals"]):
        date = gap["first"].normalize()
        if date in rows:
            first, last = (int((gap[end] - date).total_seconds()) for end in ("first", "last"))
            what = f"{date:%a %d %b %Y}, {gap['series'] or 'all'}: {gap['n_missing']} missing from {gap['first']:%H:%M}"
            bars.append(_bar("gone", rows[date], first, last + lengths, tall, wide, what))
    height = len(dates) * tall + BOTTOM
    hours = "".join(
        f'<text x="{LEFT + hour * 3600 * wide:.1f}" y="{height - 6:.1f}">{hour:02d}:00</text>'
        for hour in range(0, 24, 3)
    )
    every = int(np.ceil(14 / tall))
    names = "".join(
        f'<text x="{LEFT - 6}" y="{place * tall + 9:.1f}" text-anchor="end">{date:%d %b}</text>'
        for date, place in rows.items()
        if place % every == 0
    )
    n_gone = int(gaps.loc[gaps["what"] == "intervals", "n_missing"].sum())
    label = f"Intervals of {len(dates)} days; {n_gone} that are usual on the weekday are missing"
    return _svg(height, label, hours + names + "".join(bars))


def _spans(starts: np.ndarray, length: int) -> list[tuple[int, int]]:
    runs = np.split(starts, np.flatnonzero(np.diff(starts) != length) + 1)
    return [(int(run[0]), int(run[-1]) + length) for run in runs]


def _bar(css: str, row: int, first: int, last: int, tall: float, wide: float, title: str) -> str:
    told = f"<title>{escape(title)}</title>" if title else ""
    return (
        f'<rect class="{css}" x="{LEFT + first * wide:.1f}" y="{row * tall:.1f}" width="{(last - first) * wide:.1f}" '
        f'height="{tall * 0.86:.1f}">{told}</rect>'
    )


def _svg(height: float, label: str, body: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(label)}">'
        f"<title>{escape(label)}</title>{body}</svg>"
    )
