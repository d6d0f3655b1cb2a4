"""Personal data at the door: normalisers, keyed hashes, masking. Nothing here knows of feeds."""
