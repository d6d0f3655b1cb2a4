"""Feeds that the demo does without, written on request; each row follows from an export's row.

What belongs here: one file a system that writes them. What does not: what the models build on.
"""
