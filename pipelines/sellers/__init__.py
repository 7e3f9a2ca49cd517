"""Which sellers belong together, and what says so."""
