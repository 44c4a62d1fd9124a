"""Collects what is wrong, so that a person hears of everything in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.errors import ManifestError, Problem

if TYPE_CHECKING:
    from appcreds_sync.model.mark import Mark


class Findings:
    """Errors and warnings, each with its place."""

    __slots__ = ("_errors", "_marks", "_warnings")

    def __init__(self) -> None:
        # Dictionaries, because what is aliased is looked at twice and must be reported once.
        self._errors: dict[tuple[Mark, Problem], None] = {}
        self._warnings: dict[tuple[Mark, Problem], None] = {}
        self._marks: set[Mark] = set()

    def error(self, mark: Mark, code: str, what: str, hint: str = "") -> None:
        """Note what makes the manifest unusable."""
        self._errors[mark, Problem(code, what, hint, str(mark))] = None
        self._marks.add(mark)

    def warn(self, mark: Mark, code: str, what: str, hint: str = "") -> None:
        """Note what a person should know, though the manifest can be used."""
        self._warnings[mark, Problem(code, what, hint, str(mark))] = None

    def has_error_at(self, mark: Mark) -> bool:
        """Tell whether an error was reported here, so that another would only be its echo."""
        return mark in self._marks

    @property
    def has_errors(self) -> bool:
        """Whether anything makes the manifest unusable."""
        return bool(self._errors)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """All warnings, in the order of the files."""
        return _sorted(self._warnings)

    def raise_errors(self) -> None:
        """Raise ManifestError with all errors, in the order of the files, if there are any."""
        if self._errors:
            raise self.as_error()

    def as_error(self) -> ManifestError:
        """Return all errors, of which there is at least one, in the order of the files."""
        return ManifestError(_sorted(self._errors))


def _sorted(found: dict[tuple[Mark, Problem], None]) -> tuple[Problem, ...]:
    return tuple(problem for _, problem in sorted(found, key=lambda pair: pair[0]))
