"""The configuration file: every option of `digitreader read` in TOML; the command line beats it."""
