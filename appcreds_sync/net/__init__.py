"""What requests does below the rooms that speak HTTP: whom it trusts, and how long it waits.

Nothing here knows Vault, a provider, a Home Assistant, or any noun of ours.
"""
