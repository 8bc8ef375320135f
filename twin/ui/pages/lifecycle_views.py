"""What the page Life cycle shows of customers who have lived: flows, stocks, leavers, arrivals, value."""

import math
from collections.abc import Sequence
from datetime import date
from typing import Any

import solara

from twin.people.states import CLUSTERS
from twin.ui.language import use_words
from twin.ui.parts.address import use_address
from twin.ui.parts.chart import SERIES, A, B
from twin.ui.parts.charts import BarChart, FlowChart, HeatMap, Interval, LineChart, Unit
from twin.ui.parts.fields import Select
from twin.ui.parts.html import Box, Card, tag
from twin.ui.parts.table import Table, TableData, cell
from twin.ui.words import Words
from twin.ui.work.lifecycle import ARRIVING, LEAVING, NONE, LifeCycle, Month

AFTER = "\u00a0"
"""Behind a cluster's name on the right of a flow chart: its nodes need names of their own."""
COLOURS = {**dict(zip(CLUSTERS, SERIES, strict=True)), NONE: "$ink-3"}
SHORT = ("activated", "left", "deactivated", "saved")
Sides = Sequence[LifeCycle]


@solara.component
def Views(sides: Sides, seconds: float, how: str = "", is_other: bool = False):
    """From the whole to the parts; `how` says what a run that was there already comes from."""
    with Box("stack"):
        InShort(sides, seconds, how, is_other)
        Flows(sides)
        Stocks(sides)
        Churn(sides)
        Nursery(sides)
        Value(sides)


@solara.component
def InShort(sides: Sides, seconds: float, how: str, is_other: bool):
    """A sentence for each scenario, and where it comes from."""
    say = use_words("lifecycle")
    numbers = say.numbers
    said = []
    for side in sides:
        n = {name: numbers.number(int(side.events[name].sum())) for name in SHORT}
        first, last = (numbers.number(count) for count in side.customers)
        said.append(tag("p", say("short", name=side.name, from_n=first, to_n=last, **n)))
    per = numbers.number(1 / sides[0].share, 0 if sides[0].share <= 0.5 else 1)
    notes = [tag("p", say("short_note", per=per, time=numbers.duration(seconds)), class_="note")]
    if how:
        notes.insert(0, tag("p", say(f"from_{how}"), class_="note"))
    if is_other:
        notes.append(tag("p", say("is_other"), class_="note"))
    with Card(say("result")):
        tag("div", *said, *notes, class_="stack tight", role="status", id="lived")


def month_text(say: Words, month: Month) -> str:
    """The month; how many of its days there are, if not all."""
    name, days = say.numbers.month(month.name), say.numbers.number(month.days)
    if not month.counted:
        return say("warm_up_month", month=name, days=days)
    return name if month.is_whole else say("part_month", month=name, days=days)


def days_text(say: Words, side: LifeCycle) -> list[str]:
    """The days of a run as the reader writes them."""
    return [say.numbers.date(date.fromisoformat(day)) for day in side.stocks.index]


def cluster_text(say: Words, name: str) -> str:
    return say("no_line") if name == NONE else name


# ---- flows -----------------------------------------------------------------------------------------------------------


@solara.component
def Flows(sides: Sides):
    """Moves of a month, scenario beside scenario."""
    say = use_words("lifecycle")
    given, put = use_address()
    months = {month.name: month_text(say, month) for month in sides[0].months}
    counted = [month.name for month in sides[0].months if month.counted]
    asked = given.get("month", "")
    month = asked if asked in months or asked == "all" else counted[-1]
    with Card(say("flows"), say("flows_note")), Box("stack"):
        Select(say("month"), month, lambda name: put(month=name), {**months, "all": say("all_months")})
        with Box("grid-2" if len(sides) > 1 else "stack"):
            for side in sides:
                Flow(side, month, months.get(month, say("all_months")))


@solara.component
def Flow(side: LifeCycle, month: str, text: str):
    say = use_words("lifecycle")
    numbers = say.numbers
    flows = side.flows(None if month == "all" else month)
    if not flows:
        tag("p", f"{side.name}: {say('flow_nobody')}", class_="note")
        return
    source, target, most = flows[0]
    summary = say("flow_summary", n=numbers.number(sum(n for _, _, n in flows)), most=numbers.number(most),
                  source=cluster_text(say, source), target=cluster_text(say, target))  # fmt: skip
    drawn = [(cluster_text(say, a), cluster_text(say, b) + AFTER, float(n)) for a, b, n in flows]
    moving = {name for flow in drawn for name in flow[:2]}
    named = {cluster_text(say, name): colour for name, colour in COLOURS.items()}
    colours = {**named, **{name + AFTER: colour for name, colour in named.items()}}
    nodes = [name for name in colours if name in moving]
    title = say("flow_title", name=side.name, month=text)
    heads = (say("source"), say("target"), say("customers"))
    FlowChart(title, summary, nodes, drawn, Unit.plain(numbers), heads, 420, colours)


# ---- stocks ----------------------------------------------------------------------------------------------------------


@solara.component
def Stocks(sides: Sides):
    """All clusters as changes since the start, or one of them in customers."""
    say = use_words("lifecycle")
    given, put = use_address()
    asked = given.get("cluster", "")
    asked = asked if asked in CLUSTERS else "all"
    choices = {"all": say("all_clusters"), **{name: name for name in CLUSTERS}}
    with Card(say("stocks"), say("stocks_note")), Box("stack"):
        Select(say("stock_of"), asked, lambda name: put(cluster=None if name == "all" else name), choices)
        if asked == "all":
            for side in sides:
                AllStocks(side)
        else:
            OneStock(sides, asked)


@solara.component
def AllStocks(side: LifeCycle):
    say = use_words("lifecycle")
    numbers = say.numbers
    known = [name for name in CLUSTERS if side.stocks[name].iloc[0] > 0]
    lines = {name: (side.stocks[name] / side.stocks[name].iloc[0] - 1.0).tolist() for name in known}
    ends = {name: values[-1] for name, values in lines.items()}
    up, down = max(ends, key=ends.__getitem__), min(ends, key=ends.__getitem__)
    summary = say("stock_summary", up=up, up_by=numbers.percent(ends[up], sign=True),
                  down=down, down_by=numbers.percent(ends[down], sign=True))  # fmt: skip
    LineChart(say("stock_title", name=side.name), summary, days_text(say, side), lines, Unit.share(numbers),
              say("date"), colours=[COLOURS[name] for name in known], height=340)  # fmt: skip


@solara.component
def OneStock(sides: Sides, cluster: str):
    say = use_words("lifecycle")
    numbers = say.numbers
    parts = []
    for side in sides:
        values = side.stocks[cluster]
        ends = [numbers.number(int(values.iloc[k])) for k in (0, -1)]
        parts.append(say("one_part", name=side.name, from_n=ends[0], to_n=ends[1]))
    lines = {side.name: side.stocks[cluster].astype(float).tolist() for side in sides}
    LineChart(say("one_title", cluster=cluster), " ".join(parts), days_text(say, sides[0]), lines,
              Unit.plain(numbers), say("date"), colours=(A, B), starts_at_zero=False)  # fmt: skip


# ---- leavers ---------------------------------------------------------------------------------------------------------


@solara.component
def Churn(sides: Sides):
    """Shares as a map, counts in the table below."""
    say = use_words("lifecycle")
    with Card(say("churn"), say("churn_note")), Box("stack"):
        for side in sides:
            Leavers(side)
        for side in sides:
            EventTable(side, LEAVING, say("why_table", name=side.name), f"leaving-{side.name}.csv")


@solara.component
def Leavers(side: LifeCycle):
    say = use_words("lifecycle")
    numbers = say.numbers
    counts, shares = side.leavers, side.leaving_shares
    texts = [month_text(say, month) for month in side.months]
    known = {
        (row, column): float(shares.loc[row, month.name])
        for row in counts.index
        for column, month in enumerate(side.months)
        if math.isfinite(shares.loc[row, month.name])
    }
    total = int(counts.to_numpy().sum())
    summary = say("churn_nobody")
    if total:
        cluster, column = max(known, key=known.__getitem__)
        summary = say("churn_summary", n=numbers.number(total), share=numbers.percent(known[cluster, column], 2),
                      cluster=cluster, month=texts[column])  # fmt: skip
    HeatMap(say("churn_title", name=side.name), summary, texts, list(counts.index), shares.to_numpy().tolist(),
            Unit.share(numbers, 2), say("month"), say("cluster"))  # fmt: skip
    rows: list[list[Any]] = []
    for name in counts.index:
        pairs = zip(counts.loc[name], shares.loc[name], strict=True)
        rows.append([name, *(_leavers_cell(say, int(n), float(s)) for n, s in pairs), int(counts.loc[name].sum())])
    Table(TableData([say("cluster"), *texts, say("all")], rows), say("churn_table", name=side.name),
          f"leavers-{side.name}.csv")  # fmt: skip


def _leavers_cell(say: Words, n: int, share: float) -> Any:
    numbers = say.numbers
    return cell(n, f"{numbers.number(n)} ({numbers.percent(share, 2)})" if math.isfinite(share) else numbers.number(n))


@solara.component
def EventTable(side: LifeCycle, names: Sequence[str], title: str, file: str):
    """Events of life by month of counted days."""
    say = use_words("lifecycle")
    found = [month for month in side.months if month.name in side.events.index]
    counts = side.events.loc[[month.name for month in found]]
    rows: list[list[Any]] = [
        [event_text(say, name), *(int(n) for n in counts[name]), int(counts[name].sum())] for name in names
    ]
    heads = [say("event"), *(month_text(say, month) for month in found), say("all")]
    Table(TableData(heads, rows), title, file, is_sortable=False)


def event_text(say: Words, name: str) -> str:
    return say("lead_event" if name == "lead" else name)  # "lead" is the line below the page's title


# ---- arrivals --------------------------------------------------------------------------------------------------------


@solara.component
def Nursery(sides: Sides):
    """From lead to first bill, and where customers go from there."""
    say = use_words("lifecycle")
    numbers = say.numbers
    totals = {side.name: side.events[list(ARRIVING)].sum() for side in sides}
    parts = [
        say("nursery_summary", name=name, lead=numbers.number(n["lead"]), sale=numbers.number(n["sale"]),
            activated=numbers.number(n["activated"]), paid=numbers.number(n["first_bill_paid"]))
        for name, n in totals.items()
    ]  # fmt: skip
    bars = {name: [Interval(float(n[event])) for event in ARRIVING] for name, n in totals.items()}
    with Card(say("nursery"), say("nursery_note")), Box("stack"):
        BarChart(say("nursery_title"), " ".join(parts), [event_text(say, event) for event in ARRIVING], bars,
                 Unit.plain(numbers), is_flat=True, height=380, x_name=say("event"), colours=(A, B))  # fmt: skip
        for side in sides:
            EventTable(side, ARRIVING, say("nursery_table", name=side.name), f"nursery-{side.name}.csv")
        Grown(sides)


@solara.component
def Grown(sides: Sides):
    """Moves out of Nursery by cluster, warm-up included as in all flows."""
    say = use_words("lifecycle")
    gone = [{target: n for source, target, n in side.flows() if source == "Nursery"} for side in sides]
    targets = [name for name in (*CLUSTERS, NONE) if any(name in flows for flows in gone)]
    rows: list[list[Any]] = [[cluster_text(say, name), *(flows.get(name, 0) for flows in gone)] for name in targets]
    Table(TableData([say("target"), *(side.name for side in sides)], rows), say("grown_table"), "from-nursery.csv")


# ---- value -----------------------------------------------------------------------------------------------------------


@solara.component
def Value(sides: Sides):
    """Who is worth what at the end, and how much of it may go."""
    say = use_words("lifecycle")
    numbers = say.numbers
    valued = [(side, side.value) for side in sides if side.value is not None]
    if not valued:
        with Card(say("value")):
            tag("p", say("value_not_kept"), class_="note")
        return
    parts, bars, largest = [], {}, 0.0
    for side, value in valued:
        risk = value.arpu_at_risk
        each = (risk / value.customers_at_end.where(value.customers_at_end > 0)).fillna(0.0)
        most = str(risk.idxmax())
        parts.append(say("value_summary", name=side.name, total=numbers.euro(float(risk.sum())), cluster=most,
                         most=numbers.euro(float(risk[most]))))  # fmt: skip
        bars[side.name] = [Interval(float(each[name])) for name in CLUSTERS]
        largest = max(largest, float(each.max()))
    with Card(say("value"), say("value_note")), Box("stack"):
        BarChart(say("value_title"), " ".join(parts), CLUSTERS, bars, Unit.euro(numbers, largest), is_flat=True,
                 height=380, x_name=say("cluster"), colours=(A, B))  # fmt: skip
        for side, value in valued:
            ValueTable(side.name, value)


@solara.component
def ValueTable(name_of: str, value: Any):
    say = use_words("lifecycle")
    numbers = say.numbers
    rows: list[list[Any]] = []
    for name in CLUSTERS:
        sums = value.loc[name]
        n, leavers, risk = float(sums.customers_at_end), float(sums.expected_leavers), float(sums.arpu_at_risk)
        churn, each, experience = (x / n if n else math.nan for x in (leavers, risk, float(sums.experience)))
        rows.append([
            name, int(n), cell(leavers, numbers.number(leavers)), cell(churn, numbers.percent(churn)),
            cell(risk, numbers.euro(risk)), cell(each, numbers.euro(each)),
            cell(experience, numbers.number(experience, 1)),
        ])  # fmt: skip
    heads = [say(key) for key in ("cluster", "customers", "leavers", "share_leaving", "at_risk", "per_customer",
                                  "experience")]  # fmt: skip
    Table(TableData(heads, rows), say("value_table", name=name_of), f"value-{name_of}.csv")
