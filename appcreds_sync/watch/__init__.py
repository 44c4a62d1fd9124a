"""The daemon: triggers, back-off, health."""
