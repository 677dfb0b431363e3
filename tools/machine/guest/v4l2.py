"""Video4Linux in the machine: formats, buffers and controls of the kernel's virtual camera, without a library."""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import time
from pathlib import Path
from typing import Self

WIDTH, HEIGHT = 640, 480
BYTES = WIDTH * HEIGHT * 3
CAPTURE, OUTPUT = 1, 2
BGR = int.from_bytes(b"BGR3", "little")
NEXT_CONTROL = 0x80000000
BUFFERS = 4
# 640x480, 60 a second, as monitors have it (VESA DMT): type, size, polarities, pixel clock, porches and sync
TIMINGS = struct.pack("<IIIIIQ11I", 0, WIDTH, HEIGHT, 0, 0, 25_175_000, 16, 96, 48, 10, 2, 33, 0, 0, 0, 2, 0)


def _read_write(number: int, size: int) -> int:
    return 0xC0000000 | size << 16 | ord("V") << 8 | number


G_FMT, S_FMT = _read_write(4, 208), _read_write(5, 208)
REQBUFS, QUERYBUF, QBUF, DQBUF = _read_write(8, 20), _read_write(9, 88), _read_write(15, 88), _read_write(17, 88)
STREAMON, STREAMOFF = 0x40045612, 0x40045613
S_CTRL, QUERYCTRL, S_DV_TIMINGS = _read_write(28, 8), _read_write(36, 68), _read_write(87, 132)


class Node:
    """An opened video node; a context manager.

    Args:
        path: such as /dev/video0.

    Raises:
        OSError: it is not there, or disconnected.
    """

    def __init__(self, path: str) -> None:
        self.number = os.open(path, os.O_RDWR)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.number)

    def ask(self, request: int, content: bytes) -> bytearray:
        """Carry out a request; what the kernel made of its content."""
        answer = bytearray(content)
        fcntl.ioctl(self.number, request, answer)
        return answer

    def set_form(self, kind: int) -> None:
        """640x480 in 24-bit BGR, 60 a second: both nodes need the same, else the camera shows a test picture."""
        self.ask(S_DV_TIMINGS, TIMINGS.ljust(132, b"\0"))
        form = self.ask(G_FMT, struct.pack("Q", kind).ljust(208, b"\0"))
        struct.pack_into("III", form, 8, WIDTH, HEIGHT, BGR)
        self.ask(S_FMT, bytes(form))

    def controls(self) -> dict[str, int]:
        """All controls by name."""
        found: dict[str, int] = {}
        number = NEXT_CONTROL
        while True:
            try:
                told = self.ask(QUERYCTRL, struct.pack("II", number, 0).ljust(68, b"\0"))
            except OSError:
                return found
            number = struct.unpack_from("I", told)[0]
            found[told[8:40].split(b"\0")[0].decode()] = number
            number |= NEXT_CONTROL

    def set_control(self, name: str, value: int = 1) -> None:
        """Set one by its name.

        Raises:
            KeyError: there is none of this name.
        """
        self.ask(S_CTRL, struct.pack("Ii", self.controls()[name], value))


def _buffer(number: int) -> bytes:
    head = struct.pack("IIIIIIqq", number, OUTPUT, BYTES, 0, 1, 0, 0, 0)
    return (head + bytes(16) + struct.pack("IIQIiii", 0, 1, 0, BYTES, 0, 0, 0))[:88]


class Output:
    """Shows frames on an output node that is opened and has its form."""

    def __init__(self, node: Node) -> None:
        self._node = node
        node.ask(REQBUFS, struct.pack("III", BUFFERS, OUTPUT, 1).ljust(20, b"\0"))
        self._maps = []
        for number in range(BUFFERS):
            told = node.ask(QUERYBUF, _buffer(number))
            offset, length = struct.unpack_from("I", told, 64)[0], struct.unpack_from("I", told, 72)[0]
            self._maps.append(mmap.mmap(node.number, length, offset=offset))
        self._free = list(range(BUFFERS))
        self._running = False

    def show(self, content: bytes) -> None:
        """Show a frame of `BYTES` bytes as soon as there is room for it, at most 60 a second.

        Raises:
            OSError: the node was disconnected, or its queue failed.
        """
        if not self._free:
            told = self._node.ask(DQBUF, _buffer(0))
            self._free.append(struct.unpack_from("I", told)[0])
        number = self._free.pop()
        self._maps[number][:BYTES] = content
        self._node.ask(QBUF, _buffer(number))
        if not self._free and not self._running:
            self._node.ask(STREAMON, struct.pack("i", OUTPUT))
            self._running = True

    def close(self) -> None:
        """Let go of the buffers, without which the node is not free."""
        for each in self._maps:
            each.close()


def wait_for(path: str) -> None:
    """Wait until a node is there."""
    while not Path(path).exists():
        time.sleep(0.1)
