"""``baokuan new feed | tag | indicator | chart``: the files and rows that a recipe begins with."""
