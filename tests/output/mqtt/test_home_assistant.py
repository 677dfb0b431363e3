"""Meters in Home Assistant: what is told of the number is what its documentation of MQTT sensors allows."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from digitreader.cli.config_arguments import apply_config
from digitreader.cli.output_arguments import output_settings
from digitreader.cli.read import read_parser
from digitreader.errors import ConfigError, UsageError
from digitreader.output.meter import ALLOWED, METERS, STATE_CLASSES, MeterFacts, meter_facts
from digitreader.output.mqtt.publisher import ONE_NUMBER, discovery_messages
from digitreader.output.mqtt.topics import Topics

SENSOR_KEYS = {
    *(
        "availability",
        "availability_mode",
        "availability_template",
        "availability_topic",
        "default_entity_id",
        "device",
    ),
    *("device_class", "enabled_by_default", "encoding", "entity_category", "entity_picture", "expire_after", "icon"),
    *(
        "force_update",
        "group",
        "json_attributes_template",
        "json_attributes_topic",
        "last_reset_value_template",
        "name",
    ),
    *("object_id", "options", "origin", "payload_available", "payload_not_available", "platform", "qos", "state_class"),
    *("state_topic", "suggested_display_precision", "unique_id", "unit_of_measurement", "value_template"),
}
"""The configuration variables of https://www.home-assistant.io/integrations/sensor.mqtt/."""
DEVICE_KEYS = {
    *("configuration_url", "connections", "hw_version", "identifiers", "manufacturer", "model", "model_id", "name"),
    *("serial_number", "suggested_area", "sw_version", "via_device"),
}


def sensor(meter: MeterFacts) -> dict[str, Any]:
    told = json.loads(discovery_messages("homeassistant", Topics("digitreader", "cellar"), meter)[0].payload)
    assert isinstance(told, dict)
    return told


@pytest.mark.parametrize("meter", [MeterFacts(), *METERS.values(), MeterFacts("bar", "pressure", "measurement", 2)])
def test_the_sensor_has_no_other_keys_than_home_assistant_knows(meter: MeterFacts) -> None:
    told = sensor(meter)
    assert set(told) <= SENSOR_KEYS
    assert set(told["device"]) <= DEVICE_KEYS
    assert told["unique_id"] == "digitreader_cellar_number"
    assert set(told["origin"]) <= {"name", "sw_version", "support_url"}
    if meter.state_class:
        assert told["state_class"] in STATE_CLASSES
    if meter.precision is not None:
        assert type(told["suggested_display_precision"]) is int


@pytest.mark.parametrize("name", ["water", "gas", "power", "heat"])
def test_the_energy_page_takes_each_meter(name: str) -> None:
    told = sensor(meter_facts(name, "", "", "", 3))
    assert told["device_class"] in {"water", "gas", "energy"}
    assert told["state_class"] == "total_increasing"
    assert told["unit_of_measurement"] in ALLOWED[told["device_class"]][0]
    assert told["suggested_display_precision"] == 3


def test_home_assistants_own_schema_takes_it() -> None:
    mqtt_sensor = pytest.importorskip("homeassistant.components.mqtt.sensor", reason="Home Assistant is not installed")
    for meter in (MeterFacts(), *METERS.values(), MeterFacts("bar", "pressure", "measurement", 2)):
        told = sensor(meter)
        # names of others may not begin with the device's; ids and origin are taken off before the schema is asked
        mqtt_sensor.DISCOVERY_SCHEMA({key: value for key, value in told.items() if key != "origin"})


@pytest.mark.parametrize(
    ("text", "state"),
    [("00012,345", "00012.345"), ("12.5", "12.5"), ("", ""), ("12\n34", ""), ("4?7", ""), ("12:30", ""), ("-3", "-3")],
)
def test_what_is_no_number_leaves_the_sensor_as_it_was(text: str, state: str) -> None:
    jinja2 = pytest.importorskip("jinja2")
    environment = jinja2.Environment()
    environment.filters["is_number"] = _is_number
    assert environment.from_string(ONE_NUMBER).render(value_json={"text": text}) == state


def _is_number(value: object) -> bool:
    """As Home Assistant's filter."""
    try:
        return math.isfinite(float(str(value)))
    except ValueError:
        return False


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("gas", "L", "", ""), "--unit L: the device class gas takes one of CCF, ft³, m³"),
        (("", "", "water", ""), "--unit none"),
        (
            ("", "", "voltge", ""),
            "--device-class voltge: Home Assistant has no such class of sensors; did you mean voltage",
        ),
        (
            ("", "", "nonsense", ""),
            "--device-class nonsense: Home Assistant has no such class of sensors; give one of ",
        ),
        (
            ("water", "", "", "measurement"),
            "--state-class measurement: the device class water takes one of total, total_increasing",
        ),
    ],
)
def test_what_home_assistant_would_refuse_is_refused_here(given: tuple[str, str, str, str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        meter_facts(*given, None)
    assert str(caught.value).startswith(message)


def facts(*words: str, config: Path | None = None) -> MeterFacts:
    named = ["--config", str(config)] if config else ["--no-config"]
    args = read_parser().parse_args([*words, *named])
    apply_config(args, [*words, *named], read_parser)
    settings = output_settings(args, {})
    assert settings is not None
    assert [place.kind for place in settings.places][:1] == ["mqtt"]
    return settings.broker.meter


def test_options_say_it_and_the_point_of_the_rules_is_the_precision() -> None:
    words = ("0", "--output", "mqtt://broker", "--meter", "water")
    assert facts(*words) == METERS["water"]
    assert facts(*words, "--expect", "digits=8,point=3").precision == 3
    assert facts(*words, "--unit", "L", "--precision", "0") == MeterFacts("L", "water", "total_increasing", 0)
    assert facts("0", "--output", "mqtt://broker", "--unit", "pages") == MeterFacts("pages")


def test_a_configuration_file_says_it_in_a_table(tmp_path: Path) -> None:
    file = tmp_path / "meter.toml"
    file.write_text(
        '[output]\nplaces = ["csv:log.csv"]\n[output.mqtt]\naddress = "mqtt://broker"\nmeter = "gas"\nunit = "ft³"\n'
    )
    assert facts("0", config=file) == MeterFacts("ft³", "gas", "total_increasing")
    file.write_text('output = ["mqtt://broker"]\nmeter = "gas"\nprecision = 2\n')
    assert facts("0", config=file) == MeterFacts("m³", "gas", "total_increasing", 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[output.mqtt]\naddress = "mqtt://b"\ncolour = 1\n', "unknown key 'colour'"),
        ('[output.csv]\nfile = "x"\n', r"the only table below it is \[output.mqtt\]"),
        ('unit = "L"\n[output.mqtt]\nunit = "L"\n', "write it once"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused(text: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "meter.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=message):
        facts("0", config=file)


def test_a_meter_without_a_broker_is_refused() -> None:
    args = read_parser().parse_args(["0", "--meter", "water"])
    with pytest.raises(UsageError, match="add --output mqtt://HOST"):
        output_settings(args, {})
