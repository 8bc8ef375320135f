"""Mesa's own view of the centre, for who knows Mesa; in Mesa's look, not ours."""

import solara

from twin.ui.page import Page


@solara.component
def Mesa():
    """See `twin.ui.mesa_view`, which is slow to import."""
    from twin.ui.mesa_view import Page as View

    View()


PAGE = Page("mesa", "title", Mesa, order=95, is_own_layout=True)
