"""What runs in a job's process, and nothing of the web server's.

The work is a function of a module that imports no Solara (it would cost a second at every start),
``work(report, *arguments)``; it returns something that can be pickled and tells how far it is:
``report.progress(0.4, "pair_done", n=4, total=10)`` (a share or None, a key of the page's words, and its values) and
``report.partial(first_numbers)``.
"""

import contextlib
import sys
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from twin.errors import TwinError
from twin.interrupts import end_with_parent

DONE, FAILED, PROGRESS, PARTIAL = "done", "failed", "progress", "partial"


class Reporter:
    """What the work has in hand to tell how far it is."""

    def __init__(self, line: Connection):
        self._line = line

    def progress(self, share: float | None, key: str = "", **values: Any) -> None:
        self._line.send((PROGRESS, (share, key, values)))

    def partial(self, value: Any) -> None:
        self._line.send((PARTIAL, value))


def within_memory(report: Reporter, most: int, work: Callable[..., Any], *arguments: Any) -> Any:
    """Work that reads files of others: where the system can, it ends before it has filled this machine's memory."""
    try:
        import resource
    except ImportError:  # not on Windows
        pass
    else:
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    return work(report, *arguments)


def do_work(line: Connection, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    """A job's process: work, tell, end; with its parent in any case."""
    end_with_parent()
    with contextlib.suppress(OSError):  # nobody listens any more
        try:
            line.send((DONE, work(Reporter(line), *arguments)))
        except TwinError as error:
            line.send((FAILED, str(error)))
        except MemoryError:
            line.send((FAILED, "memory is full, try a smaller size or fewer days"))
        except OSError as error:
            line.send((FAILED, f"{error.filename or ''}: {error.strerror or error}".strip(": ")))
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            line.send((FAILED, f"{type(error).__name__}: {error}"))
