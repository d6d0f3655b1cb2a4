"""The demo retailer: a deterministic generator of messy exports of any size, and the truth behind.

What belongs here: invented places, goods, people, their behaviour, the export files, the truth.
What does not: anything another room imports. Only tests read what goes to the truth folder.
"""
