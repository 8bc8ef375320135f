"""Skills: who holds which, where hours are short, who should learn what, and what that changes."""

import solara

from twin.ui.language import use_words
from twin.ui.page import Page
from twin.ui.parts.address import use_address
from twin.ui.parts.existing import number_of
from twin.ui.parts.fields import Button, Choice, NumberField
from twin.ui.parts.html import Box, Card, EmptyState, ErrorSentence, Heading
from twin.ui.parts.jobs import JobDone, JobPanel, use_job
from twin.ui.parts.scenarios import OwnScenario, ScenarioSelect, use_chosen

DEFAULT = "187-as-is"
MOST_DAYS, MOST_SEED = 28, 10**9


@solara.component
def Skills():
    """The scenario on the left; on the right its skill map, the gaps once they are run, and the plan."""
    from twin.ui.work.skills import find_gaps, read_staff

    say = use_words("skills")
    given, put = use_address()
    scenario = use_chosen(given.get("scenario", "") or DEFAULT)
    name, offered = scenario.file, scenario.sizes
    size = given.get("size", "") if given.get("size", "") in offered else offered[0] if offered else ""
    days, seed = number_of(given, "days", 7, 1, MOST_DAYS), number_of(given, "seed", 1, 0, MOST_SEED)
    reading, running = use_job("skills-map"), use_job("skills-gaps")

    def read() -> None:
        known = reading.view.result
        if scenario.mistake:
            reading.reset()
        elif not _is_of(known, name, size) or known.serial != scenario.serial:
            running.reset()
            reading.start(read_staff, name, size, scenario.serial)

    def choose(**changes: str | None) -> None:
        running.reset()
        put(**changes, group=None, level=None, plan=None)

    def choose_scenario(text: str) -> None:
        choose(scenario=text, size=None)

    solara.use_effect(read, [name, scenario.serial, size])
    staff, gaps = reading.view.result, running.view.result
    with Box("page"):
        Heading(say("title"), say("lead"))
        JobDone(running)
        with Box("side"):
            with Card(say("setup")), Box("stack"):
                ScenarioSelect(say("scenario"), scenario.name, choose_scenario)
                ErrorSentence(scenario.mistake)
                OwnScenario(lambda _, text: choose_scenario(text))
                if offered:
                    words = {s: say(f"size_{s}") if say.has(f"size_{s}") else s for s in offered}
                    Choice(say("size"), size, lambda text: choose(size=text), words)
                NumberField(say("days"), days, lambda n: put(days=int(n)), say("days_unit"), 1, MOST_DAYS,
                            note=say("days_note"))  # fmt: skip
                NumberField(say("seed"), seed, lambda n: put(seed=int(n)), least=0, most=MOST_SEED)
                Button(say("find_gaps"), lambda: running.start(find_gaps, name, size, days, seed), "primary",
                       disabled=running.view.is_running or bool(scenario.mistake))  # fmt: skip
            with Box("stack"):
                if reading.view.state not in ("idle", "done"):
                    with Card():
                        JobPanel(reading, say)
                if _is_of(staff, name, size):
                    Map(staff).key(f"map {name} {size}")
                if running.view.state not in ("idle", "done"):
                    with Card():
                        JobPanel(running, say)
                if _is_of(gaps, name, size):
                    Shortages(gaps)
                elif not running.view.is_running and not scenario.mistake:
                    EmptyState(say("no_gaps"), say("no_gaps_note"))
                if _is_of(staff, name, size):
                    Plan(staff, gaps if _is_of(gaps, name, size) else None).key(f"plan {name} {size}")


def _is_of(result, name: str, size: str) -> bool:
    return result is not None and result.scenario == name and result.size == size


@solara.component
def Map(staff):
    """See `twin.ui.pages.skills_views`, which brings pandas."""
    from twin.ui.pages.skills_views import SkillMapCard

    SkillMapCard(staff)


@solara.component
def Shortages(gaps):
    """The same."""
    from twin.ui.pages.skills_views import GapsCard

    GapsCard(gaps)


@solara.component
def Plan(staff, gaps):
    """The same; `gaps` is None until they are found."""
    from twin.ui.pages.skills_plan import PlanCard

    PlanCard(staff, gaps)


PAGE = Page("skills", "title", Skills, order=40)
