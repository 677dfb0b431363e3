"""Setup: the configuration file, the systemd service, and the doctor."""
