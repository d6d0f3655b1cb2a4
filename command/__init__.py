"""The front door: the command ``baokuan``, which calls the rooms, and scaffolds for something new.

Belongs here: which commands there are, in which words they are listed, and the files that a recipe
of CONTRIBUTING.md begins with. What a command does, and its options, are in its room.
"""
