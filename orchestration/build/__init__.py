"""A night's build: dbt writes the statements, a night runs those whose inputs changed.

``script`` holds what dbt ran on an empty warehouse, in both modes, recorded once a release
(``record``); ``keys`` says of what a table is made and whether that is still the same; ``state`` is
what the last build left; ``replay`` runs what has to run. No Dagster here.
"""
