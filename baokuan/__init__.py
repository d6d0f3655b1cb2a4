"""What every room needs: the home folder's layout, the clock, the retailer's settings.

Nothing else belongs here: no reading of exports, no SQL, no Dagster.
"""
