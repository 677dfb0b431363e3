"""A broker: topics, Home Assistant's discovery, and what waits while the broker is away."""
