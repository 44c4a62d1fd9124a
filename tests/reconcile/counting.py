"""Progress that can be read off."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Counting:
    added: int = 0
    advanced: int = 0

    def add(self, steps: int) -> None:
        self.added += steps

    def advance(self) -> None:
        self.advanced += 1
