"""Pixels in, features out: decode, fingerprint, find, encode. Knows no marketplace and no Ray."""
