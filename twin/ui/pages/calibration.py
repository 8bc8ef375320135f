"""Calibration: recorded against simulated, and a history file read, its columns named, made a first scenario."""

import solara

from twin.ui.language import use_words
from twin.ui.page import Page
from twin.ui.parts.address import use_address
from twin.ui.parts.fields import Choice
from twin.ui.parts.html import Box, Heading

VIEWS = ("fit", "history")


@solara.component
def Calibration():
    """One of the two views; which one stands in the address."""
    from twin.ui.pages.calibration_fit import FitView
    from twin.ui.pages.calibration_history import HistoryView

    say = use_words("calibration")
    given, put = use_address()
    view = given.get("view", "")
    view = view if view in VIEWS else VIEWS[0]
    with Box("page"):
        Heading(say("title"), say("lead"))
        with Box("stack"):
            Choice(say("view"), view, lambda chosen: put(view=chosen), {key: say(f"view_{key}") for key in VIEWS})
            if view == "fit":
                FitView()
            else:
                HistoryView()


PAGE = Page("calibration", "title", Calibration, order=50)
