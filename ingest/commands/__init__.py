"""The commands of ``python -m ingest``: arguments in, plain text out. What they do is elsewhere."""
