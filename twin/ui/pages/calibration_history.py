"""A history file of the reader's own: how it is understood, what was refused, a mapping to edit, a first scenario."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import solara

from twin.errors import TwinError
from twin.ui.language import use_words
from twin.ui.parts.fields import Button, Choice, Download, Select, Upload
from twin.ui.parts.html import Box, Card, EmptyState, ErrorSentence, Facts, tag
from twin.ui.parts.jobs import JobPanel, session_folder, use_job
from twin.ui.parts.table import Cell, Table, TableData, cell
from twin.ui.words import ENGLISH, Words

UNITS = ("s", "min", "h", "ms", "day")
ACCEPTED = ".csv,.tsv,.txt,.gz,.xlsx,.parquet"

handed_in: solara.Reactive[str] = solara.reactive("")
"""The file that the session has handed in; its path."""


@solara.component
def HistoryView():
    """Hand a file in; then everything that was found in it."""
    from twin.ui.parts.work import within_memory
    from twin.ui.work.history import MOST_BYTES, MOST_MEMORY, keep_history, understand

    say = use_words("calibration")
    job = use_job("history")
    problem, set_problem = solara.use_state("")

    def take(name: str, content: bytes) -> None:
        folder = Path(tempfile.mkdtemp(prefix="history-", dir=session_folder()))
        try:
            path = keep_history(name, content, folder)
        except TwinError as error:
            set_problem(str(error))
        else:
            set_problem("")
            handed_in.set(str(path))
            job.start(within_memory, MOST_MEMORY, understand, path)

    def again(mapping: dict[str, Any]) -> None:
        job.start(within_memory, MOST_MEMORY, understand, Path(handed_in.value), mapping)

    view = job.view
    with Box("stack"):
        with Card(say("hand_in_history"), say("never_run")), Box("stack"):
            Upload(say("history_file"), take, ACCEPTED, MOST_BYTES, say("history_note"), disabled=view.is_running)
            ErrorSentence(problem)
            JobPanel(job, say, say("reading"))
        if view.result is not None:
            Found(view.result, again).key(f"{view.started_at}")
        elif view.state == "idle":
            EmptyState(say("no_file"), say("no_file_note"))


@solara.component
def Found(found: Any, on_mapping: Any):
    """What became of the file."""
    say = use_words("calibration")
    with Box("stack"):
        if found.problem:
            with Card(say("not_understood"), say("not_understood_note")):
                tag("div", *[tag("p", line) for line in found.problem.splitlines()], class_="problem", role="alert",
                    lang="en")  # fmt: skip
        else:
            Summary(found)
        Columns(found, on_mapping)
        if found.told:
            Rejected(found)
            Gaps(found)
            Remarks(found)
        TakeAlong(found)


@solara.component
def Summary(found: Any):
    """Rows read, kept and refused; what the tables hold."""
    say = use_words("calibration")
    numbers, told = say.numbers, found.told
    facts = [("read", told["n_read"]), ("kept", told["n_kept"]), ("rejected", told["n_rejected"]),
             ("left_out", told["n_left_out"]), ("impossible", told["n_impossible"]), ("gaps", len(told["gaps"])),
             ("unusual_days", len({row["date"] for row in told["outliers"]}))]  # fmt: skip
    lines = [
        say("extent", table=say(f"kind_{name}"), rows=numbers.number(of["rows"]), first=day_text(say, of["first"]),
            last=day_text(say, of["last"]))
        for name, of in told["tables"].items()
    ]  # fmt: skip
    with Card(say("understood", name=found.name)), Box("stack"):
        tag("div", *[tag("p", line, class_="verdict") for line in lines], role="status", id="understood")
        Facts([(say(f"rows_{key}"), numbers.number(n)) for key, n in facts])


@solara.component
def Columns(found: Any, on_mapping: Any):
    """Which column means what, as guessed; to be corrected."""
    from calibration.history.mapping import TARGETS
    from twin.ui.work.history import edited

    say = use_words("calibration")
    mapping = found.mapping
    kind, set_kind = solara.use_state(mapping["kind"])
    meanings, set_meanings = solara.use_state({head: target for target, head in mapping.get("columns", {}).items()})
    units, set_units = solara.use_state(dict(mapping.get("units", {})))
    chosen = {head: meanings[head] for head in found.headings if meanings.get(head) in TARGETS[kind]}
    twice = sorted({target for target in chosen.values() if list(chosen.values()).count(target) > 1})
    said = {"": say("not_used")} | {target: _target(say, target) for target in TARGETS[kind]}

    def apply() -> None:
        columns = {target: head for head, target in chosen.items()}
        on_mapping(edited(mapping, kind, columns, units))

    with Card(say("columns"), say("columns_note")), Box("stack"):
        Choice(say("kind"), kind, set_kind, {key: say(f"kind_{key}") for key in TARGETS})
        rows = [_row(say, found, head, chosen.get(head, ""), units, said,
                     lambda target, head=head: set_meanings({**meanings, head: target}),
                     lambda unit, target=chosen.get(head, ""): set_units({**units, target: unit}))
                for head in found.headings]  # fmt: skip
        heads = [tag("th", say(key), scope="col") for key in ("heading", "first_cells", "means", "unit")]
        table = tag("table", tag("caption", say("columns"), class_="aside"), tag("thead", tag("tr", *heads)),
                    tag("tbody", *rows))  # fmt: skip
        tag("div", tag("div", table, class_="scroll", tabindex="0", role="region", aria_label=say("columns")),
            class_="table-part mapping")  # fmt: skip
        for key in ("expressions", "fixed"):
            if mapping.get(key):
                pairs = ", ".join(f"{_target(say, target)} = {value}" for target, value in mapping[key].items())
                tag("p", f"{say(key)}: {pairs}", class_="note")
        said_twice = say("twice", targets=", ".join(_target(say, target) for target in twice)) if twice else ""
        ErrorSentence(said_twice, language=say.language)
        with Box("flow"):
            Button(say("read_again"), apply, "primary", disabled=bool(twice) or not chosen)
            MappingFile(on_mapping)


def in_english(say: Words) -> str:
    """That sentences are in English, for who reads another language."""
    return "" if say.language == ENGLISH else say("remarks_note")


def day_text(say: Words, text: str | None) -> str:
    """A day as files write it, 2026-03-02, in the reader's language: 2 Mar 2026."""
    try:
        return say.numbers.date(date.fromisoformat((text or "")[:10]))
    except ValueError:
        return text or "–"


def measure_text(say: Words, name: str) -> str:
    """What a day stands out by."""
    return say(f"t_{name}") if say.has(f"t_{name}") else name


def _target(say: Words, target: str) -> str:
    return f"{say(f't_{target}')} ({target})" if say.has(f"t_{target}") else target


def _row(
    say: Words, found: Any, head: str, target: str, units: dict[str, str], said: dict[str, str], on_target: Any,
    on_unit: Any,
) -> Any:  # fmt: skip
    """A heading, its first cells, what it means, and the unit of its plain numbers if it is a duration."""
    from calibration.history.mapping import TIMES

    means = Select(say("means_of", heading=head), target, on_target, said)
    parts = [tag("th", head, scope="row"), tag("td", " · ".join(found.samples.get(head, [])), class_="note"),
             tag("td", means)]  # fmt: skip
    if target in TIMES:
        options = {unit: say(f"unit_{unit}") for unit in UNITS}
        unit = Select(say("unit_of", heading=head), units.get(target, "s"), on_unit, options)
        return tag("tr", *parts, tag("td", unit))
    return tag("tr", *parts, tag("td", ""))


@solara.component
def MappingFile(on_mapping: Any):
    """A mapping file corrected by hand: rules, filters and all."""
    say = use_words("calibration")
    problem, set_problem = solara.use_state("")

    def take(name: str, content: bytes) -> None:
        from calibration.history.mapping import check_mapping
        from twin.scenario.files import parse_toml

        try:
            raw = parse_toml(content.decode("utf-8"), name)
            check_mapping(raw, name)
        except UnicodeDecodeError as error:
            set_problem(f"{name}: {error}")
        except TwinError as error:
            set_problem(str(error))
        else:
            set_problem("")
            on_mapping(raw)

    with Box("stack tight"):
        Upload(say("mapping_file"), take, ".toml", 1 << 20, say("mapping_file_note"))
        ErrorSentence(problem)


@solara.component
def Rejected(found: Any):
    """Rows that could not be read, by reason, and one by one."""
    say = use_words("calibration")
    told = found.told
    note = f"{say('rejected_note')} {in_english(say)}".strip() if told["n_rejected"] else say("none_rejected")
    with Card(say("rejected"), note), Box("stack"):
        if found.why:
            rows = [[reason, n, lines] for reason, n, lines in found.why]
            Table(TableData([say("reason"), say("n_rows"), say("lines")], rows), say("reasons"), "reasons.csv")
        for key in ("rejected", "left_out", "impossible"):
            if told[key]:
                listed = [[row["line"], row["reason"], row["text"]] for row in told[key]]
                n = say.numbers.number(told[f"n_{key}"])
                title = say("first_of", what=say(f"rows_{key}"), shown=say.numbers.number(len(listed)), n=n)
                kinds = ["number", "text", "text"]
                heads = [say("line"), say("reason"), say("text")]
                Table(TableData(heads, listed, kinds), title, f"{key}.csv", limit=10)


@solara.component
def Gaps(found: Any):
    """What is missing, and days unlike their weekday."""
    say = use_words("calibration")
    gaps, outliers = found.told["gaps"], found.told["outliers"]
    if not gaps and not outliers:
        return
    with Card(say("missing")), Box("stack"):
        if gaps:
            rows: list[list[Cell]] = [
                [say(f"what_{g['what']}"), g["series"], g["first"], g["last"], g["n_missing"]] for g in gaps
            ]
            heads = [say(key) for key in ("what", "series", "from", "to", "how_many")]
            Table(TableData(heads, rows), say("gaps"), "gaps.csv", limit=10)
        if outliers:
            rows = [
                [cell(o["date"][:10], day_text(say, o["date"])), o["series"], measure_text(say, o["measure"]),
                 o["value"], o["usual"], o["score"]]
                for o in outliers
            ]  # fmt: skip
            heads = [say(key) for key in ("date", "series", "measure", "value", "usual", "score")]
            Table(TableData(heads, rows), say("outliers"), "outliers.csv", limit=10)


@solara.component
def Remarks(found: Any):
    """What the reader of the file found out, and how sure it is."""
    say = use_words("calibration")
    rows = [[r["topic"], r["text"], say(f"sure_{r['sureness']}")] for r in found.told["remarks"]]
    with Card(say("remarks"), in_english(say)):
        Table(TableData([say("topic"), say("found"), say("how_sure")], rows), say("remarks"), "remarks.csv",
              is_titled=False, limit=12)  # fmt: skip


@solara.component
def TakeAlong(found: Any):
    """The mapping and a first scenario as files."""
    say = use_words("calibration")
    stem = found.name.split(".")[0] or "history"
    with Card(say("take_along"), say("take_along_note")), Box("stack"):
        with Box("flow middle"):
            if found.mapping_toml:
                Download(say("take_mapping"), f"{stem}.mapping.toml", found.mapping_toml.encode, "application/toml")
            if found.scenario:
                Download(say("take_scenario"), f"{stem}.first.toml", found.scenario.encode, "application/toml")
        if found.scenario_problem:
            tag("p", f"{say('no_scenario')} {found.scenario_problem}", class_="note")
