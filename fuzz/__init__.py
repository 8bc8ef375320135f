"""Fuzzing of whatever a reader hands in: any bytes give an answer or clear sentences, soon, and never a traceback."""
