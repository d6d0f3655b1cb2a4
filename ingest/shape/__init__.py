"""From the rows of a file to the rows a contract wants: its steps and look-ups.

Nothing here knows types.
"""
