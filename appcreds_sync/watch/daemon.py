"""The daemon as a whole: which loops there are, and how it starts, reloads and stops."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from appcreds_sync.model.errors import AppcredsError, ManifestError
from appcreds_sync.model.listening import DEFAULT_LISTEN
from appcreds_sync.model.report import ExitCode, Report, exit_code
from appcreds_sync.stores.home_assistant.open_files import calls_at_once
from appcreds_sync.watch.background import unless
from appcreds_sync.watch.events import warn
from appcreds_sync.watch.files import follow
from appcreds_sync.watch.fleet import Fleet
from appcreds_sync.watch.loading import Loader
from appcreds_sync.watch.pacing import BackOff, jittered
from appcreds_sync.watch.situation import Shared, Situation
from appcreds_sync.watch.waking import Cause

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from appcreds_sync.model.catalogue import Catalogue
    from appcreds_sync.model.listening import Listen
    from appcreds_sync.watch.options import WatchOptions
    from appcreds_sync.watch.outside import Outside
    from appcreds_sync.watch.status import Status, StoreStatus

_T = TypeVar("_T")

_FIRST_RETRY = 1.0


class Daemon:
    """Runs once, in one event loop."""

    def __init__(
        self,
        options: WatchOptions,
        catalogue: Catalogue,
        status: Status,
        outside: Outside,
    ) -> None:
        self.status = status
        self._outside = outside
        self._options = options
        self._loader = Loader(options.manifest, catalogue, status)
        shared = Shared(
            catalogue,
            self._situation,
            asyncio.Semaphore(options.concurrency),
            asyncio.Semaphore(calls_at_once()),
            options.home_assistant_is_stopped,
        )
        self._fleet = Fleet(shared, status, self._publish, self._mistake)
        self._stop = asyncio.Event()
        self._reload = asyncio.Event()
        self._published = asyncio.Event()
        self._loading = asyncio.Lock()
        self._put_in_force = asyncio.Event()
        self._broken = False
        self.overdue = False
        """Whether something did not end in time when the daemon was to stop."""

    def stop(self) -> None:
        """Finish the changes in hand, begin none, and end."""
        self._stop.set()

    def reload(self) -> None:
        """Read everything again, and try again what was refused."""
        self._reload.set()

    async def run(self) -> ExitCode:
        """Run until stopped, or healthy once; raise ManifestError if it is broken at the start."""
        loop = asyncio.get_running_loop()
        if self._options.timeout is not None:
            loop.call_later(self._options.timeout, self.stop)
        try:
            async with self._outside.seen():
                if await self._first_load():
                    return await self._watch()
                return self._code_when_stopped()
        finally:
            self._loader.close()

    async def _watch(self) -> ExitCode:
        self._fleet.take_up()
        tasks = [
            asyncio.create_task(self._follow_files()),
            asyncio.create_task(self._follow_values()),
            asyncio.create_task(self._follow_reloads()),
        ]
        try:
            return await self._until_done(tasks)
        finally:
            self._outside.stopping(self._options.drain)
            self.overdue |= self._loading.locked()  # Vault may leave a thread hanging
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.overdue |= await self._fleet.drain(self._options.drain)

    def _situation(self) -> Situation:
        situation = self._loader.situation
        if situation is None:
            message = "no store runs before a manifest is in force"
            raise RuntimeError(message)
        return situation

    async def _first_load(self) -> bool:
        """Tell whether a manifest is in force; if not, the daemon was stopped before."""
        while True:
            loaded = await self._unless_stopped(self._loader.load())
            if self._stop.is_set():
                return False
            if loaded is not None:
                await self._outside.listen(self._options.listen or loaded.manifest.watch.listen)
                self._outside.ready()
                await self._unless_stopped(self._loader.put_in_force(loaded))
                return not self._stop.is_set()
            if not self._options.wait:
                raise ManifestError(self.status.manifest_problems)
            await self._listen_if_possible(self._options.listen or DEFAULT_LISTEN)
            self._outside.ready()
            await self._manifest_may_be_good()

    async def _manifest_may_be_good(self) -> None:
        reload = asyncio.create_task(self._reload.wait())
        changed = asyncio.create_task(self._files_changed())
        await self._unless_stopped(
            asyncio.wait((reload, changed), return_when=asyncio.FIRST_COMPLETED)
        )
        for task in (reload, changed):
            task.cancel()
        await asyncio.gather(reload, changed, return_exceptions=True)
        self._reload.clear()

    async def _listen_if_possible(self, listen: Listen) -> None:
        try:
            await self._outside.listen(listen)
        except AppcredsError as error:
            warn("cannot-listen", problem=str(error.problem))

    async def _unless_stopped(self, work: Coroutine[object, object, _T]) -> _T | None:
        done = await unless(self._stop, work)
        self.overdue |= self._stop.is_set()  # Vault may leave a thread hanging
        return done

    async def _until_done(self, tasks: list[asyncio.Task[None]]) -> ExitCode:
        stopped = asyncio.create_task(self._stop.wait())
        healthy = asyncio.create_task(self._healthy_once())
        waited = {stopped, healthy, *tasks}
        try:
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (stopped, healthy):
                task.cancel()
        for task in tasks:
            if task.done():
                task.result()  # a mistake of ours: end, and let the supervisor start us anew
        if healthy.done() and not healthy.cancelled() and not self._broken:
            return self._exit_code()
        return self._code_when_stopped()

    def _code_when_stopped(self) -> ExitCode:
        if self._options.once_healthy:
            warn("not-healthy-in-time", because="; ".join(self.status.not_ready()))
        return ExitCode.FAILED if self._options.once_healthy or self._broken else ExitCode.OK

    async def _healthy_once(self) -> None:
        while not self._options.once_healthy or self.status.not_ready():
            await self._published.wait()
            self._published.clear()

    def _exit_code(self) -> ExitCode:
        reports = [store.report for store in self.status.stores.values()]
        known = tuple(report for report in reports if report is not None)
        return exit_code(Report(known, failures=self.status.value_failures))

    async def _follow_files(self) -> None:
        while True:
            await self._files_changed()
            await self._load_again()

    async def _files_changed(self) -> None:
        loader = self._loader
        await follow(loader.watched, loader.content, poll=self._options.poll_files)

    async def _follow_reloads(self) -> None:
        while True:
            await self._reload.wait()
            self._reload.clear()
            self._fleet.forget_refusals()
            self._outside.reloading()
            await self._load_again()
            # With a broken manifest, too: what was refused is to be tried again.
            self._fleet.wake(Cause.MANIFEST, self._fleet.names())
            self._outside.reloaded()

    async def _load_again(self) -> None:
        async with self._loading:
            if (loaded := await self._loader.load()) is not None:
                await self._loader.put_in_force(loaded)
                self._put_in_force.set()
                await self._listen_if_possible(self._options.listen or loaded.manifest.watch.listen)
                there = self._fleet.names()
                self._fleet.take_up()
                self._fleet.wake(Cause.MANIFEST, there)
        self._outside.changed()
        self._published.set()

    async def _follow_values(self) -> None:
        retry: BackOff | None = None
        while True:
            interval = self._situation().manifest.watch.vault_interval
            wait = jittered(interval)
            if self._loader.is_late:
                wait = 0.0
            elif self.status.value_failures:
                retry = retry or BackOff(_FIRST_RETRY, interval)
                wait = retry.next()
            else:
                retry = None
            try:
                async with asyncio.timeout(wait):
                    await self._put_in_force.wait()
            except TimeoutError:
                self._fleet.wake(Cause.VALUE, await self._loader.refresh())
            else:
                # Just read, be it with failures: they are tried again soon, not when it is time.
                self._put_in_force.clear()
                retry = None
            self._outside.changed()
            self._published.set()

    def _mistake(self) -> None:
        # End, and let the supervisor start us anew.
        self._broken = True
        self._stop.set()

    def _publish(self, store: StoreStatus) -> None:
        self.status.put(store)
        self._outside.turned(store)
        self._published.set()
