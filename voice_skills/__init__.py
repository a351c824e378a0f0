"""Voices: pure translators between a wire and turns and replies, the words of the house, and what they understand.

Nothing in here sends, stores or asks what time it is.
"""
