"""What became of a file or row, or would become of it, told to a person. Nothing is loaded."""
