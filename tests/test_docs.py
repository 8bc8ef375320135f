"""The documentation builds strictly, without a network; its links hold; `own-centre.md` does what it says."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from twin.cli import main
from twin.kpi import KPIS
from twin.scenario.files import library_names

ROOT = Path(__file__).parents[1]
OWN_CENTRE = (ROOT / "docs" / "own-centre.md").read_text("utf-8")
REPORT = "report-aprile.csv"


class Found(HTMLParser):
    """What a page loads, where it links to, and its anchors."""

    def __init__(self, text):
        super().__init__()
        self.loads, self.links, self.anchors = [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.anchors |= {given[key] for key in ("id", "name") if given.get(key)}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        elif tag == "link" and "canonical" not in given.get("rel", ""):
            self.loads.append(given["href"])
        elif given.get("src"):
            self.loads.append(given["src"])


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Path below the site -> what is found there."""
    pytest.importorskip("mkdocs")
    site = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(site)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return site, {path.relative_to(site): Found(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}


def test_each_scenario_and_each_kpi_is_in_the_site(pages):
    site, found = pages
    for name in library_names():
        assert Path("library", f"{name}.html") in found
        text = (site / "library" / f"{name}.html").read_text("utf-8")
        assert "numbers. Marks:" in text
        assert 'id="numbers-' not in text  # all tables are in
    kpis = (site / "kpis.html").read_text("utf-8")
    assert [name for name in KPIS if f"<code>{name}</code>" not in kpis] == []


def test_numbers_have_marks_and_sources(pages):
    text = (pages[0] / "library" / "187-as-is.html").read_text("utf-8")
    row = re.search(r"<tr><td><code>recall.share</code>.*?</tr>", text)[0]
    assert re.search(r"<td>[SXDA]</td>", row)
    assert row.count("<td") == 6


def test_the_scenario_file_page_has_every_key_with_its_docstring(pages):
    text = (pages[0] / "scenario-file.html").read_text("utf-8")
    assert "Leaders of each team, beside its operators" in text  # the docstring of team_leaders
    assert "a duration above 0, such as <code>180 s</code>" in text
    assert "Atar, Shaki and Shwartz 2011" in text  # the docstring of a type: routing.operator_rule has none of its own


def test_nothing_is_loaded_from_outside(pages):
    outside = {
        (str(path), url) for path, page in pages[1].items() for url in page.loads if urlsplit(url).scheme or "//" in url
    }
    assert {pair for pair in outside if not pair[1].startswith("data:")} == set()
    css = [path.read_text("utf-8") for path in pages[0].rglob("*.css")]
    assert [text for text in css if re.search(r"(url\(|@import)\s*[\"']?(https?:)?//", text)] == []


def test_links_inside_the_site_resolve(pages):
    site, found = pages
    broken = []
    for path, page in found.items():
        if path.name == "404.html":  # its links start at the root of the server
            continue
        for link in [*page.links, *page.loads]:
            url = urlsplit(link)
            if url.scheme or link.startswith("//"):
                continue
            target = (site / path.parent / unquote(url.path)).resolve() if url.path else site / path
            target = target / "index.html" if target.is_dir() else target
            inside = found.get(target.relative_to(site)) if target.is_file() else None
            anchor = unquote(url.fragment)
            if not target.is_file() or (anchor and inside and anchor not in inside.anchors and anchor != "__top"):
                broken.append(f"{path}: {link}")
    assert broken == []


def commands():
    """The commands of the page on one's own centre, in their order."""
    blocks = re.findall(r"```sh\n(.*?)```", OWN_CENTRE, re.S)
    return [line.split("#")[0].split() for block in blocks for line in block.splitlines() if line.startswith("twin ")]


SMALLER = {
    "run": ["--days", "1", "--replications", "2", "--workers", "1"],
    "compare": ["--days", "1", "--replications", "2", "--workers", "1"],
    "calibrate": ["--quick", "--workers", "1", "--until", "2024-04-18"],
    "track": ["--members", "10", "--workers", "1", "--until", "10:00"],
}
"""The last option given wins."""


def test_the_page_on_ones_own_centre_runs_as_written(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    report = (ROOT / "docs" / "examples" / REPORT).read_text("utf-8")
    heading, *rows = report.splitlines()
    shown = re.search(r"^\| (08/04.*?09:00.*) \|$", OWN_CENTRE, re.M)[1]
    assert shown.split(" | ") == rows[0].split(";")
    two_weeks = rows[: 10 * 18]  # to Friday, 19 April
    (tmp_path / REPORT).write_text("\n".join([heading, *two_weeks]) + "\n")
    (tmp_path / "today.csv").write_text("\n".join([heading, *rows[:18]]) + "\n")
    (tmp_path / "reinforced.toml").write_text(re.search(r"```toml\n(.*?)```", OWN_CENTRE, re.S)[1])
    for name, *arguments in (command[1:] for command in commands()):
        assert main([name, *arguments, *SMALLER.get(name, [])]) == 0, (name, capsys.readouterr())
    told = capsys.readouterr().out
    assert "One more from 10 to 13" in told
    for made in ("ours.toml", "centre.toml", "fitted.toml", "fitted.html", "fitted.posterior.parquet"):
        assert (tmp_path / made).is_file()
    assert (tmp_path / "results" / "reinforced" / "report.html").is_file()
