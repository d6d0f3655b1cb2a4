"""What every room needs and none owns: the home folder's layout, the clock, the retailer's settings.

Nothing else belongs here: no reading of exports, no SQL, no Dagster.
"""
