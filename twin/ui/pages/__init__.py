"""One module per page; each has a `PAGE`."""
