"""Paid services outside: what may be sent to them, at what cost, and who asks them.

`terms` says what a tenant allows, `outgoing` is the only way out for a picture, and `desk` asks. Nothing is
re-exported here, because the library needs the terms and the desk needs the library's neighbours.
"""
