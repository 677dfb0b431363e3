"""Programs that run in the emulated machine."""
