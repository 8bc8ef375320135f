"""History of the reader's own: how it is understood, what was refused, mappings to edit, a first scenario."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import solara

from twin.errors import TwinError
from twin.ui.language import use_words
from twin.ui.pages.calibration_run import FitHere
from twin.ui.parts.fields import Button, Choice, Download, Select, Upload
from twin.ui.parts.html import Box, Card, EmptyState, ErrorSentence, Facts, tag
from twin.ui.parts.jobs import JobPanel, session_folder, use_job
from twin.ui.parts.table import Table, TableData, cell
from twin.ui.words import ENGLISH, Words

UNITS = ("s", "min", "h", "ms", "day")
ACCEPTED = ".csv,.tsv,.txt,.gz,.xlsx,.parquet"

handed_in: solara.Reactive[dict[str, str]] = solara.reactive({})
"""The files of the session's history: name, path."""
mappings: solara.Reactive[dict[str, dict[str, Any]]] = solara.reactive({})
"""Mappings that the reader has changed, by the file's name."""


@solara.component
def HistoryView():
    """Hand files in; then everything that was found in them."""
    from twin.ui.parts.work import within_memory
    from twin.ui.work.history import MOST_MEMORY, understand

    say = use_words("calibration")
    job = use_job("history")

    def read(files: dict[str, str], changed: dict[str, dict[str, Any]]) -> None:
        handed_in.set(files)
        mappings.set(changed)
        if files:
            job.start(within_memory, MOST_MEMORY, understand, [Path(path) for path in files.values()], changed)
        else:
            job.reset()

    view = job.view
    with Box("stack"):
        with Card(say("hand_in_history"), say("never_run")), Box("stack"):
            HandIn(read, view.is_running)
            JobPanel(job, say, say("reading"))
        if view.result is not None:
            Found(view.result, lambda changed: read(handed_in.value, {**mappings.value, **changed})).key(
                f"{view.started_at}"
            )
        elif view.state == "idle":
            EmptyState(say("no_file"), say("no_file_note"))


@solara.component
def HandIn(on_files: Any, disabled: bool):
    """The first file; further ones beside it; each can be taken out again."""
    from twin.ui.work.history import MOST_BYTES, keep_history

    say = use_words("calibration")
    problem, set_problem = solara.use_state("")
    files = handed_in.value

    def take(name: str, content: bytes, is_beside: bool) -> None:
        folder = Path(tempfile.mkdtemp(prefix="history-", dir=session_folder()))
        try:
            path = keep_history(name, content, folder)
        except TwinError as error:
            set_problem(str(error))
        else:
            set_problem("")
            others = {key: changed for key, changed in mappings.value.items() if is_beside and key != path.name}
            on_files({**(files if is_beside else {}), path.name: str(path)}, others)

    def leave_out(name: str) -> None:
        kept = {key: path for key, path in files.items() if key != name}
        on_files(kept, {key: changed for key, changed in mappings.value.items() if key in kept})

    Upload(say("history_file"), lambda name, content: take(name, content, False), ACCEPTED, MOST_BYTES,
           say("history_note"), disabled=disabled)  # fmt: skip
    if files:
        Upload(say("beside_file"), lambda name, content: take(name, content, True), ACCEPTED, MOST_BYTES,
               say("beside_note"), disabled=disabled)  # fmt: skip
    if len(files) > 1:
        with Box("flow middle"):
            for name in files:
                Button(say("leave_out", name=name), lambda name=name: leave_out(name), disabled=disabled).key(name)
    ErrorSentence(problem)


@solara.component
def Found(found: Any, on_mapping: Any):
    """What became of the files; `on_mapping` takes changed mappings by name of file."""
    say = use_words("calibration")
    shown, show = solara.use_state(found.files[0].name)
    file = next(one for one in found.files if one.name == shown)

    def change(mapping: dict[str, Any]) -> None:
        """For all files with these headings."""
        on_mapping({one.name: mapping for one in found.files if one.headings == file.headings})

    with Box("stack"):
        if found.problem:
            with Card(say("not_understood"), say("not_understood_note")):
                tag("div", *[tag("p", line) for line in found.problem.splitlines()], class_="problem", role="alert",
                    lang="en")  # fmt: skip
        else:
            Summary(found)
        if len(found.files) > 1:
            with Card(say("files")):
                Select(say("file_shown"), shown, show, {one.name: one.name for one in found.files})
        Columns(file, change).key(f"columns-{shown}")
        if found.told:
            Rejected(found)
            Gaps(found)
            Remarks(found)
        TakeAlong(found)
        if found.told and set(handed_in.value) == {one.name for one in found.files}:
            FitHere(found, handed_in.value)


@solara.component
def Summary(found: Any):
    """Rows read, kept and refused; what the tables hold."""
    say = use_words("calibration")
    numbers, told = say.numbers, found.told
    facts = [("read", told["n_read"]), ("kept", told["n_kept"]), ("rejected", told["n_rejected"]),
             ("left_out", told["n_left_out"]), ("impossible", told["n_impossible"]), ("gaps", len(told["gaps"])),
             ("unusual_days", len({row["date"] for row in told["outliers"]}))]  # fmt: skip
    lines = [
        say("extent", table=say(f"kind_{name}"), rows=numbers.number(of["rows"]), first=moment(say, name, of["first"]),
            last=moment(say, name, of["last"]))
        for name, of in told["tables"].items()
    ]  # fmt: skip
    with Card(say("understood", name=found.name)), Box("stack"):
        tag("div", *[tag("p", line, class_="verdict") for line in lines], role="status", id="understood")
        Facts([(say(f"rows_{key}"), numbers.number(n)) for key, n in facts])


def moment(say: Words, what: str, text: str | None) -> str:
    """An instant of the summary (2015-04-01, 2015-04-01 08:30), as exact as what is told of."""
    if not text:
        return "–"
    day, clock = text[:10], text[11:]
    if what == "months":
        return say.numbers.month(day[:7])
    date_text = say.numbers.date(date.fromisoformat(day))
    return f"{date_text} {clock}" if clock and what == "intervals" else date_text


@solara.component
def Columns(found: Any, on_mapping: Any):
    """Which column of a file means what, as guessed; to be corrected."""
    from calibration.history.mapping import TARGETS
    from twin.ui.work.history import edited

    say = use_words("calibration")
    mapping = found.mapping
    kind, set_kind = solara.use_state(mapping["kind"])
    meanings, set_meanings = solara.use_state({head: target for target, head in mapping.get("columns", {}).items()})
    units, set_units = solara.use_state(dict(mapping.get("units", {})))
    own = [one for one in meanings.values() if one and one not in TARGETS[kind]] if kind == "months" else []
    known = dict.fromkeys([*TARGETS[kind], *own])  # months may hold KPIs of the reader's own
    chosen = {head: meanings[head] for head in found.headings if meanings.get(head) in known}
    twice = sorted({target for target in chosen.values() if list(chosen.values()).count(target) > 1})
    said = {"": say("not_used")} | {target: _target(say, target) for target in known}

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
                listed = [[*_of_file(found, row), row["line"], row["reason"], row["text"]] for row in told[key]]
                n = say.numbers.number(told[f"n_{key}"])
                title = say("first_of", what=say(f"rows_{key}"), shown=say.numbers.number(len(listed)), n=n)
                heads = [*_file_head(say, found), say("line"), say("reason"), say("text")]
                kinds = [*["text"] * (len(heads) - 3), "number", "text", "text"]
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
            rows = [
                [say(f"what_{g['what']}"), g["series"], *(moment(say, g["what"], g[end]) for end in ("first", "last")),
                 g["n_missing"]]
                for g in gaps
            ]  # fmt: skip
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
    remarks = found.told["remarks"]
    rows = [[*_of_file(found, r), r["topic"], r["text"], say(f"sure_{r['sureness']}")] for r in remarks]
    heads = [*_file_head(say, found), say("topic"), say("found"), say("how_sure")]
    with Card(say("remarks"), in_english(say)):
        Table(TableData(heads, rows), say("remarks"), "remarks.csv", is_titled=False, limit=12)


def _file_head(say: Words, found: Any) -> list[str]:
    """The head of the files' column, where there are several."""
    return [say("file")] if len(found.files) > 1 else []


def _of_file(found: Any, row: dict[str, Any]) -> list[str]:
    return [row["file"]] if len(found.files) > 1 else []


@solara.component
def TakeAlong(found: Any):
    """The mappings and a first scenario as files, and how to fit with them."""
    from twin.ui.work.history import commands, first_stem, stem_of

    say = use_words("calibration")
    with Card(say("take_along"), say("take_along_note")), Box("stack"):
        with Box("flow middle"):
            for one in found.files:
                if one.mapping_toml:
                    text = say("take_mapping") if len(found.files) == 1 else say("take_mapping_of", name=one.name)
                    content = one.mapping_toml.encode
                    Download(text, f"{stem_of(one.name)}.mapping.toml", content, "application/toml").key(one.name)
            if found.scenario:
                name = f"{first_stem(found)}.first.toml"
                Download(say("take_scenario"), name, found.scenario.encode, "application/toml")
        if found.holds_months_alone:
            tag("p", say("months_alone"), class_="note")
        elif found.scenario_problem:
            tag("p", f"{say('no_scenario')} {found.scenario_problem}", class_="note")
        if found.told:
            tag("p", say("fit_note"), class_="note")
            tag("pre", " \\\n    ".join(commands(found)), class_="listing", tabindex="0", role="region",
                aria_label=say("fit_command"))  # fmt: skip
