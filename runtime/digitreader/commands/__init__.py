"""The subcommands of `digitreader`, one module each; importing one imports nothing heavy."""
