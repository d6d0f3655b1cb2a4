"""Dashboards: what people look at, in Superset, on the published version.

Here belong the Superset settings, the specs of datasets, charts and dashboards, their static check
against the dbt project, the start of the server, roles and row rules. SQL that computes a metric
does not: a chart counts, sums or shows columns that dbt made.

Modules of this folder run in the pipeline's environment; those in ``inside/`` (and
``published.py``, ``superset_config.py``) run in Superset's own.
"""
