"""From landed exports to typed, masked bronze Parquet, with a receipt for every file and row.

What belongs here: feed contracts, readers of whatever a retailer exports, typing, masking,
quarantine, the outcome record of each file, and the views over what was committed.
What does not: SQL models, business rules, Dagster.
"""
