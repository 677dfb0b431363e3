"""`digitreader read` as a service of systemd: its unit, what installs it, and what tells systemd that it lives."""
