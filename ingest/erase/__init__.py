"""Persons who asked to be forgotten, and the key their hashes are made with."""
