"""All shared parts on one page: what the tests press, and an example of each for who writes a page."""

import solara
from gallery_work import count

from twin.ui.language import use_words
from twin.ui.parts.charts import BarChart, FlowChart, HeatMap, Interval, IntervalChart, LineChart, ScatterChart, Unit
from twin.ui.parts.fields import Button, Choice, Download, NumberField, Select, TextField, Toggle, Upload
from twin.ui.parts.html import Box, Card, EmptyState, ErrorSentence, Facts, Heading
from twin.ui.parts.jobs import JobDone, JobPanel, use_job
from twin.ui.parts.table import Table, TableData, cell

HOURS = [f"{hour:02d}" for hour in range(8, 20)]


@solara.component
def Page():
    solara.Title("Gallery")
    with Box("main"):
        Heading("Gallery", "All shared parts.")
        with Box("grid-2"):
            Fields()
            Jobs()
        Tables()
        Charts()


@solara.component
def Fields():
    name, set_name = solara.use_state("b")
    size, set_size = solara.use_state("tiny")
    days, set_days = solara.use_state(28.0)
    text, set_text = solara.use_state("")
    is_on, set_on = solara.use_state(True)
    file, set_file = solara.use_state("no file")
    with Card("Fields", "Everything has a label."), Box("stack"):
        Select("Scenario", name, set_name, {"a": "As-Is", "b": "To-Be"})
        Choice("Size", size, set_size, {"tiny": "Tiny", "reference": "Reference"})
        NumberField("Days", days, set_days, unit="days", least=1, most=365, digits=1)
        TextField("Search", text, set_text, is_search=True, placeholder="any word")
        Toggle("Common random numbers", is_on, set_on)
        Upload("A file", lambda name, content: set_file(f"{name}: {len(content)} bytes"), ".toml", limit=2_000_000)
        Download("Download", "example.txt", lambda: b"hello")
        ErrorSentence("days is 0, must be at least 1")
        Facts([("chosen", f"{name} {size} {days} {text} {is_on}"), ("file", file)])


@solara.component
def Jobs():
    say = use_words("common")
    job = use_job("count")
    with Card("A job"):
        with Box("stack"):
            with Box("flow"):
                Button("Run 5", lambda: job.start(count, 5, 0.1), "primary")
                Button("Run 500", lambda: job.start(count, 500, 0.1))
                Button("Run 13", lambda: job.start(count, 13, 0.01))
            JobDone(job)
            JobPanel(job, say, "Counting")
            Facts([("result", str(job.view.result)), ("state", job.view.state)])
        EmptyState("Nothing to see yet", "Press a button above.")


@solara.component
def Tables():
    say = use_words("common")
    rows = [
        ["Nursery", 1234.5, cell(0.12, say.numbers.percent(0.12), "good")],
        ["Basic", 87, cell(0.3, say.numbers.percent(0.3), "bad")],
    ]
    with Card():
        Table(TableData(["Cluster", "Contacts", "Churn"], rows), "Clusters", "clusters.csv")


@solara.component
def Charts():
    numbers = use_words("common").numbers
    share, plain = Unit.share(numbers), Unit.plain(numbers, unit="s")
    wave = [10.0 + (hour % 5) * 7 for hour in range(12)]
    lines = {"As-Is": wave, "To-Be": [v * 0.8 for v in wave]}
    with Box("grid-2"):
        with Card():
            LineChart(
                "Wait by hour",
                "Waits are a fifth shorter.",
                HOURS,
                lines,
                plain,
                "hour",
                {"As-Is": ([v - 3 for v in wave], [v + 3 for v in wave])},
            )
        with Card():
            BarChart(
                "Answered in time",
                "To-Be answers more.",
                ["Basic", "Nursery"],
                {
                    "As-Is": [Interval(0.6, 0.02), Interval(0.5, 0.03)],
                    "To-Be": [Interval(0.7, 0.02), Interval(0.8, 0.01)],
                },
                share,
            )
        with Card():
            IntervalChart(
                "Difference",
                "Nursery wins.",
                ["Basic", "Nursery", "Medium"],
                {"Difference": [Interval(-0.02, 0.01, "bad"), Interval(0.05, 0.02, "good"), Interval(0.001, 0.01)]},
                share,
            )
        with Card():
            HeatMap(
                "Calls",
                "More at noon.",
                HOURS,
                ["Mon", "Tue"],
                [[float(k) for k in range(12)], [float(12 - k) for k in range(12)]],
                plain,
                "hour",
                "day",
            )
        with Card():
            FlowChart(
                "Moves",
                "Most stay.",
                ["Nursery before", "Basic before", "Nursery after", "Basic after"],
                [
                    ("Nursery before", "Basic after", 30.0),
                    ("Nursery before", "Nursery after", 50.0),
                    ("Basic before", "Basic after", 90.0),
                ],
                Unit.plain(numbers),
                ("from", "to", "customers"),
            )
        with Card():
            ScatterChart(
                "Recorded and simulated",
                "Close to the diagonal.",
                {"days": [(1.0, 1.1), (2.0, 2.2), (3.0, 2.8)]},
                Unit.plain(numbers, name="recorded"),
                Unit.plain(numbers, name="simulated"),
                has_diagonal=True,
            )


routes = [solara.Route(path="/", component=Page, layout=lambda children=(): children[0])]
