"""A turn of one store, and of many at once."""
