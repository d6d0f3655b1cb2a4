"""The mess catalogue M1 to M30 injected into good files, counted, and written down."""
