"""Dagster wiring, one file a stage: bronze, models, publication; triggers; resources."""
