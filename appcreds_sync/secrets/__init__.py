"""Reference → secret, a module per source; for `import` also back, where nothing is there yet.

Only here is Vault's client (hvac) known, and only `vault/` imports it. Nothing here knows a store,
a plan, or how a problem is shown.
"""
