"""As-Is against To-Be: the same customers under two scenarios, differences with their intervals, a report to read."""
