"""Serving: what people read. Copies a closed warehouse into a version, moves the pointer, opens it.

Belongs here: candidate, publish, verify, roll back, prune, the ops database, the locked-down
read-only connection, exports to files, the terminal board. Building or changing data does not.
"""
