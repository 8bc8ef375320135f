"""The registry of pages: a page is a module of `twin.ui.pages` with a `PAGE`."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from twin.ui import pages


@dataclass(frozen=True)
class Page:
    """One page of the screen."""

    route: str
    """Its address, "compare" for /compare; also the name of its file of words."""
    title: str
    """Key of its title in its words."""
    component: Callable[[], Any]
    """A `solara.component` without arguments."""
    order: int = 50
    """Place in the navigation."""
    is_own_layout: bool = False
    """Without our shell, in Solara's own app bar and drawer; the navigation's link opens it in a new tab."""


@cache
def all_pages() -> tuple[Page, ...]:
    """Every page, in the order of the navigation."""
    found = [
        importlib.import_module(f"{pages.__name__}.{module.name}") for module in pkgutil.iter_modules(pages.__path__)
    ]
    return tuple(sorted((module.PAGE for module in found if hasattr(module, "PAGE")), key=lambda page: page.order))
