"""What a test may ask of Home Assistant that its own API does not offer."""

from __future__ import annotations

import inspect
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import voluptuous as vol
from homeassistant.components import websocket_api
from homeassistant.config_entries import HANDLERS, ConfigEntry, ConfigEntryDisabler
from homeassistant.core import callback
from homeassistant.helpers.collection import CHANGE_REMOVED
from homeassistant.loader import async_get_integration
from homeassistant.setup import async_setup_component

from . import home_assistant_cloud

if TYPE_CHECKING:
    from homeassistant.core import HomeAssistant
    from homeassistant.helpers.typing import ConfigType


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    websocket_api.async_register_command(hass, add_entry)
    websocket_api.async_register_command(hass, watch_items)
    websocket_api.async_register_command(hass, flows)
    websocket_api.async_register_command(hass, set_up)
    home_assistant_cloud.offer(hass)
    return True


@websocket_api.websocket_command(
    {
        vol.Required("type"): "lab_tools/add_entry",
        vol.Required("domain"): str,
        vol.Required("title"): str,
        vol.Required("source"): str,
        vol.Required("disabled"): bool,
        vol.Required("data"): dict,
    }
)
@websocket_api.require_admin
@websocket_api.async_response
async def add_entry(
    hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]
) -> None:
    """Add a config entry as if a person had linked an account; answers when set-up has ended."""
    version, minor_version = await _flow_version(hass, msg["domain"])
    entry = _entry(
        domain=msg["domain"],
        title=msg["title"],
        source=msg["source"],
        data=msg["data"],
        disabled_by=ConfigEntryDisabler.USER if msg["disabled"] else None,
        version=version,
        minor_version=minor_version,
    )
    await hass.config_entries.async_add(entry)
    connection.send_result(msg["id"], {"entry_id": entry.entry_id})


@websocket_api.websocket_command({vol.Required("type"): "lab_tools/watch_items"})
@websocket_api.require_admin
@callback
def watch_items(
    hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]
) -> None:
    """Send all keys that have an item, now and after each change; 2024.3 can't `subscribe`."""
    stored = hass.data["application_credentials"]
    items = stored["storage"] if isinstance(stored, dict) else stored
    held = {item["id"]: _key(item) for item in items.async_items()}

    async def take_in(change: str, item_id: str, item: dict[str, Any]) -> None:
        if change == CHANGE_REMOVED:
            held.pop(item_id)
        else:
            held[item_id] = _key(item)
        connection.send_event(msg["id"], list(held.values()))

    connection.subscriptions[msg["id"]] = items.async_add_listener(take_in)
    connection.send_result(msg["id"])
    connection.send_event(msg["id"], list(held.values()))


@websocket_api.websocket_command({vol.Required("type"): "lab_tools/flows"})
@websocket_api.require_admin
@callback
def flows(
    hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]
) -> None:
    """Tell the ids of all flows in progress; `config_entries/flow/progress` hides people's own."""
    under_way = hass.config_entries.flow.async_progress(include_uninitialized=True)
    connection.send_result(msg["id"], [flow["flow_id"] for flow in under_way])


@websocket_api.websocket_command(
    {vol.Required("type"): "lab_tools/set_up", vol.Required("domain"): str}
)
@websocket_api.require_admin
@websocket_api.async_response
async def set_up(
    hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]
) -> None:
    """Set an integration up as if it stood in configuration.yaml."""
    connection.send_result(msg["id"], await async_setup_component(hass, msg["domain"], {}))


def _key(item: dict[str, Any]) -> str:
    return str(item.get("auth_domain", item["id"]))


async def _flow_version(hass: HomeAssistant, domain: str) -> tuple[int, int]:
    """Return the version that the integration gives to its entries, so that nothing migrates."""
    try:
        integration = await async_get_integration(hass, domain)
        await hass.async_add_executor_job(integration.get_platform, "config_flow")
    except Exception:  # noqa: BLE001 - a broken integration is what some tests are about
        return 1, 1
    handler = HANDLERS.get(domain)
    return getattr(handler, "VERSION", 1), getattr(handler, "MINOR_VERSION", 1)


def _entry(**values: Any) -> ConfigEntry:
    """Return an entry; releases differ in what the constructor insists on."""
    values |= {
        "options": {},
        "unique_id": None,
        "discovery_keys": MappingProxyType({}),
        "subentries_data": (),
    }
    known = inspect.signature(ConfigEntry.__init__).parameters
    return ConfigEntry(**{name: value for name, value in values.items() if name in known})
