"""Home Assistant's MQTT discovery: the reader appears by itself as a device with its number, its sureness and a fault.

Source: Home Assistant's documentation of the MQTT integration, "MQTT Discovery", "MQTT Sensor", "MQTT Binary sensor".
"""

from __future__ import annotations

import json
import re
from typing import Any

from digitreader import __version__
from digitreader.outputs.mqtt.topics import OFFLINE, ONLINE, Message, Topics

NUMBER = "{{ value_json.text | replace('\\n', ' / ') }}"
CONFIDENCE = "{{ (value_json.confidence * 100) | round(1) if value_json.confidence is not none else none }}"
FAULT = "{{ 'ON' if value_json.fault else 'OFF' }}"


def discovery_messages(prefix: str, topics: Topics) -> list[Message]:
    """What announces one reader; retained, so that Home Assistant may start later.

    Args:
        prefix: Home Assistant's discovery prefix, usually ``homeassistant``.
        topics: the reader's.
    """
    number = {"name": "Number", "icon": "mdi:numeric", "value_template": NUMBER, "json_attributes_topic": topics.state}
    confidence = {"name": "Confidence", "unit_of_measurement": "%", "state_class": "measurement"}
    fault = {"name": "Camera", "device_class": "problem", "value_template": FAULT}
    return [
        # the same number twice is two events
        _entity(prefix, topics, "sensor", "number", number | {"force_update": True}),
        _entity(prefix, topics, "sensor", "confidence", confidence | {"value_template": CONFIDENCE}),
        _entity(prefix, topics, "binary_sensor", "fault", fault | {"entity_category": "diagnostic"}),
    ]


def _entity(prefix: str, topics: Topics, component: str, entity: str, own: dict[str, Any]) -> Message:
    node = node_id(topics)
    shared = {
        "unique_id": f"{node}_{entity}",
        "state_topic": topics.state,
        "availability_topic": topics.status,
        "payload_available": ONLINE,
        "payload_not_available": OFFLINE,
        "device": {
            "identifiers": [node],
            "name": topics.name,
            "manufacturer": "digitreader",
            "model": "handwritten number reader",
            "sw_version": __version__,
        },
        "origin": {"name": "digitreader", "sw_version": __version__},
    }
    return Message(f"{prefix}/{component}/{node}/{entity}/config", json.dumps(own | shared), retain=True)


def node_id(topics: Topics) -> str:
    """The reader's name as Home Assistant allows it: letters, digits, _ and - alone; two names never become one."""
    named = f"{topics.prefix}/{topics.name}"
    return re.sub(r"[^a-zA-Z0-9-]", lambda match: f"_{ord(match[0]):x}_" if match[0] != "/" else "_", named)
