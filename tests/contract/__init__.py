"""One suite for every kind of store: what is promised holds offline and on each Home Assistant.

The real pipeline runs, from a manifest's text to the report; nothing is faked.
"""
