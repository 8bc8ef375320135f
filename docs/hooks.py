"""Pages made while the site is built: the library, the scenario file, KPIs and commands. Nothing made is committed."""

from collections.abc import Callable, Iterator

from hooks_reference import commands_page, kpis_page
from hooks_scenarios import library_page, scenario_page, with_numbers
from hooks_schema import schema_page
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from twin.scenario.files import library_names

INDEX = "library/index.md"


def made_pages() -> Iterator[tuple[str, Callable[[], str]]]:
    """Path of each page that is made, and what makes its Markdown."""
    yield "scenario-file.md", schema_page
    yield "kpis.md", kpis_page
    yield "commands.md", commands_page
    yield INDEX, library_page
    for name in library_names():
        yield f"library/{name}.md", lambda name=name: scenario_page(name)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the library's pages into the navigation."""
    pages = [INDEX, *({name: f"library/{name}.md"} for name in library_names())]
    config.nav = [*(entry for entry in config.nav if "Library" not in entry), {"Library": pages}]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made."""
    for path, page in made_pages():
        files.append(File.generated(config, path, content=page()))
    return files


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Put the tables of numbers into the pages of scenarios."""
    return with_numbers(output) if page.file.src_uri.startswith("library/") else output
