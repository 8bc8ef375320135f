"""History in: the logs and reports of a centre become three tables that mean the same whatever file they came from."""
