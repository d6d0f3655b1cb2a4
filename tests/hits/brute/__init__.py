"""The hit indicators computed a second time, slowly, in plain Python from the core facts.

Written from the definitions in docs/indicators.md alone, as a check on the models: nothing of the
project is imported, no SQL is shared, and where the models use windows this loops.
"""
