"""The screen, `twin ui`: pages for managers and researchers in the browser. A front door: nothing imports it."""
