"""MQTT: numbers for a broker, found by Home Assistant, and a fleet of readers watched; paho-mqtt is the extra."""
