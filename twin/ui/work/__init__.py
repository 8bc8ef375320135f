"""What jobs of the pages do: no web server in here, so that a job's process starts quickly."""
