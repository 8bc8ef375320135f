"""A plan of courses as a scenario file that extends the scenario it is for: `twin run` and `twin compare` take it."""

import os
from collections.abc import Sequence
from pathlib import Path

from experiments.roster.files import toml_text, toml_value
from twin.scenario.files import library_names
from twin.scenario.training_schema import Course

SUFFIX = "-trained"
NOTE = "a plan of courses: numbers of operators and dates are choices; hours as domain reference 4.5 unless changed"


def plan_name(base: str) -> str:
    """Of the scenario with the plan."""
    return f"{Path(base).stem if base.endswith('.toml') else base}{SUFFIX}"


def plan_text(
    base: str, size: str, courses: Sequence[Course], source: str = NOTE, folder: Path | None = None
) -> str:  # fmt: skip
    """The file; a base that is no name of the library is named by its whole path.

    Parameters
    ----------
    size : str
        At which the teams are numbered; "" where the scenario has one only.
    folder : path, optional
        Of the plan: a base that lies there, too, is named by its name alone.
    """
    extends = base if base in library_names() else os.path.abspath(base)
    if folder is not None and os.path.dirname(extends) == os.path.abspath(folder):
        extends = os.path.basename(extends)
    at_size = f" at size {size}" if size else ""
    lines = [
        f"# Courses for {os.path.basename(base)}{at_size}: teams go by their numbers at this size.",
        f"extends = {toml_text(extends)}",
        f"name = {toml_text(plan_name(base))}",
    ]
    if size:
        lines += ["", "[scale]", f"size = {toml_text(size)}"]
    if not courses:
        lines += ["", "# No course: as the scenario stands."]
    for course in courses:
        given = course.model_dump(exclude_unset=True, exclude_none=True)
        lines += ["", "[[training]]", 'mark = "A"', f"source = {toml_text(source)}"]
        lines += [f"{key} = {toml_value(value)}" for key, value in given.items()]
    return "\n".join(lines) + "\n"
