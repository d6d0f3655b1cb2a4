"""Readers: from the bytes of a file to text columns named by the contract, each row numbered.

Belongs here: encodings, delimiters, headers, sheets, lines. Typing and judging values do not.
"""
