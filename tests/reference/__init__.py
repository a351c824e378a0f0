"""A slow, plain interpreter of rule books, and the comparison of the engine with it.

Written from docs/rules-exactly.md alone, by someone who has not read the engine. It shares nothing with
it but the parsed book: every device's history is kept whole, and every question is answered by looking
through it. It is for tests, and never for judging devices.
"""
