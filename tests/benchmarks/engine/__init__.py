"""What judging costs, side by side with others: `python -m tests.benchmarks.engine`, or `make bench-engine`."""
