"""The training plan of the page Skills: courses proposed and edited, what they cost, a trial."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import solara

from experiments.training.effect import Trial
from experiments.training.gaps import Gaps
from experiments.training.plan_file import plan_name, plan_text
from experiments.training.propose import Rules, cost_of, gaps_with, hours_of, last_day, propose
from twin.errors import TwinError
from twin.scenario.training_schema import Course
from twin.ui.language import use_words
from twin.ui.parts.address import use_address
from twin.ui.parts.charts import Unit
from twin.ui.parts.fields import Button, Download, NumberField, Select
from twin.ui.parts.html import Box, Card, ErrorSentence, Facts, tag
from twin.ui.parts.jobs import JobDone, JobPanel, session_folder, use_job
from twin.ui.parts.table import Table, TableData, cell
from twin.ui.words import Words
from twin.ui.work.skills import Staff
from twin.ui.work.training import (
    MOST_COURSES,
    MOST_HOURS,
    courses_in,
    courses_text,
    most_to_send,
    new_course,
    try_training,
)

MOST_DAY = 999
DEFAULTS = {"budget": 200.0, "hours": 24.0, "pace": 2.0, "start": 0.0, "weeks": 8.0, "pairs": 5.0, "luck": 1.0}
LIMITS = {"budget": (1, 1e6), "hours": (1, MOST_HOURS), "pace": (0.25, 12), "start": (0, MOST_DAY), "weeks": (1, 52),
          "pairs": (1, 50), "luck": (0, 10**9)}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What the address says of the plan, with defaults where it is silent or says nonsense."""

    given: dict[str, str]
    put: Callable[..., None]

    def number(self, key: str) -> float:
        least, most = LIMITS[key]
        try:
            value = float(self.given.get(key, ""))
        except ValueError:
            return DEFAULTS[key]
        return value if least <= value <= most else DEFAULTS[key]

    def courses(self, staff: Staff) -> list[Course]:
        return courses_in(self.given.get("plan", ""), self.number("pace"), staff)

    def put_courses(self, courses: Sequence[Course]) -> None:
        self.put(plan=courses_text(courses) or None)


@solara.component
def PlanCard(staff: Staff, gaps: Gaps | None):
    """Budget and Propose; the courses; what they cost and close; Try it."""
    say = use_words("skills")
    asked = Asked(*use_address())
    courses = asked.courses(staff)
    with Box():  # one root, whether there is a plan or not: what is inside keeps its state
        with Card(say("plan"), say("plan_note")):
            if staff.teams:
                Plan(asked, staff, gaps, courses)
            else:
                tag("p", say("plan_no_shifts"), class_="note")
        if courses:
            Try(asked, staff, courses)


@solara.component
def Plan(asked: Asked, staff: Staff, gaps: Gaps | None, courses: list[Course]):
    """The plan itself."""
    say = use_words("skills")
    with Box("stack"):
        Proposing(asked, staff, gaps)
        if courses:
            Courses(asked, staff, courses)
        else:
            tag("p", say("plan_empty"), class_="note")
        Actions(asked, staff, courses)
        if courses:
            InAll(say, staff, courses)
            if gaps is not None:
                Closed(say, gaps, courses)


@solara.component
def Proposing(asked: Asked, staff: Staff, gaps: Gaps | None):
    """What a proposal keeps to, and the button."""
    say = use_words("skills")
    said, set_said = solara.use_state(("", ""))

    def offer() -> None:
        assert gaps is not None
        hours, pace, start = (asked.number(key) for key in ("hours", "pace", "start"))
        try:
            found = propose(gaps, Rules(asked.number("budget"), hours, pace, int(start)))
        except TwinError as error:
            set_said(("", str(error)))
            return
        set_said((say(f"ended_{found.ended}" if found.courses else f"none_{found.ended}"), ""))
        asked.put_courses(found.courses)

    with Box("flow"):
        for key, unit, digits in (("budget", "h", 0), ("hours", "h", 1), ("pace", "h", 2), ("start", "", 0)):
            least, most = LIMITS[key]
            NumberField(say(f"plan_{key}"), asked.number(key), lambda x, key=key: asked.put(**{key: f"{x:g}"}), unit,
                        least, most, digits)  # fmt: skip
    with Box("flow middle"):
        Button(say("propose"), offer, disabled=gaps is None)
        tag("p", say("propose_rule") if gaps is not None else say("propose_first"), class_="note")
    if said[0]:
        tag("p", said[0], role="status", id="proposed")
    ErrorSentence(said[1])


@solara.component
def Courses(asked: Asked, staff: Staff, courses: list[Course]):
    """The plan, a course a row, every field to be changed."""
    say = use_words("skills")

    def change(k: int, **values: Any) -> None:
        changed = courses[k].model_copy(update=values)
        most = most_to_send(staff, changed.team or 0, changed.skill)
        changed = changed.model_copy(update={"count": max(min(changed.count or 1, most), 1)})
        asked.put_courses([*courses[:k], changed, *courses[k + 1 :]])

    def drop(k: int) -> None:
        asked.put_courses([*courses[:k], *courses[k + 1 :]])

    heads = [tag("th", say(key), scope="col") for key in ("team_head", "skill", "operators", "from_day", "hours_each")]
    rows = [_row(say, staff, k, course, change, drop).key(f"course {k}") for k, course in enumerate(courses)]
    table = tag("table", tag("caption", say("plan"), class_="aside"),
                tag("thead", tag("tr", *heads, tag("th", tag("span", say("remove"), class_="aside")))),
                tag("tbody", *rows))  # fmt: skip
    tag("div", tag("div", table, class_="scroll", tabindex="0", role="region", aria_label=say("plan")),
        class_="table-part mapping courses")  # fmt: skip


def _row(say: Words, staff: Staff, k: int, course: Course, change: Any, drop: Any) -> Any:
    name = say("course", n=k + 1)
    team = course.team or 0
    teams = {str(known): f"{known}: {group}" for known, group in staff.teams.items()}
    skills = {known: f"{known}: {title}" if title else known for known, title in staff.titles(say.language).items()}
    most = max(most_to_send(staff, team, course.skill), 1)
    fields = [
        Select(f"{name}: {say('team_head')}", str(team), lambda x: change(k, team=int(x)), teams),
        Select(f"{name}: {say('skill')}", course.skill, lambda x: change(k, skill=x), skills),
        NumberField(f"{name}: {say('operators')}", course.count, lambda x: change(k, count=int(x)), "", 1, most),
        NumberField(f"{name}: {say('from_day')}", course.on, lambda x: change(k, on=int(x)), "", 0, MOST_DAY),
        NumberField(f"{name}: {say('hours_each')}", course.hours, lambda x: change(k, hours=x), "", 0.5, MOST_HOURS, 1),
        Button("×", lambda: drop(k), "quiet", label=f"{say('remove')} {name}"),
    ]
    return tag("tr", *(tag("td", item) for item in fields))


@solara.component
def Actions(asked: Asked, staff: Staff, courses: list[Course]):
    """Add a row, take the plan along."""
    say = use_words("skills")

    def add() -> None:
        asked.put_courses([*courses, new_course(staff, courses, asked.number("pace"))])

    with Box("flow middle"):
        Button(say("add_course"), add, disabled=len(courses) >= MOST_COURSES)
        if courses:
            base = Path(staff.scenario)
            beside = base.parent if base.is_relative_to(session_folder()) else None  # else it has a place of its own
            text = plan_text(staff.scenario, staff.size, courses, folder=beside)
            name = f"{plan_name(staff.scenario)}.toml"
            Download(say("get_plan"), name, lambda: text.encode(), "application/toml").key(courses_text(courses))


def InAll(say: Words, staff: Staff, courses: list[Course]) -> None:
    """Hours, cost, end."""
    numbers = say.numbers
    Facts([
        (say("hours_lost"), f"{numbers.number(hours_of(courses))}\u00a0h"),
        (say("cost"), numbers.euro(cost_of(courses, staff.trained_hour))),
        (say("taught"), numbers.number(sum(course.count or 0 for course in courses))),
        (say("over_by"), say("day", n=numbers.number(last_day(courses)))),
    ])  # fmt: skip


def Closed(say: Words, gaps: Gaps, courses: list[Course]) -> None:
    """Gaps now, and with the plan as far as hours tell."""
    unit = Unit.plain(say.numbers, 0, "h")
    rows = []
    for row in gaps_with(gaps, courses).to_dict("records"):
        hours = [cell(float(row[key]), unit.text(float(row[key]))) for key in ("needed", "held", "held_after")]
        both = [cell(float(row[key]), unit.text(float(row[key])), "bad" if row[key] > 0 else "good")
                for key in ("gap", "gap_after")]  # fmt: skip
        rows.append([row["skill"], *hours, *both])
    heads = [say(key) for key in ("skill", "needed", "held", "held_after", "gap", "gap_after")]
    Table(TableData(heads, rows), say("gaps_with_plan"), "gaps-with-plan.csv", limit=8)


@solara.component
def Try(asked: Asked, staff: Staff, courses: list[Course]):
    """Run without and with the plan; what it changed."""
    say = use_words("skills")
    job = use_job("skills-trial")

    def start() -> None:
        weeks, pairs, seed = (int(asked.number(key)) for key in ("weeks", "pairs", "luck"))
        trial = Trial(staff.scenario, staff.size, tuple(courses), weeks, pairs, seed)
        job.start(try_training, trial, Path(tempfile.mkdtemp(prefix="training-", dir=session_folder())))

    result = job.view.result
    with Card(say("try"), say("try_note")), Box("stack"):
        with Box("flow"):
            for key in ("weeks", "pairs", "luck"):
                least, most = LIMITS[key]
                NumberField(say(f"try_{key}"), asked.number(key),
                            lambda x, key=key: asked.put(**{key: f"{int(x)}"}), "", least, most)  # fmt: skip
        with Box("flow"):
            Button(say("try_again") if result is not None else say("try_it"), start, disabled=job.view.is_running)
        JobDone(job)
        if job.view.state not in ("idle", "done"):
            JobPanel(job, say)
    if result is not None and (result.trial.base, result.trial.size) == (staff.scenario, staff.size):
        from twin.ui.pages.skills_effect import EffectCards

        EffectCards(result, list(result.trial.courses) != courses, job.view.seconds)
