"""A whole emulated machine: Debian's kernel with its virtual camera, systemd, and the installed product."""
