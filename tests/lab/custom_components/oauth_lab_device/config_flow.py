"""Linking an account as `google` does for a client of the kind "TVs and limited input devices"."""

import asyncio
import time
from pathlib import Path

from custom_components.oauth_lab.config_flow import LabFlow


class OAuthLabDeviceFlow(LabFlow, domain="oauth_lab_device"):
    DOMAIN = "oauth_lab_device"

    _typing: asyncio.Task[None] | None = None

    async def async_step_auth(self, _input=None):
        if self._typing is None:
            waiting = self.hass.async_add_executor_job(self._wait_until_typed)
            self._typing = self.hass.async_create_task(_ended(waiting))
        if self._typing.done():
            return self.async_show_progress_done(next_step_id="creation")
        shown = {"url": "https://provider.example.org/device", "user_code": "WDJB-MJHT"}
        return self.async_show_progress(
            step_id="auth",
            progress_action="exchange",
            progress_task=self._typing,
            description_placeholders=shown,
        )

    def _wait_until_typed(self):
        typed = Path(self.hass.config.path("oauth_lab.typed"))
        while not typed.exists() and self.hass.is_running:
            time.sleep(0.1)

    async def async_step_creation(self, _input=None):
        token = {"access_token": "a", "refresh_token": "r", "expires_at": time.time() + 3600}
        data = {"auth_implementation": self.flow_impl.domain, "token": token}
        return self.async_create_entry(title="A device", data=data)


async def _ended(waiting: asyncio.Future[None]) -> None:
    await waiting
