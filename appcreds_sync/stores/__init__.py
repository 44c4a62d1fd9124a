"""Stores: `interface` is what all can do, `home_assistant` is live, `directory` is offline.

Only here is a WebSocket known. What may not live here: planning, or any knowledge of manifests.
"""
