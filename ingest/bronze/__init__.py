"""Bronze: typed Parquet, written so that nobody sees a part of it, and the views over it.

Belongs here: files, their replacement, their packs, what a batch changed. Typing does not.
"""
