"""What is there before anybody trades, and the tools that every room draws with.

What belongs here: settings, calendar, places, goods, people, what they would buy; drawing by hash,
mess, windows. What does not: a stock, a sale, a document, a file.
"""
