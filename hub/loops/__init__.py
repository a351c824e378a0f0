"""The loops: one chore per file, small and even, run side by side by the bootstrap in one TaskGroup.

A loop never dies of one item: a bad item is counted, logged once and set aside. It ends when it is cancelled.
"""
