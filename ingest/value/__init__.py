"""From text to typed, judged, masked values. Reading files and writing them do not belong here."""
