"""Situations that tests and benchmarks stage: what sellers of counterfeits do to a brand's pictures."""
