"""The daemon: what wakes a store's turn, when the next one is due, and how it all is seen.

What may not live here: what a turn does (reconcile), or how a command line reads (cli).
"""
