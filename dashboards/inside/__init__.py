"""What runs inside Superset's environment (``.venv-superset``): set-up, roles, cache, access.

Nothing of the pipeline's environment may be imported here, ``baokuan`` (plain Python) excepted.
"""
