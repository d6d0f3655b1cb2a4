"""What arrives: the landing folder, which file is which, whether it is whole, what is missing.

Belongs here: listing, hashing, naming, archiving, manifests. What rows mean does not.
"""
