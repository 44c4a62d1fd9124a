"""Reference → secret, a module per source. Only here is Vault's client known."""
