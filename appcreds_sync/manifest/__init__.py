"""YAML text → Manifest. Only here is YAML known."""
