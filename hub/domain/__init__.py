"""The nouns of the hub and the pure functions on them: told what happened and when, answering new values.

Nothing in here reads a clock, a socket, a database or a file, logs, or draws a random number.
"""
