"""The bulk path: Ray Data jobs that carry listings through the same funnel as the online path."""
