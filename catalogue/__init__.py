"""The one definition of every indicator, reason, label and word a person reads.

Reads ``dbt_project/seeds/catalogue/*.csv``, renders what repeats it and checks drift. What must
not be here: SQL that computes a value, and anything that needs data.
"""
