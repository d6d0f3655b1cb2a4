"""Loading what has landed: identify → read → judge → commit, and reading archived files again.

Belongs here: the order of things for one run. How each is done is in the rooms before this one.
"""
