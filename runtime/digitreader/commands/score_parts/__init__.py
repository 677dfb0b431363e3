"""The parts of `digitreader score`, one a module, each with `add_parser`."""
