"""Errors of the project: what the user got wrong (exit 2), and what went wrong in a run (exit 1)."""

from collections.abc import Iterable


class TwinError(Exception):
    """Base of all errors of the project."""


class InputError(TwinError):
    """The user's input is wrong; the message says which, what was given and what is allowed. Exit code 2."""


class ScenarioError(InputError):
    """A scenario is wrong: every mistake found, each one sentence "file: key is GIVEN, must be ALLOWED"."""

    def __init__(self, problems: Iterable[str] | str):
        self.problems: list[str] = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))

    def __reduce__(self):
        return type(self), (self.problems,)


class RunError(TwinError):
    """A run failed, or a check is not met. Exit code 1."""
