"""Fuzzing of the book loader and of the engine: `python -m tests.fuzz --seconds 60`, or `make fuzz SECONDS=60`."""
