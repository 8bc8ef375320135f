"""The centre at work: a model that is played, the frames that show it, and the lives of those one looks at."""
