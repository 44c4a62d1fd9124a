"""Measures beside a bare script that does the same work; writes docs/performance.md.

What may not live here: a limit that fails a build. Times depend on the machine; a person judges.
"""
