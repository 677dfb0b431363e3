"""MQTT: the broker's topics, Home Assistant's discovery, and events that wait while the broker is away."""
