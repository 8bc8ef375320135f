"""The page of the scenario file: every key with its type, unit, default and docstring, from the JSON schema."""

import ast
import inspect
import json
import textwrap
from collections.abc import Iterator
from functools import cache
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

from twin.scenario import schema
from twin.scenario.explain import schema_json
from twin.scenario.laws import Strict
from twin.scenario.schema import Scenario
from twin.scenario.words import clock, duration, rate

INTRODUCTION = """# Scenario file

A scenario is a TOML file. `twin schema > scenario.schema.json` writes the JSON schema for your editor; this page is
made of it. Mistakes in a file are all named at once, each in a sentence.

- Times, rates, prices and shares are written with their units: `"3 min"`, `"100 /h"`, `"34 EUR/h"`, `"5 %"` or `0.05`.
- `extends` names a base; tables are merged, values replaced. `extra_routes` are appended to the base's routes.
- Any value may be written `{ value = X, mark = "S|X|D|A", source = "...", range = [low, high], note = "..." }`. Mark,
  source and note of a table hold for everything below it.
- Everywhere a value is set (`--set KEY=VALUE`, factors of a study) a key is written with dots: `intents.BIL.talk.mean`.

"""


def schema_page() -> str:
    """Keys of the whole, then each kind of table by name."""
    whole = json.loads(schema_json())
    texts = {model.__name__: model for model in _models(Strict)}
    page = [INTRODUCTION, "## The whole", "", *_table(whole, Scenario), "## Tables", ""]
    for name, definition in sorted(whole["$defs"].items()):
        page += [f"### {name} {{: #{_anchor(name)} }}", ""]
        model = texts.get(name)
        said = definition.get("description", "")
        if said:
            page += [f"<p>{escape(part)}</p>" for part in said.split("\n\n")] + [""]
        page += _table(definition, model) if "properties" in definition else [_type(definition), ""]
    return "\n".join(page)


def _models(model: type) -> Iterator[type]:
    yield model
    for below in model.__subclasses__():
        yield from _models(below)


def _anchor(name: str) -> str:
    return f"table-{name.lower()}"


def _table(definition: dict[str, Any], model: type | None) -> list[str]:
    texts = docstrings(model) if model else {}
    needed = definition.get("required", [])
    rows = []
    for key, field in definition["properties"].items():
        text = texts.get(key) or _said(field)
        usual = "<em>needed</em>" if key in needed else _default(field)
        rows.append(
            f"<tr><td><code>{key}</code></td><td>{_type(field)}</td><td>{usual}</td><td>{escape(text)}</td></tr>"
        )
    heads = "".join(f"<th>{head}</th>" for head in ("key", "type", "usual", "what it is"))
    return [f"<table><thead><tr>{heads}</tr></thead><tbody>", *rows, "</tbody></table>", ""]


def _said(field: dict[str, Any]) -> str:
    """A description in the schema that is not the one of the type."""
    return "" if "examples" in field else field.get("description", "")


def docstrings(model: type) -> dict[str, str]:
    """The string below each field of a model and of its bases; where there is none, that of the field's type."""
    found: dict[str, str] = {}
    for one in reversed(model.__mro__):
        if not one.__module__.startswith("twin."):
            continue
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(one))).body
        body = tree.body if isinstance(tree, ast.ClassDef) else []
        for field, below in pairwise([*body, ast.Pass()]):
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                text = _text(below) or _said_of_types().get(ast.unparse(field.annotation), "")
                found |= {field.target.id: text} if text else {}
    return found


def _text(node: ast.stmt) -> str:
    value = node.value if isinstance(node, ast.Expr) else None
    return " ".join(value.value.split()) if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


@cache
def _said_of_types() -> dict[str, str]:
    """The string below each type that the schema names, such as the rules of who answers whom, which bear sources."""
    found: dict[str, str] = {}
    for path in sorted(Path(schema.__file__).parent.glob("*schema.py")):
        for named, below in pairwise(ast.parse(path.read_text("utf-8")).body):
            if isinstance(named, ast.Assign) and isinstance(named.targets[0], ast.Name) and _text(below):
                found[named.targets[0].id] = _text(below)
    return found


def _type(field: dict[str, Any]) -> str:
    """What may stand there, in words; names of tables are links."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f'<a href="#{_anchor(name)}">{name}</a>'
    if "enum" in field:
        return " | ".join(f"<code>{escape(json.dumps(one))}</code>" for one in field["enum"])
    if "const" in field:
        return f"<code>{escape(json.dumps(field['const']))}</code>"
    kinds = field.get("anyOf") or field.get("oneOf")
    if kinds:
        if any("5 %" in kind.get("examples", ()) for kind in kinds):
            return "share, 0 to 1"
        return " | ".join(dict.fromkeys(_type(kind) for kind in kinds if kind.get("type") != "null")) or "-"
    if "examples" in field:
        return f"{escape(field.get('description', 'text'))}, such as <code>{escape(str(field['examples'][0]))}</code>"
    match field.get("type"):
        case "array":
            if "prefixItems" in field:
                return f"[{', '.join(_type(item) for item in field['prefixItems'])}]"
            return f"list of {_type(field.get('items', {}))}"
        case "object":
            return f"by name: {_type(field.get('additionalProperties', {}))}"
        case "integer" | "number":
            return f"{'whole number' if field['type'] == 'integer' else 'number'}{_limits(field)}"
        case "string":
            return "date" if field.get("format") == "date" else "text"
        case "boolean":
            return "true or false"
    return "anything"


def _limits(field: dict[str, Any]) -> str:
    words = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most", "exclusiveMaximum": "below"}
    given = [f"{text} {field[key]:g}" for key, text in words.items() if key in field]
    return f", {', '.join(given)}" if given else ""


def _default(field: dict[str, Any]) -> str:
    if "default" not in field:
        return ""
    value = field["default"]
    if value is None or (isinstance(value, dict) and "$ref" in json.dumps(field)):
        return ""  # the table's own page part tells
    return f"<code>{escape(_shown(value, _meaning(field)))}</code>"


def _meaning(field: dict[str, Any]) -> str:
    kinds = [field, *field.get("anyOf", ())]
    return next((kind["description"] for kind in kinds if "examples" in kind and "description" in kind), "")


def _shown(value: Any, meaning: str) -> str:
    """A default as a file would write it: the schema holds seconds."""
    if not isinstance(value, float) or not meaning:
        return json.dumps(value, ensure_ascii=False)
    if meaning.startswith("a duration"):
        return duration(value)
    if meaning == "a time of day":
        return clock(value)
    if meaning == "arrivals per time":
        return rate(value)
    return f"{value * 3600:g} EUR/h" if meaning == "a wage or price" else f"{value:g} EUR"
