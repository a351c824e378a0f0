"""Mutation testing of the engine: `make mutants MUTANTS=400 SEED=1`. See README.md here for what survives, and why."""
