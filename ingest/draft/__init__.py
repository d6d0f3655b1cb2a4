"""Proposes a contract for an unknown file: looks at it, compares it with every feed, writes YAML.

Belongs here: looking at a file without knowing its feed, likeness, the draft's text. Loading a
file by a contract does not.
"""
