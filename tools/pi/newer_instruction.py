"""Executes one instruction of ARMv8.1, LDADD, which the cores of the Raspberry Pi 4 and before do not have."""

import ctypes
import mmap

CODE = b"".join(word.to_bytes(4, "little") for word in (0xB821001F, 0xD65F03C0))
"""ldadd w1, wzr, [x0]; ret."""

memory, place = mmap.mmap(-1, 4096, prot=7), ctypes.c_uint32()
memory.write(CODE)
address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
ctypes.CFUNCTYPE(None, ctypes.c_void_p)(address)(ctypes.byref(place))
