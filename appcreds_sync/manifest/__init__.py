"""YAML text → Manifest, every error with its file, line and column. Only here is YAML known.

`editing` adds to a person's file, and changes nothing else in it.

What may not live here: a secret, a store, the network. A reference is checked for its form only.
"""

from appcreds_sync.manifest.files import awaited, find
from appcreds_sync.manifest.load import LoadedManifest, load

__all__ = ["LoadedManifest", "awaited", "find", "load"]
