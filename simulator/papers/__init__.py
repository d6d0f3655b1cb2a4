"""What happened, as documents: receipts, orders, returns, stock movements, with their amounts.

What belongs here: numbers and amounts of documents. What does not: which file they go to, mess.
"""
