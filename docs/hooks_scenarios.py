"""A page for each scenario of the library: its words, its file, its numbers with marks, ranges and sources."""

import re
from html import escape

from twin.scenario.explain import MARKS, explain_lines, numbers
from twin.scenario.files import LIBRARY, library_entries
from twin.scenario.load import Loaded, load

FAMILIES = {
    "187-": "The 187: As-Is and To-Be",
    "bank-": "Recorded days of a real centre",
    "ecare-": "Electronic care, from launch to 360 degrees",
    "poste-": "One number for many products",
    "wind-": "A multichannel centre",
    "staffing-": "For `twin optimise`",
    "v": "Published cases, rerun by `twin verify`",
    "": "Small scenarios, each showing one thing",
}
_COLUMNS = ("key", "value", "mark", "range", "source", "file")
_LONGEST_FILE = 120  # [lines] shown whole
_LONGEST_VALUE = 60  # [characters]
_TABLES: dict[str, str] = {}
_PLACE = re.compile(r'<div id="numbers-([^"]+)"></div>')


def library_page() -> str:
    """All scenarios, by family."""
    entries = list(library_entries())
    about = "`twin list` prints them; `twin show NAME` prints what a page says; any may be a base (`extends`)."
    lines = ["# Library", "", about, ""]
    for prefix, title in FAMILIES.items():
        mine = [entry for entry in entries if _family(entry.name) == prefix]
        lines += [f"## {title}", "", *(f"- [{entry.name}]({entry.name}.md): {_plain(entry.title)}" for entry in mine)]
        lines.append("")
    return "\n".join(lines)


def _family(name: str) -> str:
    return next(prefix for prefix in FAMILIES if name.startswith(prefix) and (prefix != "v" or name[1:2].isdigit()))


def _plain(text: str) -> str:
    """Text in which Markdown sees no signs of its own."""
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>#|" else sign for sign in text)


def scenario_page(name: str) -> str:
    """One scenario."""
    loaded = load(name)
    first, *lines = explain_lines(loaded)
    title = first.partition(": ")[2] or name
    page = [f"# {name}", "", f"**{_plain(title)}**", "", *_words(lines), "", *_file(name), *_numbers(loaded)]
    return "\n".join(page)


def _words(lines: list[str]) -> list[str]:
    """Headings and sentences: what the scenario says of itself is text, everything else is a list."""
    page: list[str] = []
    heading = ""
    for line in lines:
        if not line.strip():
            continue
        if not line.startswith(" "):
            page += ["", f"## {_plain(line)}", ""]
            heading = line
        elif heading:
            page.append(f"- {_plain(line.strip())}")
        else:
            page += ["", _plain(line.strip())]
    return page


def _file(name: str) -> list[str]:
    text = (LIBRARY / f"{name}.toml").read_text("utf-8").rstrip()
    if text.count("\n") > _LONGEST_FILE:
        return []
    return ["## The file itself", "", "```toml", text, "```", ""]


def _numbers(loaded: Loaded) -> list[str]:
    """Headings of the tables of numbers, one for each part; the tables come in when the page is HTML already."""
    rows = numbers(loaded)
    marks = ", ".join(f"**{mark}** {what}" for mark, what in MARKS.items())
    page = ["## Numbers", "", f"{len(rows)} numbers. Marks: {marks}; no mark: not stated.", ""]
    for part in dict.fromkeys(_part(row) for row in rows):
        mine = [row for row in rows if _part(row) == part]
        name = f"{loaded.scenario.name}-{part}"
        _TABLES[name] = _table(mine)
        page += [f"### {_plain(part)}", "", f'<div id="numbers-{name}"></div>', ""]
    return page


def with_numbers(html: str) -> str:
    """Put the tables in. Markdown and the search index never see them: they are half of the time and of the size."""
    return _PLACE.sub(lambda place: _TABLES[place[1]], html)


def _table(rows: list[dict[str, str]]) -> str:
    heads = "".join(f"<th>{column}</th>" for column in _COLUMNS)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(map(_row, rows))}</tbody></table>"


def _part(row: dict[str, str]) -> str:
    return row["key"].partition(".")[0].partition("[")[0]


def _row(row: dict[str, str]) -> str:
    value = row["value"]
    if len(value) > _LONGEST_VALUE:
        value = f"{value[:_LONGEST_VALUE].rpartition(',')[0]}, ... ({value.count(',') + 1} numbers)"
    cells = [f"<td><code>{escape(row['key'])}</code></td>", f'<td class="number">{escape(value)}</td>']
    cells += [f"<td>{escape(row[column])}</td>" for column in _COLUMNS[2:]]
    return f"<tr>{''.join(cells)}</tr>"
