"""Reference → secret, a module per source; for `add` and `import` also back.

Only here is Vault's client (hvac) known, and only `vault/` imports it. Nothing here knows a store,
a plan, or how a problem is shown.
"""
