"""Ctrl-C: a thread that does nothing else waits for it, keeps finished work, ends our processes, then the program.

An exception in the main thread would come late where compiled code runs, and could come in the middle of an import, of
a compilation, of a file half written. So a command blocks the signal in all threads but this one, and in the processes
that it starts. The program as a library (and Windows) has Python's `KeyboardInterrupt`, as ever.
"""

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

EXIT_CODE = 130
SENTENCE = "interrupted, finished work is kept"
PATIENCE = 3.0  # [s] at most for a file that is just being written; a second Ctrl-C ends at once
SHOW_CURSOR = "\r\x1b[2K\x1b[?25h"  # progress bars hide it

_writing = threading.RLock()
_keepers: list[Callable[[], None]] = []


def watch() -> None:
    """From now on Ctrl-C ends this process, with one sentence and exit code 130.

    Nothing changes where there are no such signals, where somebody else has blocked or taken SIGINT (a parent that
    looks after it, `nohup`), or outside the main thread.
    """
    if not hasattr(signal, "sigwait") or threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return
    if signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}):
        threading.Thread(target=_listen, name="interrupts", daemon=True).start()


@contextlib.contextmanager
def held() -> Iterator[None]:
    """What is done in here is done whole: Ctrl-C waits for it."""
    with _writing:
        yield


@contextlib.contextmanager
def keeping(keep: Callable[[], None]) -> Iterator[None]:
    """If Ctrl-C ends the program in here, `keep` saves what is finished, in another thread."""
    _keepers.append(keep)
    try:
        yield
    finally:
        with _writing:
            _keepers.remove(keep)


def end_with_parent() -> None:
    """A worker of a parent that is gone ends, too, whatever it is at."""
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(EXIT_CODE)


def _listen() -> None:
    signal.sigwait({signal.SIGINT})
    threading.Thread(target=_listen_again, daemon=True).start()
    processes = _processes()
    _send(processes, signal.SIGSTOP)  # leaves the cores to what follows; ended now, they would be missed
    if _writing.acquire(timeout=PATIENCE):
        for keep in _keepers:
            _do(keep)
    _end(processes)


def _listen_again() -> None:
    signal.sigwait({signal.SIGINT})
    _end(_processes())


def _do(keep: Callable[[], None]) -> None:
    try:
        keep()
    except Exception as error:  # a full disk, say: the user must know, and nothing may hold up the end
        _say(f"what was finished could not be written: {error}")


def _end(processes: set[int]) -> None:
    _say(SENTENCE)
    _send(processes, signal.SIGKILL)
    os._exit(EXIT_CODE)


def _say(sentence: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        start = SHOW_CURSOR if sys.stderr.isatty() else ""
        os.write(sys.stderr.fileno(), f"{start}error: {sentence}\n".encode())


def _send(processes: set[int], what: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(OSError):
            os.kill(process, what)


def _processes() -> set[int]:
    """Processes that this one has started; where there is no /proc, those of `multiprocessing`."""
    found = {child.pid for child in multiprocessing.active_children() if child.pid is not None}
    me = str(os.getpid())
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError):  # one that has just ended
            if stat.read_text().rpartition(")")[2].split()[1] == me:
                found.add(int(stat.parent.name))
    return found
