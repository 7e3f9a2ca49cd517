"""Two fictional brands and a sample marketplace, all of it drawn by this package."""

from samples.sample_set import SampleSet, write_samples

__all__ = ["SampleSet", "write_samples"]
