"""Small pieces of HTML: elements with escaped text, tables that a screen reader understands."""

from collections.abc import Sequence
from html import escape


def element(tag: str, text: str, css: str = "", scope: str = "") -> str:
    """``<tag>text</tag>``, with the text escaped."""
    attributes = (f' class="{css}"' if css else "") + (f' scope="{scope}"' if scope else "")
    return f"<{tag}{attributes}>{escape(text)}</{tag}>"


def section(key: str, title: str, body: str) -> str:
    """A section with its heading, which `#key` leads to; `body` is HTML."""
    return f'<section id="{key}" aria-labelledby="{key}-h"><h2 id="{key}-h">{escape(title)}</h2>{body}</section>'


def figure(chart: str, caption: str) -> str:
    """A chart with its caption, both HTML; nothing without a chart."""
    return f'<figure><figcaption>{caption}</figcaption><div class="scroll">{chart}</div></figure>' if chart else ""


def head(text: str, css: str = "") -> str:
    """The head of a row."""
    return element("th", text, css, scope="row")


def cell(text: str, css: str = "value") -> str:
    """A cell of a table; css "text" sets it to the left, "value" to the right."""
    return element("td", text, css)


def table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table with a caption; heads are HTML, rows hold finished cells (`head`, `cell`)."""
    if not rows:
        return ""
    is_text = [first.startswith(("<th", '<td class="text')) for first in rows[0]]
    tags = [
        f'<th scope="col"{" class=text" if left else ""}>{name}</th>' for name, left in zip(heads, is_text, strict=True)
    ]
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return (
        f'<div class="scroll"><table><caption>{escape(caption)}</caption><thead><tr>{"".join(tags)}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
