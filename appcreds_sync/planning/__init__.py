"""Desired and snapshot in, plan out.

What may not live here: input or output, a clock, an await, or text for a terminal.
"""
