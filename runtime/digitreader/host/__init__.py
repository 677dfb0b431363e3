"""The machine that it runs on: messages, progress, files, this process."""
