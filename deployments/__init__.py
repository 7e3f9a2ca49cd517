"""The online path: Ray Serve applications over the same funnel as the bulk path."""
