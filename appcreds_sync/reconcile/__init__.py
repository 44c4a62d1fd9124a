"""A turn of one store, and of many at once: resolve, observe, plan, apply, confirm.

What may not live here: how a plan is made (planning) or shown (cli), when a turn is due (watch).
"""
