"""Tests of the manifest's room."""
