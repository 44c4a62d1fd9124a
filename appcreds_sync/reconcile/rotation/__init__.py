"""A replace under linked accounts: put the new item to work, judge, keep it or roll back.

What may not live here: replaces that no account can notice (applying), or HA's wire.
"""
