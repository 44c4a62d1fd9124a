"""The nouns: manifest, credential, reference, secret, store, item, snapshot, plan, report.

What lives here: frozen, typed values with the pure functions that belong to them.
What may not: input or output, a clock, YAML, a socket, or an import of any other room of ours.
"""
