"""Quality: Great Expectations suites for bronze feeds and the candidate version, and their gates.

Belongs here: suites as files, the runner, the results of each check, Data Docs. Tests that dbt
already does, and what happens to a feed or version that fails, do not.
"""
