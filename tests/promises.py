"""How often a promise is tried with made-up examples. In `make test` they are the same every time, so that a failure
is the change's and not the day's; with BEFOREHAND_EXAMPLES=20 (`make soak`) they are new, and twenty times as many."""

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("BEFOREHAND_EXAMPLES", "1"))
USUAL = 100  # what a promise is tried that does not say how often


def tried(examples: int) -> settings:
    """So many examples; whoever asks for another number says with it how many find what the promise guards against."""
    slow = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    return settings(
        max_examples=examples * TIMES,
        deadline=None,
        derandomize=TIMES == 1,
        print_blob=True,
        suppress_health_check=slow,
    )


HOUSE = "house"
settings.register_profile(HOUSE, tried(USUAL))
