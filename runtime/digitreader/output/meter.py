"""The description of a number for Home Assistant: its unit, and the kind of meter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from digitreader.errors import UsageError

TOTALS, MEASUREMENTS = frozenset({"total", "total_increasing"}), frozenset({"measurement"})
VOLUMES = frozenset({"m³", "ft³", "CCF", "L", "gal"})
ENERGIES = frozenset({"Wh", "kWh", "MWh", "GWh", "J", "kJ", "MJ", "GJ", "cal", "kcal", "Mcal", "Gcal"})

ALLOWED: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "water": (VOLUMES, TOTALS),
    "gas": (frozenset({"m³", "ft³", "CCF"}), TOTALS),
    "energy": (ENERGIES, TOTALS),
    "volume": (VOLUMES | {"mL", "fl. oz."}, TOTALS),
    "power": (frozenset({"W", "kW", "MW"}), MEASUREMENTS),
    "temperature": (frozenset({"°C", "°F", "K"}), MEASUREMENTS),
    "humidity": (frozenset({"%"}), MEASUREMENTS),
    "pressure": (frozenset({"Pa", "hPa", "kPa", "bar", "mbar", "psi"}), MEASUREMENTS),
    "weight": (frozenset({"g", "kg", "lb", "oz"}), MEASUREMENTS | TOTALS),
    "distance": (frozenset({"mm", "cm", "m", "km", "mi"}), MEASUREMENTS | TOTALS),
    "duration": (frozenset({"s", "min", "h", "d"}), MEASUREMENTS | TOTALS),
}
"""By Home Assistant's ``device_class`` the units and the ``state_class`` that it takes; it has more classes.

Source: its documentation of sensors, and ``DEVICE_CLASS_UNITS`` and ``DEVICE_CLASS_STATE_CLASSES`` in its code.
"""
OTHER_CLASSES = """
    absolute_humidity apparent_power aqi area atmospheric_pressure battery blood_glucose_concentration carbon_dioxide
    carbon_monoxide conductivity current data_rate data_size date energy_distance energy_storage enum frequency
    illuminance irradiance moisture monetary nitrogen_dioxide nitrogen_monoxide nitrous_oxide ozone ph pm1 pm10 pm25 pm4
    power_factor precipitation precipitation_intensity reactive_energy reactive_power signal_strength sound_pressure
    speed sulphur_dioxide temperature_delta timestamp uptime volatile_organic_compounds
    volatile_organic_compounds_parts voltage volume_flow_rate volume_storage wind_direction wind_speed
"""
DEVICE_CLASSES = frozenset(ALLOWED) | frozenset(OTHER_CLASSES.split())
"""All values of ``device_class`` that Home Assistant takes for a sensor.

Source: its documentation of sensors.
"""
STATE_CLASSES = ("measurement", "total", "total_increasing")
MOST_PRECISION = 9


@dataclass(frozen=True, slots=True)
class MeterFacts:
    """What the number of a reader means; all fields are empty if nothing is known.

    Attributes:
        unit: the unit of the number.
        device_class: what it measures, in Home Assistant's words.
        state_class: whether it counts up or is measured, in Home Assistant's words.
        precision: digits behind the point that are shown; None for Home Assistant's own choice.
    """

    unit: str = ""
    device_class: str = ""
    state_class: str = ""
    precision: int | None = None

    @property
    def is_numeric(self) -> bool:
        """Whether Home Assistant treats the text as a number and refuses other texts."""
        return bool(self.unit or self.device_class or self.state_class or self.precision is not None)

    def as_discovery(self) -> dict[str, str | int]:
        """The keys of a discovery message."""
        keys = {
            "unit_of_measurement": self.unit,
            "device_class": self.device_class,
            "state_class": self.state_class,
        }
        precision = {} if self.precision is None else {"suggested_display_precision": self.precision}
        return {key: value for key, value in keys.items() if value} | precision


NO_METER = MeterFacts()
"""Nothing is known of the number."""

METERS: Mapping[str, MeterFacts] = {
    "water": MeterFacts("m³", "water", "total_increasing"),
    "gas": MeterFacts("m³", "gas", "total_increasing"),
    "power": MeterFacts("kWh", "energy", "total_increasing"),
    "heat": MeterFacts("kWh", "energy", "total_increasing"),
}
"""The meters that Home Assistant's energy page takes: water, gas, electricity and heat."""


def _check_device_class(device_class: str) -> None:
    if not device_class or device_class in DEVICE_CLASSES:
        return
    near = get_close_matches(device_class.lower(), sorted(DEVICE_CLASSES), n=3)
    named = f"did you mean {', '.join(near)}?" if near else f"give one of {', '.join(sorted(DEVICE_CLASSES))}"
    raise UsageError(f"--device-class {device_class}: Home Assistant has no such class of sensors; {named}")


def meter_facts(meter: str, unit: str, device_class: str, state_class: str, precision: int | None) -> MeterFacts:
    """The facts of a meter; each value that is given replaces the meter's own.

    Args:
        meter: a key of `METERS`, or empty.
        unit: empty for the meter's own.
        device_class: empty for the meter's own.
        state_class: empty for the meter's own.
        precision: None for the meter's own.

    Raises:
        UsageError: Home Assistant would refuse them.
    """
    known = METERS.get(meter, NO_METER)
    facts = MeterFacts(
        unit or known.unit, device_class or known.device_class, state_class or known.state_class, precision
    )
    if facts.device_class not in ALLOWED:
        _check_device_class(facts.device_class)
        return facts
    units, states = ALLOWED[facts.device_class]
    if facts.unit not in units:
        given = facts.unit or "none"
        raise UsageError(
            f"--unit {given}: the device class {facts.device_class} takes one of {', '.join(sorted(units))}"
        )
    if facts.state_class and facts.state_class not in states:
        raise UsageError(
            f"--state-class {facts.state_class}: the device class {facts.device_class} takes one of "
            f"{', '.join(sorted(states))}"
        )
    return facts
