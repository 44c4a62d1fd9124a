"""Real servers for the tests: Home Assistant in two releases, OpenBao, and an OAuth provider.

`make lab` leaves them running for a person. What may not live here: anything that pretends to be
one of these servers, or an import of our own package (the lab must not share its mistakes).
"""
