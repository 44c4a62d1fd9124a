"""Values in KV engines of Vault and OpenBao; here alone is hvac imported, and requests with it.

`source` joins the modules. Importing it costs about 100 ms (requests 80 of them), so `reader` does
that when the first reference into Vault is read.
"""
