"""`python -m benchmarks [ROUNDS]`: measures all, and writes docs/performance.md."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks import against_bare, growth, page, servers

_ROUNDS = 15
_FEWER = 3
"""Times fewer rounds for what is compared with itself only."""


def main(rounds: int) -> None:
    """Measure, and print each table when it is there; the page is written last."""
    tables = {"machine": page.machine()}
    with tempfile.TemporaryDirectory(prefix="appcreds-bench-") as temporary:
        folder = Path(temporary)
        with servers.home_assistant(folder / "home-assistant") as running:
            env = against_bare.environment(folder, TOKEN=running.token)
            rows = [
                *against_bare.live(running, folder / "live", rounds, env),
                against_bare.vault(folder / "vault", rounds, env),
                against_bare.start_up(2 * rounds, env),
            ]
            tables["bare"] = page.table(against_bare.HEADER, rows)
            print(tables["bare"], flush=True)
            fewer = max(1, rounds // _FEWER)
            rows = [*growth.credentials(running, folder / "credentials", fewer, env)]
            tables["credentials"] = page.table(growth.CREDENTIALS_HEADER, rows)
            print(tables["credentials"], flush=True)
            rows = [*growth.stores(running, folder / "stores", fewer, env)]
            tables["stores"] = page.table(growth.STORES_HEADER, rows)
            print(tables["stores"], flush=True)
    for name, content in tables.items():
        page.put(name, content)
    print(f"written to {page.PAGE}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else _ROUNDS)
