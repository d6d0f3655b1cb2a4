"""The day loop: who sells, ships, buys, moves and returns what, and the stock that it leaves.

What belongs here: behaviour day by day, as numbers. What does not: numbers of documents,
amounts, files.
"""
