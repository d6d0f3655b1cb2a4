"""What is really so, for tests: sales, returns, stock, launches, and what becomes of each row.

What belongs here: tables in the truth folder. What does not: anything that goes into an export.
"""
