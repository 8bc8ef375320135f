"""Page state in the address: what is chosen survives a reload and can be sent to a colleague."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode

import solara


def use_address() -> tuple[dict[str, str], Callable[..., None]]:
    """The values of the address and a function that changes some of them (None removes one).

    ``given, put = use_address(); given.get("a", "187-as-is"); put(a="ecare-360", days=None)``
    """
    router = solara.use_router()
    given = dict(parse_qsl(router.search or ""))

    def put(**changes: str | int | None) -> None:
        values = {**given, **{key: str(value) for key, value in changes.items() if value is not None}}
        kept = {key: value for key, value in values.items() if changes.get(key, "") is not None}
        if kept != given:
            router.push(router.path + (f"?{urlencode(kept)}" if kept else ""))

    return given, put
