"""What holds for all tests: property tests are judged by what they find, never by the clock."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("baokuan", deadline=None)
settings.load_profile("baokuan")
