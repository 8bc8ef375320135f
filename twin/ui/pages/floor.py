"""The page Floor: the centre at work, in a player of the reader's own."""

import time
from collections.abc import Callable
from typing import Any

import solara
from solara.server import kernel_context

from twin.errors import TwinError
from twin.ui.floor import sentences
from twin.ui.floor.panels import CustomerPanel, Figures, Finder, OperatorPanel, Order, Told
from twin.ui.floor.player import Mode, Status
from twin.ui.floor.remote import RemotePlayer, Source
from twin.ui.floor.states import State
from twin.ui.floor.views import DAY, Stage, Summary
from twin.ui.language import use_words
from twin.ui.page import Page
from twin.ui.parts.address import use_address
from twin.ui.parts.existing import About, Existing, number_of, use_existing
from twin.ui.parts.fields import Button, NumberField, Select
from twin.ui.parts.html import Box, Card, EmptyState, ErrorSentence, Heading, tag
from twin.ui.parts.scenarios import OwnScenario, ScenarioSelect, use_chosen
from twin.ui.work.opening import SAVED, Kept
from twin.ui.work.scenarios import Chosen

DEFAULT, DEFAULT_SIZE = "187-to-be", "reference"
MOST_SEED = 10**9
MORE, MOST_MORE = 7, 366
"""Days that a saved run goes on for."""
TOLD_EVERY = 5.0
"""Time [s] between two readings of the floor in words."""
SHAPES = {
    State.OFF: "dot", State.IDLE: "open", State.TALK: "full", State.HOLD: "full", State.CHAT: "full",
    State.OUTBOUND: "full", State.WRITTEN: "full", State.CASE: "full", State.WRAP: "half", State.BREAK: "small",
    State.TRAINING: "corner", State.ABSENT: "cross", State.OUTAGE: "bar", State.VACANT: "dot",
}  # fmt: skip
"""Beside its colour a second way to tell each state."""
AWAY = (State.OFF, State.ABSENT, State.VACANT, State.TRAINING)


class Screen:
    """What the page shows of one player; each part is drawn by the component that reads it, and by no other."""

    def __init__(self) -> None:
        self.frame: solara.Reactive[bytes] = solara.Reactive(b"")
        self.status: solara.Reactive[Status] = solara.Reactive(Status(Mode.BUILDING))
        self.stage: solara.Reactive[Stage | None] = solara.Reactive(None)
        self.summary: solara.Reactive[Summary | None] = solara.Reactive(None)
        self.told: solara.Reactive[Summary | None] = solara.Reactive(None)
        self.operator: solara.Reactive[Any] = solara.Reactive(None)
        self.customer: solara.Reactive[Any] = solara.Reactive(None)
        self.player: RemotePlayer | None = None
        self._told_at = 0.0

    def open(self, source: Source) -> Callable[[], None]:
        """Begin to play; the function that is returned ends it."""
        for part, empty in (("frame", b""), ("stage", None), ("summary", None), ("operator", None), ("customer", None)):
            getattr(self, part).set(empty)
        self.status.set(Status(Mode.BUILDING))
        player = RemotePlayer(source, lambda what, value: self.take(player, what, value))
        self.player = player.start()
        return player.close

    def take(self, player: RemotePlayer, what: str, value: Any) -> None:
        """What a player tells, unless it is another one's turn by now."""
        if player is not self.player:
            return
        getattr(self, what).set(value)
        is_quiet = self.status.peek().mode is not Mode.PLAYING
        if what == "summary" and (is_quiet or time.monotonic() - self._told_at > TOLD_EVERY):
            self._told_at = time.monotonic()
            self.told.set(value)

    def order(self, what: str, *values: Any) -> None:
        """See `RemotePlayer.order`."""
        if self.player is not None:
            self.player.order(what, *values)

    def close(self) -> None:
        """End the player, whoever has opened it."""
        if self.player is not None:
            self.player.close()


@solara.component_vue("../floor/centre.vue")
def _Centre(
    frame: bytes, blocks: list, order: bytes, queues: list, states: list, selected: int, height: int, language: str,
    words: dict[str, str], event_seen: Any, event_pick_operator: Any, event_pick_contact: Any,
) -> None: ...  # fmt: skip


@solara.component_vue("../floor/transport.vue")
def _Transport(
    ready: bool, playing: bool, over: bool, jumping: bool, share: float, speed: float, dates: list, first: str,
    words: dict[str, str], event_press: Any, event_set_speed: Any, event_go_to: Any,
) -> None: ...  # fmt: skip


@solara.component
def Floor():
    """Choose a centre, watch it, look at whom you like."""
    say = use_words("floor")
    given, _ = use_address()
    scenario, size = given.get("scenario", DEFAULT), given.get("size", "")
    seed = number_of(given, "seed", 1, 0, MOST_SEED)
    screen = solara.use_memo(Screen, [])
    serial, set_serial = solara.use_state(0)
    chosen = use_chosen(scenario)
    sizes, problem = solara.use_memo(lambda: sizes_of(chosen), [chosen])
    asked, kept, cannot, again = use_existing()
    if asked:
        problem, source = cannot, source_of(given, kept)
    else:
        size = size if size in sizes else (DEFAULT_SIZE if DEFAULT_SIZE in sizes else next(iter(sizes), ""))
        source = Source(chosen.file, size if len(sizes) > 1 else "", seed)
    solara.use_effect(lambda: None if problem else screen.open(source), [source, serial, problem])
    solara.use_effect(lambda: close_with_session(screen), [])
    with Box("page floor-page"):
        Heading(say("title"), say("lead"))
        Existing(cannot, again, "floor-choices")
        if kept is not None:
            Opened(kept, source)
        elif not asked:
            Choices(chosen.name, size, sizes, source.seed)
            ErrorSentence(problem)
        if not problem:
            Centre(screen, lambda: set_serial(serial + 1))


def source_of(given: dict[str, str], kept: Kept | None) -> Source:
    """What the address asks to open; another side, replication or number of days than there are is not asked for."""
    if kept is None:
        return Source(path=given.get("open", ""))
    side = number_of(given, "side", 1, 1, len(kept.scenarios)) - 1
    replication = number_of(given, "rep", 1, 1, kept.replications) - 1
    more = number_of(given, "more", MORE, 1, MOST_MORE) if kept.kind == SAVED and kept.is_over else 0
    return Source(path=kept.place, side=side, replication=replication, more=more)


def close_with_session(screen: Screen) -> None:
    """A session that ends without leaving the page ends the player, too."""
    if kernel_context.has_current_context():
        kernel_context.get_current_context().on_close(screen.close)


def sizes_of(scenario: Chosen) -> tuple[dict[str, int], str]:
    """Operators by size of a scenario, and what is wrong with it."""
    from twin.scenario.load import load_scenario

    if scenario.problem:
        return {}, scenario.problem
    try:
        found = load_scenario(scenario.file)
    except TwinError as error:
        return {}, str(error)
    heads = {
        size: sum(group.heads(factor) for group in found.groups.values()) for size, factor in found.scale.sizes.items()
    }
    return heads, ""


@solara.component
def Choices(scenario: str, size: str, sizes: dict[str, int], seed: int):
    """Which centre, how large, with which luck."""
    say = use_words("floor")
    _, put = use_address()
    numbers = say.numbers

    def choose(name: str) -> None:
        put(scenario=name, size=None)

    with Box("floor-choices"):
        ScenarioSelect(say("scenario"), scenario, choose)
        named = {name: say(f"size_{name}") if say.has(f"size_{name}") else name for name in sizes}
        options = {name: f"{named[name]} · {say('size_note', n=numbers.number(n))}" for name, n in sizes.items()}
        Select(say("size"), size, lambda name: put(size=name), options, disabled=len(sizes) < 2)
        NumberField(say("seed"), seed, lambda n: put(seed=int(n)), least=0, most=MOST_SEED)
        OwnScenario(lambda _, name: choose(name))


@solara.component
def Opened(kept: Kept, source: Source):
    """What has been opened: which scenario and replication of it, or for how many days it goes on."""
    say = use_words("floor")
    _, put = use_address()
    with Box("stack"):
        About(kept)
        with Box("floor-choices"):
            if len(kept.scenarios) > 1:
                names = {str(place): name for place, name in enumerate(kept.scenarios, 1)}
                Select(say("scenario"), str(source.side + 1), lambda place: put(side=place), names)
            if kept.kind == SAVED and kept.is_over and not kept.is_recorded:
                NumberField(say("more"), source.more, lambda n: put(more=int(n)), say("more_unit"), 1, MOST_MORE,
                            note=say("more_note"))  # fmt: skip


@solara.component
def Centre(screen: Screen, open_again: Callable[[], None]):
    """The floor and those one looks at; while it is built, what happens meanwhile."""
    say = use_words("floor")
    stage, status = screen.stage.value, screen.status.value
    if status.mode is Mode.FAILED:
        ErrorSentence(status.error, say("failed_title"))
        Button(say("reopen"), open_again, "primary")
    elif stage is None:
        with EmptyState(say("building"), say("building_note")):
            share = status.share if status.mode is Mode.JUMPING else None
            tag("div", tag("span", class_="unknown" if share is None else "",
                           style=None if share is None else f"width:{100 * share:.0f}%"),
                class_="progress floor-building", role="progressbar", aria_label=say("building"))  # fmt: skip
    else:
        with Box("floor-split"):
            with Box("stack"):
                with Card(class_="floor-stage"):
                    Controls(screen, stage)
                    Canvas(screen, stage)
                    Told(screen.told)
                with Card(say("today")):
                    Figures(screen.summary)
            with Box("stack floor-side"):
                Finder(stage, screen.order)
                Looked(screen, stage, screen.order)


@solara.component
def Controls(screen: Screen, stage: Stage):
    """Play, pause, steps, speed, jumps; and where the run has got to its end."""
    say = use_words("floor")
    status = screen.status.value
    problem, set_problem = solara.use_state("")
    dates = [day.isoformat() for day in stage.dates]
    orders = {"play": "play", "pause": "pause", "stop": "pause", "event": "step_event", "interval": "step_interval"}

    def go_to(where: list[str]) -> None:
        day, clock = where
        try:
            hours, minutes = (int(part) for part in clock.split(":")[:2])
            at = dates.index(day) * DAY + hours * 3600.0 + minutes * 60.0
        except ValueError:
            set_problem(say("outside", first=say.numbers.date(stage.dates[0]), last=say.numbers.date(stage.dates[-1])))
            return
        set_problem("")
        screen.order("jump", at)

    keys = (
        "controls", "play", "pause", "steps", "event", "event_note", "interval", "interval_note", "speed", "live",
        "in_seconds", "in_minutes", "in_hours", "jump", "time", "go", "jumping", "stop",
    )  # fmt: skip
    _Transport(
        ready=status.mode is not Mode.BUILDING, playing=status.mode is Mode.PLAYING, over=status.mode is Mode.OVER,
        jumping=status.mode is Mode.JUMPING, share=status.share, speed=status.speed, dates=dates,
        first=dates[min(stage.warm_up, len(dates) - 1)], words={key: say(key) for key in keys},
        event_press=lambda what: screen.order(orders[what]),
        event_set_speed=lambda speed: screen.order("set_speed", float(speed)), event_go_to=go_to,
    )  # fmt: skip
    ErrorSentence(problem, language=say.language)
    if status.mode is Mode.OVER:
        tag("p", say("over", date=say.numbers.date(stage.dates[-1])), class_="note", role="status")


@solara.component
def Canvas(screen: Screen, stage: Stage):
    """The live view: reads every frame, and nothing else of the page does."""
    say = use_words("floor")
    watched = screen.operator.value
    places = solara.use_memo(lambda: places_of(stage.order), [stage.order])
    blocks = solara.use_memo(lambda: blocks_of(stage, say), [stage, say.language])
    states = [
        {"key": state.name.lower(), "name": say(f"state_{state.name.lower()}"), "shape": SHAPES[state],
         "always": state in (State.IDLE, State.TALK), "there": state not in AWAY}
        for state in State
    ]  # fmt: skip
    states = [one | {"code": code} for code, one in enumerate(states)]
    keys = ("lines_label", "legend_label", "floor_label", "of_group", "of_site", "operator", "waiter", "work", "empty")
    _Centre(
        frame=screen.frame.value, blocks=blocks, order=stage.order, queues=list(stage.queues), states=states,
        selected=places[watched.row] if watched is not None else -1, height=470, language=say.numbers.tag,
        words={key: say(key) for key in keys}, event_seen=lambda n: screen.order("seen", int(n)),
        event_pick_operator=lambda row: screen.order("watch", "operator", int(row)),
        event_pick_contact=lambda pair: screen.order("watch", "contact", [int(part) for part in pair]),
    )  # fmt: skip


def places_of(order: bytes) -> dict[int, int]:
    """Place by operator."""
    import numpy as np

    return {int(row): place for place, row in enumerate(np.frombuffer(order, "<u4"))}


def blocks_of(stage: Stage, say: Any) -> list[dict[str, Any]]:
    """The teams as the canvas reads them."""

    def name(what: str) -> str:
        return sentences.title_of(stage, say, what)

    return [
        {"site": name(block.site), "group": name(block.group), "team": block.team, "skill": name(block.skill),
         "first": block.first, "n": block.n}
        for block in stage.blocks
    ]  # fmt: skip


@solara.component
def Looked(screen: Screen, stage: Stage, order: Order):
    """The operator and the customer whom the reader watches."""
    summary, operator, customer = screen.summary.value, screen.operator.value, screen.customer.value
    now = summary.day * DAY + summary.clock if summary is not None else 0.0
    if operator is not None:
        OperatorPanel(operator, stage, now, order).key(f"operator-{operator.row}")
    if customer is not None:
        CustomerPanel(customer, stage, now, order).key(f"customer-{customer.row}")


PAGE = Page("floor", "title", Floor, order=20)
