"""Long work in the background: a process per job, so that cancelling it really ends it, and the page stays quick.

A job belongs to one session: it outlives a change of page, and is ended with the session. How its work is written:
`twin.ui.parts.work`.
"""

import atexit
import multiprocessing
import shutil
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import solara
from solara.server import kernel_context

from twin.processes import no_interrupts
from twin.ui.language import use_words
from twin.ui.parts.fields import Button
from twin.ui.parts.html import ErrorSentence, tag
from twin.ui.parts.work import DONE, FAILED, PARTIAL, PROGRESS, do_work
from twin.ui.words import Words

IDLE, RUNNING, CANCELLED = "idle", "running", "cancelled"
MOST_AT_ONCE = 4
"""Jobs of all sessions together; further ones wait for their turn."""

_turns = threading.BoundedSemaphore(MOST_AT_ONCE)
_of_session: dict[str, dict[str, "Job"]] = {}


@dataclass(frozen=True)
class JobView:
    """How a job stands."""

    state: str = IDLE
    share: float | None = None
    """Done so far, in [0, 1]; None while nobody knows."""
    key: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    partial: Any = None
    """What is known before the end."""
    result: Any = None
    error: str = ""
    started_at: float = 0.0
    seconds: float = 0.0
    """How long it took."""
    asked: Any = None
    """What the work was given first: what the result is of."""

    @property
    def is_running(self) -> bool:
        return self.state == RUNNING


class Job:
    """One piece of work at a time; starting anew cancels what still runs."""

    def __init__(self) -> None:
        self._view: solara.Reactive[JobView] = solara.Reactive(JobView())
        self._lock = threading.Lock()
        self._process: Any = None
        self._serial = 0

    @property
    def view(self) -> JobView:
        """How it stands; a component that reads it is drawn anew when it changes."""
        return self._view.value

    def start(self, work: Callable[..., Any], *arguments: Any) -> None:
        self._end()
        with self._lock:
            serial = self._serial
        self._view.set(JobView(RUNNING, key="starting", started_at=time.time(), asked=next(iter(arguments), None)))
        threading.Thread(target=self._follow, args=(serial, work, arguments), daemon=True).start()

    def cancel(self) -> None:
        """End the process and those that it has started; what it was at is lost."""
        was_running = self._view.peek().is_running
        self._end()
        if was_running:
            self._view.set(JobView(CANCELLED))

    def reset(self) -> None:
        """As if nothing had run."""
        self._end()
        self._view.set(JobView())

    def stop(self) -> None:
        """End the process; nobody looks any more."""
        self._end()

    def _end(self) -> None:
        with self._lock:
            self._serial += 1
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.join(1)

    def _follow(self, serial: int, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        while not _turns.acquire(timeout=0.2):
            if serial != self._serial:
                return
            self._tell(serial, key="waiting_for_turn")
        try:
            self._run(serial, work, arguments)
        except Exception as error:  # it could not even start
            traceback.print_exc(file=sys.stderr)
            self._tell(serial, state=FAILED, error=f"{type(error).__name__}: {error}")
        finally:
            _turns.release()

    def _run(self, serial: int, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=do_work, args=(theirs, work, arguments))
        with self._lock:
            if serial != self._serial:
                return
            with no_interrupts():
                process.start()
            self._process = process
        theirs.close()
        try:
            while self._hear(serial, *ours.recv()):
                pass
        except (EOFError, OSError):
            process.join(1)
            self._tell(serial, state=FAILED, error=f"the process ended (exit code {process.exitcode}); is memory full?")
        finally:
            ours.close()

    def _hear(self, serial: int, kind: str, what: Any) -> bool:
        """One message of the work; False if it was the last."""
        if kind == PROGRESS:
            self._tell(serial, share=what[0], key=what[1], values=what[2])
        elif kind == PARTIAL:
            self._tell(serial, partial=what)
        else:
            took = time.time() - self._view.peek().started_at
            outcome = {"result": what} if kind == DONE else {"error": what}
            self._tell(serial, state=kind, share=1.0, seconds=took, **outcome)
        return kind in (PROGRESS, PARTIAL)

    def _tell(self, serial: int, **changes: Any) -> None:
        with self._lock:
            if serial == self._serial:
                self._view.set(replace(self._view.peek(), **changes))


def use_job(name: str) -> Job:
    """The session's job of this name; use one name for each thing that may run beside others."""
    session = kernel_context.get_current_context() if kernel_context.has_current_context() else None
    jobs = _of_session.setdefault(session.id if session else "", {})
    if not jobs and session is not None:
        session.on_close(lambda: _close(session.id))
    return jobs.setdefault(name, Job())


def _close(session: str) -> None:
    for job in _of_session.pop(session, {}).values():
        job.stop()


@atexit.register
def _close_all() -> None:
    for session in list(_of_session):
        _close(session)


@solara.component_vue("progress.vue")
def _Progress(share: float | None, text: str, label: str) -> None: ...


@solara.component
def JobPanel(job: Job, say: Words, label: str = ""):
    """Progress and Cancel while it runs, one sentence if it failed or was cancelled, nothing else."""
    common = use_words("common")
    view = job.view
    if view.is_running:
        text = say(view.key, **view.values) if view.key and say.has(view.key) else ""
        progress = _Progress(share=view.share, text=text, label=label or say("run"))
        tag("div", progress, Button(common("cancel"), job.cancel, "danger"), class_="job")
    elif view.state == FAILED:
        ErrorSentence(view.error, common("failed"))
    elif view.state == CANCELLED:
        tag("p", common("cancelled"), class_="note", role="status")


@solara.component
def JobDone(job: Job):
    """Tells who does not see it that a job has come to its end; it stands there before it has anything to say."""
    say = use_words("common")
    tag("p", say("finished") if job.view.state == DONE else "", class_="aside", role="status")


_folders: dict[str, Path] = {}


def session_folder() -> Path:
    """A folder of this session alone: uploads, results; gone with the session."""
    session = kernel_context.get_current_context() if kernel_context.has_current_context() else None
    name = session.id if session else ""
    if name not in _folders:
        folder = _folders[name] = Path(tempfile.mkdtemp(prefix="twin-ui-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        if session is not None:
            session.on_close(lambda: _remove(name))
    return _folders[name]


def _remove(session: str) -> None:
    folder = _folders.pop(session, None)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
