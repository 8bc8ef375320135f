"""The form of the page Control room: which day, which centre, which actions; what is chosen stands in the address."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import solara

from twin.errors import TwinError
from twin.ui.language import use_words
from twin.ui.pages.control_centre import Centre
from twin.ui.parts.address import use_address
from twin.ui.parts.fields import Button, Choice, NumberField, Select, TextField, Toggle, Upload
from twin.ui.parts.html import Box, Card, ErrorSentence, tag
from twin.ui.parts.jobs import Job, session_folder
from twin.ui.parts.scenarios import OwnScenario, ScenarioSelect, use_chosen
from twin.ui.work.roots import named
from twin.ui.work.scenarios import Chosen

DEFAULT = "control-room"
ACCEPTED = ".csv,.tsv,.txt,.gz,.xlsx,.parquet"
TRY = "try"
MEMBERS, MOST_MEMBERS, LEND, MOST_LENT, MOST_DAYS = 40, 200, 5, 200, 10**6

histories: solara.Reactive[dict[str, str]] = solara.reactive({})
"""Histories that the session has handed in: name, path. Solara keeps one per session."""
mappings: solara.Reactive[dict[str, Any]] = solara.reactive({})
"""The mapping that the session has handed in, under its name."""


@dataclass(frozen=True)
class Asked:
    """What the address says, with defaults where it is silent."""

    given: dict[str, str]
    put: Callable[..., None]
    folder: Path
    """Of the session."""
    default: str = DEFAULT
    """Scenario where none is chosen."""
    chosen: Chosen = field(default_factory=lambda: Chosen(""))
    """The scenario's file."""

    def with_changes(self, **changes: str) -> "Asked":
        """The same centre, asked otherwise."""
        return replace(self, given={**self.given, **changes})

    def text(self, key: str) -> str:
        return self.given.get(key, "")

    def whole(self, key: str, default: int, least: int, most: int) -> int:
        """A whole number; what is no number, or none that is allowed, counts as the default."""
        text = self.text(key)
        return int(text) if text.isascii() and text.isdigit() and least <= int(text[:12]) <= most else default

    @property
    def is_try(self) -> bool:
        return self.text("day") == TRY

    @property
    def history(self) -> str:
        """Path of the history; "" where none is chosen, or it may not be read."""
        name = self.text("file")
        if not name or self.is_try:
            return ""
        return histories.value.get(name, "") or _path(name)[0]

    @property
    def history_name(self) -> str:
        return self.text("file")

    @property
    def problem(self) -> str:
        """Why the history cannot be read, as far as its name tells."""
        name = self.text("file")
        return "" if not name or self.is_try or name in histories.value else _path(name)[1]

    @property
    def scenario(self) -> str:
        """What was chosen, as the list of scenarios has it."""
        return self.text("scenario") or self.default

    @property
    def left_out(self) -> tuple[str, ...]:
        """Actions that are not to be tried."""
        return tuple(part for part in self.text("without").split(",") if part)

    @property
    def is_followed(self) -> bool:
        return self.text("follow") == "1" and bool(self.history)

    def print_of_history(self) -> Any:
        """What tells whether the history has grown."""
        from calibration.track.follow import fingerprint

        return fingerprint(Path(self.history)) if self.history else ()

    def request(self) -> Any:
        """What a look needs to know."""
        from twin.ui.work.control import KINDS, Request

        return Request(
            self.chosen.file, self._kept_in(), self.text("size"), self.history, next(iter(mappings.value.values()),
            None), "" if self.is_try else self.text("date"), self.text("clock") if self.is_try else self.text("until"),
            tuple(kind for kind in KINDS if kind not in self.left_out), self.whole("lend", LEND, 1, MOST_LENT),
            self.whole("members", MEMBERS, 10, MOST_MEMBERS), day=self.whole("n", 1, 1, MOST_DAYS),
            earlier=_path(self.text("earlier"), ("scores.csv",))[0] if self.text("earlier") else "",
        )  # fmt: skip

    def _kept_in(self) -> Path:
        """A folder for each centre, and one for days to try, so that their days are not mixed."""
        kind = "tried" if self.is_try else "tracked"
        return self.folder / kind / Path(self.scenario).name.removesuffix(".toml")


def _path(text: str, ends: tuple[str, ...] = ()) -> tuple[str, str]:
    """A path that may be read, of a history unless the ends of its name are given; or why not."""
    from calibration.history.files import SUFFIXES

    try:
        return str(named(text, ends or SUFFIXES)), ""
    except TwinError as error:
        return "", str(error)


def use_asked(known: list[str]) -> Asked:
    """What is asked for; of the scenarios found (`known`) the first fitted one is taken unless another is chosen."""
    given, put = use_address()
    fitted = [name for name in known if Path(name).name.startswith("fitted")]
    default = next(iter(fitted), DEFAULT)
    return Asked(given, put, session_folder(), default, use_chosen(given.get("scenario", "") or default))


@solara.component
def Form(asked: Asked, centre: Centre, job: Job, begin: Any):
    """The day, Look; the centre, the actions."""
    say = use_words("control")
    is_ready = centre.is_fine and (asked.is_try or bool(asked.history))
    with Box("stack"):
        with Card(say("the_day")), Box("stack"):
            # The button stands here, in view without scrolling: centre and actions have defaults.
            days = {"file": say("day_file"), TRY: say("day_try")}
            Choice(say("which_day"), TRY if asked.is_try else "file",
                   lambda day: asked.put(day=TRY if day == TRY else None, follow=None), days)  # fmt: skip
            if asked.is_try:
                DayToTry(asked, centre)
            else:
                History(asked)
            Button(say("look_again" if job.view.result is not None else "look"), begin, "primary",
                   disabled=job.view.is_running or not is_ready)  # fmt: skip
        with Card(say("the_centre")), Box("stack"):
            Scenario(asked, centre)
        with Card(say("the_actions")), Box("stack"):
            Actions(asked, centre)


@solara.component
def DayToTry(asked: Asked, centre: Centre):
    """A day of the scenario, simulated and shown until an hour."""
    say = use_words("control")
    clocks = centre.clocks or ["13:00"]
    clock = asked.text("clock") if asked.text("clock") in clocks else clocks[len(clocks) // 2]

    def choose() -> None:
        if not asked.is_try or asked.text("clock") != clock:
            asked.put(clock=clock)

    solara.use_effect(choose, [clock, bool(centre.clocks)])
    tag("p", say("a_day_note"), class_="note")
    Select(say("known_until"), clock, lambda text: asked.put(clock=text), {text: text for text in clocks})
    NumberField(say("day_number"), asked.whole("n", 1, 1, MOST_DAYS), lambda n: asked.put(n=int(n)), least=1,
                most=MOST_DAYS, note=say("day_number_note"))  # fmt: skip


@solara.component
def History(asked: Asked):
    """A file or folder that is there, or one handed in."""
    from twin.ui.work.days import found_histories, found_scores
    from twin.ui.work.history import MOST_BYTES, keep_history

    say = use_words("control")
    looked, set_looked = solara.use_state(0)
    problem, set_problem = solara.use_state("")
    found = solara.use_memo(found_histories, [looked])
    scores = solara.use_memo(found_scores, [looked])
    name = asked.history_name
    options = {"": say("choose"), **{key: key for key in (*histories.value, *found)}}
    if name and name not in options:
        options[name] = name

    def choose(text: str) -> None:
        asked.put(file=text.strip() or None, date=None, until=None, follow=None)

    def take(given: str, content: bytes) -> None:
        folder = Path(tempfile.mkdtemp(prefix="day-", dir=asked.folder))
        try:
            path = keep_history(given, content, folder)
        except TwinError as error:
            set_problem(str(error))
        else:
            set_problem("")
            histories.set({**histories.value, path.name: str(path)})
            choose(path.name)

    Select(say("found"), name, choose, options, say.count("found_note", len(found)))
    with Box("flow"):
        Button(say("find_again"), lambda: set_looked(looked + 1), "quiet")
    TextField(say("path"), name if name in found or name not in histories.value else "", choose, note=say("path_note"))
    Upload(say("upload"), take, ACCEPTED, MOST_BYTES, say("upload_note"))
    ErrorSentence(problem or asked.problem)
    can_follow = bool(asked.history) and name not in histories.value
    Toggle(say("follow"), asked.is_followed, lambda on: asked.put(follow="1" if on else None),
           say("follow_note" if can_follow or not name else "follow_not"), disabled=not can_follow)  # fmt: skip
    with Box("more", "details"):
        tag("summary", say("more_of_day"))
        with Box("stack inside-more"):
            TextField(say("date"), asked.text("date"), lambda text: asked.put(date=text.strip() or None),
                      note=say("date_note"), placeholder="2026-03-02")  # fmt: skip
            TextField(say("known_until"), asked.text("until"), lambda text: asked.put(until=text.strip() or None),
                      note=say("until_note"), placeholder="12:30")  # fmt: skip
            MappingFile()
            if scores:
                listed = {"": say("no_earlier"), **{key: key for key in scores}}
                Select(say("earlier"), asked.text("earlier"), lambda text: asked.put(earlier=text or None), listed,
                       say("earlier_note"))  # fmt: skip


@solara.component
def MappingFile():
    """What the columns mean, where the guess is wrong."""
    import tomllib

    say = use_words("control")
    problem, set_problem = solara.use_state("")

    def take(name: str, content: bytes) -> None:
        from calibration.history.mapping import check_mapping

        try:
            raw = tomllib.loads(content.decode("utf-8"))
            check_mapping(raw, name)
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            set_problem(f"{name}: {error}")
        except TwinError as error:
            set_problem(str(error))
        else:
            set_problem("")
            mappings.set({name: raw})

    with Box("stack tight"):
        Upload(say("mapping"), take, ".toml", 1 << 20, say("mapping_note"))
        ErrorSentence(problem)
        if mappings.value:
            with Box("flow middle"):
                tag("p", say("mapping_used", name=next(iter(mappings.value))), class_="note", role="status")
                Button(say("remove"), lambda: mappings.set({}), "quiet")


@solara.component
def Scenario(asked: Asked, centre: Centre):
    """Of the library, or the reader's own; and its size."""
    say = use_words("control")

    def choose(name: str) -> None:
        asked.put(scenario=name, size=None, clock=None)

    ScenarioSelect(say("scenario"), asked.scenario, choose, say("scenario_note"))
    OwnScenario(lambda _, name: choose(name))
    if len(centre.sizes) > 1:
        words = {size: say(f"size_{size}") if say.has(f"size_{size}") else size for size in centre.sizes}
        chosen = asked.text("size") if asked.text("size") in centre.sizes else centre.own_size
        Choice(say("size"), chosen, lambda size: asked.put(size=size), words, say("size_note"))
    ErrorSentence(centre.sentence(say("no_proactive")), language=say.language if centre.is_proactive else "en")
    if centre.is_in_between:
        tag("p", say("in_between"), class_="note")


@solara.component
def Actions(asked: Asked, centre: Centre):
    """What to try; what this centre cannot do is said at once."""
    from twin.ui.work.control import KINDS

    say = use_words("control")
    left_out = asked.left_out

    def turn(kind: str, is_on: bool) -> None:
        kept = [one for one in KINDS if (one == kind and not is_on) or (one != kind and one in left_out)]
        asked.put(without=",".join(kept) or None)

    for kind in KINDS:
        reason = centre.reason(kind)
        Toggle(say(f"try_{kind}"), kind not in left_out and not reason, lambda on, kind=kind: turn(kind, on),
               say("not_here", reason=centre.reason_in_words(say, kind)) if reason else "", bool(reason))  # fmt: skip
    NumberField(say("lend"), asked.whole("lend", LEND, 1, MOST_LENT), lambda n: asked.put(lend=int(n)),
                say("operators"), 1, MOST_LENT)  # fmt: skip
    NumberField(say("members"), asked.whole("members", MEMBERS, 10, MOST_MEMBERS), lambda n: asked.put(members=int(n)),
                say("days_unit"), 10, MOST_MEMBERS, note=say("members_note"))  # fmt: skip
