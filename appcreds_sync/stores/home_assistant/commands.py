"""The commands that are sent to Home Assistant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.stores.home_assistant.connection import Command

if TYPE_CHECKING:
    from appcreds_sync.model.store import NewItem, Notification

LIST = Command("application_credentials/list")
SUBSCRIBE = Command("application_credentials/subscribe")
CURRENT_USER = Command("auth/current_user")
ENTRIES = Command("config_entries/get")
SETUP_INFO = Command("integration/setup_info")
NOTIFICATIONS = Command("persistent_notification/get")


def create(item: NewItem) -> Command:
    """Return what creates an item."""
    fields = {
        "domain": item.domain,
        "client_id": item.client_id,
        "client_secret": item.client_secret.reveal(),
        "auth_domain": item.auth_domain,
        "name": item.name,
    }
    return Command("application_credentials/create", fields)


def delete(item_id: str) -> Command:
    """Return what deletes an item."""
    fields = {"application_credentials_id": item_id}
    return Command("application_credentials/delete", fields)


def item_of(entry_id: str) -> Command:
    """Return what asks for the item that a config entry uses."""
    return Command("application_credentials/config_entry", {"config_entry_id": entry_id})


def reload(entry_id: str, patience: float) -> Command:
    """Return what reloads a config entry; its answer may take `patience` seconds."""
    return _service("homeassistant", "reload_config_entry", {"entry_id": entry_id}, patience)


def notify(notification: Notification) -> Command:
    """Return what shows a notification, in place of one with the same id."""
    data = {
        "notification_id": notification.id,
        "title": notification.title,
        "message": notification.message,
    }
    return _service("persistent_notification", "create", data)


def dismiss(notification_id: str) -> Command:
    """Return what takes a notification back; one that is not there is no error."""
    return _service("persistent_notification", "dismiss", {"notification_id": notification_id})


def _service(
    domain: str, service: str, data: dict[str, str], patience: float | None = None
) -> Command:
    fields = {"domain": domain, "service": service, "service_data": data}
    return Command("call_service", fields, patience)
