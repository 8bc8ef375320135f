"""What the web server must know before it is imported: no telemetry, own files only, sessions that end soon."""

import os
import secrets
from pathlib import Path

HERE = Path(__file__).parent
ASSETS, LOOK = HERE / "assets", HERE / "look"
APP = "twin.ui.app"


def set_environment() -> None:
    """Solara reads its settings from the environment when it is imported; what a user has set stays."""
    for name, value in _settings().items():
        os.environ.setdefault(f"SOLARA_{name}", value)


def _settings() -> dict[str, str]:
    return {
        "APP": APP,
        "MODE": "production",
        "TELEMETRY_MIXPANEL_ENABLE": "false",
        "KERNEL_CULL_TIMEOUT": "60s",  # of a browser that is gone; the default is 24 hours
        "KERNEL_MAX_COUNT": "50",
        "THEME_SHOW_BANNER": "false",
        "THEME_LOADER": "plain",
        "THEME_TITLE": "Caring Twin",
        "ASSETS_PROXY_CACHE_DIR": str(ASSETS),
        "ASSETS_FONTAWESOME_ENABLED": "false",
        "ASSETS_EXTRA_LOCATIONS": str(LOOK),
        "SESSION_SECRET_KEY": secrets.token_hex(32),
    }
