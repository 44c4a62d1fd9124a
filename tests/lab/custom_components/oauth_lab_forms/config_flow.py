"""Linking an account with a form before the provider, and two after it."""

import voluptuous as vol
from custom_components.oauth_lab.config_flow import LabFlow
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig

_BEFORE = vol.Schema(
    {
        vol.Required("region"): vol.In({"eu": "Europe", "us": "America"}),
        vol.Required("pin"): str,
        vol.Optional("devices", default=2): vol.All(int, vol.Range(max=9)),
    }
)
# As youtube asks for channels.
_ROOMS = SelectSelectorConfig(options=["attic", "cellar", "hall"], multiple=True)
_AFTER = vol.Schema({vol.Required("rooms"): SelectSelector(_ROOMS)})


class OAuthLabFormsFlow(LabFlow, domain="oauth_lab_forms"):
    DOMAIN = "oauth_lab_forms"

    async def async_step_user(self, user_input=None):
        if user_input is None:
            return self.async_show_form(step_id="user", data_schema=_BEFORE)
        if user_input["pin"] != "1234":
            errors = {"pin": "wrong_pin"}
            return self.async_show_form(step_id="user", data_schema=_BEFORE, errors=errors)
        self.answers = user_input
        return await self.async_step_pick_implementation()

    async def async_oauth_create_entry(self, data):
        self.linked = data
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input=None):
        if user_input is None:
            return self.async_show_form(step_id="confirm")
        return await self.async_step_rooms()

    async def async_step_rooms(self, user_input=None):
        if user_input is None:
            return self.async_show_form(step_id="rooms", data_schema=_AFTER)
        rooms = " and ".join(user_input["rooms"])
        title = f"{self.answers['region']}, {self.answers['devices']} devices, {rooms}"
        return self.async_create_entry(title=title, data=self.linked)
