"""The parts of the page Floor beside the canvas: the day's figures, an operator, a customer."""

from collections.abc import Callable
from typing import Any

import solara

from twin.ui.floor import sentences
from twin.ui.floor.customers import CustomerView
from twin.ui.floor.operators import OperatorView
from twin.ui.floor.views import DAY, Stage, Summary
from twin.ui.language import use_words
from twin.ui.parts.fields import Button, NumberField
from twin.ui.parts.html import Box, Card, Facts, tag

Order = Callable[..., None]
"""`order("watch", ("operator", 12))`: see `RemotePlayer.order`."""


@solara.component_vue("day.vue")
def _Day(
    title: str, label: str, shift: Any, training: Any, breaks: list, bands: list, now: float, first: float, last: float
) -> None: ...


@solara.component_vue("life.vue")
def _Life(items: list, points: list, words: dict[str, str], event_see: Any) -> None: ...


@solara.component
def Figures(summary: solara.Reactive[Summary | None]):
    """Today's figures so far."""
    say = use_words("floor")
    found = sentences.figures(summary.value, say) if summary.value is not None else []
    boxes = [
        tag("div", tag("div", name, class_="name"), tag("div", value, class_="value"), class_="kpi")
        for name, value in found
    ]
    tag("div", *boxes, class_="floor-figures", data_test="figures")


@solara.component
def Told(summary: solara.Reactive[Summary | None]):
    """The floor in words, for screen readers: told anew every few seconds only."""
    say = use_words("floor")
    text = sentences.told(summary.value, say) if summary.value is not None else ""
    tag("p", text, class_="aside", role="status", aria_live="polite", data_test="told")


@solara.component
def Finder(stage: Stage, order: Order):
    """Look at somebody by number."""
    say = use_words("floor")
    numbers = say.numbers
    operator, set_operator = solara.use_state(None)
    customer, set_customer = solara.use_state(None)

    def see(what: str, keep: Callable[[Any], None]) -> Callable[[Any], None]:
        def look(number: Any) -> None:
            keep(number)
            if number is not None:
                order("watch", what, int(number))

        return look

    with Card(say("look_title"), say("look_note")), Box("grid-2"):
        most = stage.n_operators - 1
        NumberField(say("operator_number"), operator, see("operator", set_operator), least=0, most=most,
                    note=say("number_note", most=numbers.number(most)), may_be_empty=True)  # fmt: skip
        most = stage.n_customers - 1
        if most < 0:
            tag("p", say("no_customers"), class_="note")
        else:
            NumberField(say("customer_number"), customer, see("customer", set_customer), least=0, most=most,
                        note=say("number_note", most=numbers.number(most)), may_be_empty=True)  # fmt: skip


# ---- an operator -----------------------------------------------------------------------------------------------------


@solara.component
def OperatorPanel(view: OperatorView, stage: Stage, now: float, order: Order):
    """The operator whom the reader watches."""
    say = use_words("floor")
    group, site = (sentences.title_of(stage, say, name) for name in (view.group, view.site))
    with Card(class_="floor-panel"):
        with Box("spread"):
            tag("h2", say("operator_title", n=say.numbers.number(view.row)), class_="card-title", data_test="operator")
            Button(say("close"), lambda: order("watch", "operator", None), "quiet")
        tag("p", say("team", group=group, site=site, team=say.numbers.number(view.team)), class_="note")
        with Box("floor-doing"):
            tag("span", sentences.doing(view, stage, say), data_test="doing")
            if view.customer is not None and view.customer >= 0:
                text = say("see_customer", n=say.numbers.number(view.customer))
                Button(text, lambda: order("watch", "customer", view.customer), "quiet")
        Day(view, stage, now)
        tag("h3", say("skills"), class_="floor-head")
        Skills(view, stage)
        tag("h3", say("compared"), class_="floor-head")
        Comparison(view)
        facts, events = sentences.career_facts(view, stage, say), sentences.career_events(view, stage, say)
        tag("h3", say("career"), class_="floor-head")
        if not facts and not events:
            tag("p", say("career_none"), class_="note")
        if facts:
            Facts(facts)
        if events:
            rows = [tag("li", tag("span", when, class_="note"), tag("span", what)) for when, what in events]
            tag("ul", *rows, class_="floor-events")


@solara.component
def Day(view: OperatorView, stage: Stage, now: float):
    """The operator's day so far, on a band."""
    say = use_words("floor")
    midnight = now // DAY * DAY if now < len(stage.dates) * DAY else (len(stage.dates) - 1) * DAY
    first, last = sentences.span_of_day(view, now - midnight)
    bands = [sentences.band_of(band, stage, say) for band in view.bands]
    training = [view.leaves_phone, view.shift[1]] if view.leaves_phone is not None and view.shift else None
    _Day(
        title=say("day_title"), label=say("day_label", n=say.numbers.number(len(bands))), training=training,
        shift=list(view.shift) if view.shift else None, breaks=[list(pair) for pair in view.breaks], bands=bands,
        now=now - midnight, first=first, last=last,
    )  # fmt: skip
    is_whole = stage.begun_at <= midnight
    text = say("day_exact") if is_whole else say("day_seen_from", clock=say.numbers.clock(stage.begun_at % DAY))
    tag("p", text, class_="note")


@solara.component
def Skills(view: OperatorView, stage: Stage):
    """Skills held, with how well each is known."""
    say = use_words("floor")
    rows = []
    for held in view.skills:
        share = say.numbers.percent(held.proficiency, 0)
        bar = tag(
            "span", tag("i", style=f"width:{100 * held.proficiency:.0f}%"), class_="floor-bar", aria_hidden="true"
        )
        name = tag("span", sentences.title_of(stage, say, held.name), title=held.name)
        rows.append(
            tag("li", name, tag("span", say(f"skill_{min(held.level, 4)}"), class_="note"), bar, tag("b", share))
        )
    tag("ul", *rows, class_="floor-skills", data_test="skills")


@solara.component
def Comparison(view: OperatorView):
    """The operator beside the team."""
    say = use_words("floor")
    heads = (say("measure"), say("own"), say("team_of", n=say.numbers.number(view.n_team)))
    head = tag("tr", *(tag("th", text, scope="col", class_="num" if k else "") for k, text in enumerate(heads)))
    rows = [
        tag("tr", tag("th", name, scope="row"), tag("td", mine, class_="num"), tag("td", team, class_="num"))
        for name, mine, team in sentences.compared(view, say)
    ]
    table = tag("table", tag("thead", head), tag("tbody", *rows), class_="plain")
    tag("div", table, class_="table-part", data_test="compared")


# ---- a customer ------------------------------------------------------------------------------------------------------


@solara.component
def CustomerPanel(view: CustomerView, stage: Stage, now: float, order: Order):
    """The customer whom the reader watches, with the life line."""
    say = use_words("floor")
    title = say("customer_title", n=say.numbers.number(view.row)) if view.is_known else say("contact_title")
    with Card(class_="floor-panel"):
        with Box("spread"):
            tag("h2", title, class_="card-title", data_test="customer")
            Button(say("close"), lambda: order("watch", "customer", None), "quiet")
        if view.is_known:
            KnownCustomer(view, stage, now, order)
        else:
            lines = [sentences.present(matter, now, stage, say) for matter in view.present] or [say("gone")]
            for line in lines:
                tag("p", line)
            if stage.n_customers == 0:
                tag("p", say("no_customers"), class_="note")


@solara.component
def KnownCustomer(view: CustomerView, stage: Stage, now: float, order: Order):
    """Facts, what is written down since when, and the life line."""
    say = use_words("floor")
    Facts(sentences.customer_facts(view, stage, say))
    with Box("spread floor-head"):
        tag("h3", say("life"), style="font:inherit;margin:0")
        with Box("flow"):
            if view.is_followed:
                Button(say("unfollow"), lambda: order("follow", view.row, False), "quiet")
            else:
                Button(say("follow"), lambda: order("follow", view.row), "quiet")
    since = sentences.instant(stage, say, view.contacts_from)
    if view.is_followed:
        seen = sentences.instant(stage, say, view.followed_from)
        tag("p", say("followed_note", since=seen, contacts=since), class_="note")
    else:
        tag("p", f"{say('contacts_note', since=since)} {say('follow_note')}", class_="note")
    if view.is_followed and view.followed_from > stage.begun_at:
        Button(say("relive"), lambda: order("relive"), "quiet")
    words = {key: say(key) for key in ("satisfaction", "experience", "expectation", "nothing")}
    felt = {name: say.numbers.number(getattr(view, name)) for name in ("experience", "expectation")}
    points = [list(point) for point in view.satisfaction]
    _Life(
        items=sentences.life_items(view, now, stage, say),
        points=[*points, [now, *points[-1][1:]]] if points else [],
        words={**words, "satisfaction_label": say("satisfaction_label", **felt)},
        event_see=lambda row: order("watch", "operator", int(row)),
    )
