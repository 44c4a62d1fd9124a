"""The provider's side: the catalogue of integrations that speak OAuth2.

What may not live here: stores, manifests, or a decision about a plan.
"""
