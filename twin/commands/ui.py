"""The screen in the browser."""

import importlib.util
from typing import Annotated

import typer

from twin.errors import InputError

NEEDED = ("solara", "uvicorn", "ipyvuetify")


def open_screen(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where the pages are served.")] = 8765,
    host: Annotated[str, typer.Option(help="Address to listen on; only this machine unless given.")] = "localhost",
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")] = False,
) -> None:
    """Open the screen: compare caring models, watch the centre at work, see who wins and who pays, in the browser."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise InputError(f"ui: {', '.join(missing)} not installed; install the screen: pip install 'caring-twin[ui]'")
    from twin.ui.serve import serve

    serve(port, host, not no_open)
