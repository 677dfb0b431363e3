"""A Raspberry Pi without a Raspberry Pi: the product on aarch64 under QEMU, its digits, integers and instructions."""
