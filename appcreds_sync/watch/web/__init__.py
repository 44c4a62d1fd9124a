"""What the daemon shows over HTTP: health, metrics, and a page for a person.

What may not live here: anything that changes state, or that could show a secret.
"""
