"""The files of the feeds that the demo builds on, as the retailer's systems write them.

What belongs here: windows, headers, encodings, formats, mess in files. What does not: new facts.
"""
