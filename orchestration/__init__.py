"""The handle that turns the house: Dagster assets, checks, jobs, schedules, the file sensor.

Wiring belongs here, and decisions small enough to test without Dagster. Business logic doesn't: it
lives in ingest/, dbt_project/, quality/ and serving/, which know nothing of Dagster.
"""
