"""The application: a shell with navigation and language, and the pages of the registry in it."""

import sys
import traceback

import reacton
import solara
from solara.routing import Router

from twin.ui.language import choose, use_language, use_words
from twin.ui.page import Page as PageOf
from twin.ui.page import all_pages
from twin.ui.parts.html import Box, Card, tag
from twin.ui.parts.shell import Navigation
from twin.ui.words import LANGUAGES, Words

NAMES = {"en": "English", "it": "Italiano"}


@solara.component
def Screen():
    """The page that the address names, in the shell."""
    router = solara.use_router()
    language = use_language()
    say = use_words("common")
    page = _page_of(router)
    if page.is_own_layout:
        Guarded(page)
        return
    links = [
        {"path": f"/{each.route}", "title": Words(each.route, language)(each.title), "new": each.is_own_layout}
        for each in all_pages()
    ]
    solara.Title(f"{Words(page.route, language)(page.title)} · {say('product')}")
    with Box("screen"):
        Navigation(
            links=links,
            here=f"/{page.route}",
            language=language,
            languages=[{"code": code, "name": NAMES[code]} for code in LANGUAGES],
            say={key: say(key) for key in ("product", "skip", "pages", "language")},
            event_go=router.push,
            event_choose=choose,
        )
        with Box("main"):
            Guarded(page).key(page.route)


def _page_of(router: Router) -> PageOf:
    """The page that an address names; the first one at the root. The server knows no other addresses."""
    route = router.parts[0] if router.parts else ""
    return next((page for page in all_pages() if page.route == route), all_pages()[0])


@solara.component
def Guarded(page: PageOf):
    """A page; if it fails, one sentence instead, and the traceback goes to the server's log."""
    say = use_words("common")
    error, clear = reacton.use_exception()
    if error is None:
        page.component()
        return
    traceback.print_exception(error, file=sys.stderr)
    with Card(say("page_failed"), f"{type(error).__name__}: {error}"):
        from twin.ui.parts.fields import Button

        Button(say("try_again"), on_click=lambda: clear())


@solara.component
def Layout(children=()):
    """Only the pages themselves: nothing of Solara's own app bar and drawer, unless a page wants them."""
    if _page_of(solara.use_router()).is_own_layout:
        return solara.AppLayout(children=list(children), navigation=False)
    return tag("div", *children, class_="app")


routes = [solara.Route(path="/", component=Screen, layout=Layout, label="")]
routes += [solara.Route(path=page.route, component=Screen, label=page.route) for page in all_pages()]
