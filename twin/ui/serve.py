"""The web server behind `twin ui`."""

import logging
import os
import socket
import threading
import time
import webbrowser

from twin.errors import InputError
from twin.ui.settings import set_environment

WAIT_FOR_START = 30.0  # [s] before the browser is opened anyway


def serve(port: int, host: str, opens_browser: bool) -> None:
    """Serve the pages until the program is ended."""
    set_environment()
    os.environ["SOLARA_HOST"] = host
    _check_free(host, port)
    import uvicorn

    logging.getLogger("Solara").setLevel(logging.ERROR)
    address = f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0', '::') else host}:{port}/"
    print(f"Caring Twin: {address}  (Ctrl-C ends it)", flush=True)
    server = uvicorn.Server(
        uvicorn.Config("solara.server.starlette:app", host=host, port=port, log_level="warning", access_log=False)
    )
    if opens_browser:
        threading.Thread(target=_open, args=(server, address), daemon=True).start()
    server.run()


def _check_free(host: str, port: int) -> None:
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        what = (error.strerror or str(error)).lower()
        raise InputError(f"ui: --host {host} --port {port}: {what}, must be a free port of this machine") from None


def _open(server: "uvicorn.Server", address: str) -> None:  # type: ignore[name-defined]  # noqa: F821
    deadline = time.monotonic() + WAIT_FOR_START
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.1)
    webbrowser.open(address)
