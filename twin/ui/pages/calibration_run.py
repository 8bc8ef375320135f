"""Fit a scenario to the history that was read: which one, until when, with how many runs; then look at the result."""

from pathlib import Path
from typing import Any

import solara

from twin.ui.language import use_words
from twin.ui.pages import calibration_fit
from twin.ui.parts.address import use_address
from twin.ui.parts.fields import Button, Choice, Download, Option, TextField
from twin.ui.parts.html import Box, Card, ErrorSentence, tag
from twin.ui.parts.jobs import JobPanel, session_folder, use_job
from twin.ui.parts.scenarios import OwnScenario, ScenarioSelect, use_chosen

FIRST, NONE = "first", ""
MIMES = {".toml": "application/toml", ".html": "text/html", ".json": "application/json"}


@solara.component
def FitHere(found: Any, paths: dict[str, str]):
    """The form, the run, what it has left."""
    from twin.ui.parts.work import within_memory
    from twin.ui.work.fitting import MOST_MEMORY, RUNS, FitRequest, fit_here
    from twin.ui.work.history import first_stem

    say = use_words("calibration")
    given, put = use_address()
    job = use_job("fit_history")
    until, set_until = solara.use_state("")
    runs, set_runs = solara.use_state(str(RUNS[-1]))
    usual = FIRST if found.scenario else NONE
    name = given.get("scenario", usual)
    name = usual if name == FIRST else name
    chosen = use_chosen(name)
    is_own = name not in (FIRST, NONE)
    mistake = chosen.mistake if is_own else ""

    def begin() -> None:
        mappings = tuple(one.mapping_toml for one in found.files)
        files = tuple(Path(paths[one.name]) for one in found.files)
        first = f"{first_stem(found)}.first.toml"
        asked = FitRequest(files, mappings, chosen.file if is_own else "", found.scenario, first, until.strip(),
                           int(runs), session_folder())  # fmt: skip
        job.start(within_memory, MOST_MEMORY, fit_here, asked)

    with Card(say("fit"), say("fit_lead")), Box("stack"):
        with Box("grid-3"):
            others: list[Option] = [{"value": FIRST, "text": say("first_scenario_above")}] if found.scenario else []
            others += [] if found.scenario else [{"value": NONE, "text": say("choose_scenario")}]
            ScenarioSelect(say("fit_scenario"), name, lambda key: put(scenario=key or None), others=others)
            TextField(say("fit_until"), until, set_until, note=say("fit_until_note"), placeholder="2015-09-30")
            Choice(say("fit_runs_wanted"), runs, set_runs, {str(n): say.numbers.number(n) for n in RUNS})
        OwnScenario(lambda _, key: put(scenario=key))
        ErrorSentence(mistake)
        with Box("flow"):
            Button(say("fit_begin"), begin, "primary", disabled=job.view.is_running or name == NONE or bool(mistake))
        JobPanel(job, say, say("fitting"))
        if job.view.result is not None:
            Left(job.view.result, found)


@solara.component
def Left(files: dict[str, bytes], found: Any):
    """What the fit has left: to be looked at, to be taken along."""
    say = use_words("calibration")
    _, put = use_address()
    key = next(name for name in files if name.endswith(".calibration.json"))

    def look() -> None:
        name = f"{found.name}.calibration.json"
        calibration_fit.handed_in.set({**calibration_fit.handed_in.value, name: files[key].decode("utf-8")})
        put(view="fit", fit=name)

    tag("p", say("fit_done"), class_="verdict", role="status", id="fitted")
    with Box("flow middle"):
        Button(say("fit_look"), look, "primary")
        for name, content in files.items():
            mime = MIMES.get(Path(name).suffix, "application/octet-stream")
            Download(name, name, lambda content=content: content, mime).key(name)
