"""Where things lie in the memories that the guests do not see, and the numbers of WASI used there.

Each module's shim has a *private memory*:

    16          environment: count, bytes in all, address of offsets, address of texts (u32 each)
    32          arguments: the same four numbers, all 0
    48          the first native descriptor that belongs to no mapped directory (u32)
    52          the number of the module's output sink (u32)
    64          descriptor table: per guest descriptor its native descriptor + 1, or 0 (u32 each)
    PATHS       per guest descriptor the path it was opened with: length (u32), then the bytes
    VECTORS     offsets and texts of the environment

A store's modules share one *scratch memory* for structures and bytes on their way in or out. What
lies there is used up before another module can run.
"""

from runtime.engine.module_binary import PAGE_SIZE

ENVIRONMENT = 16
ARGUMENTS = 32
FIRST_FILE = 48
SINK = 52
DESCRIPTORS = 64
DESCRIPTOR_COUNT = 1_024
PATHS = 8_192
PATH_SLOT = 256
PATH_LENGTH_SIZE = 4
PATH_CAPACITY = PATH_SLOT - PATH_LENGTH_SIZE
VECTORS = PATHS + DESCRIPTOR_COUNT * PATH_SLOT
PRIVATE_PAGES = VECTORS // PAGE_SIZE + 1
"""Enough for 56 KiB of environment; the memory grows for more."""

RESULT = 16
"""In the scratch memory: one number or structure that a native function gives."""
SUBSCRIPTION_LIMIT = 2_048
"""How many subscriptions `poll_oneoff` takes at once: reading and writing for each descriptor."""
USERDATA = 1_024
USERDATA_SIZE = 8
SUBSCRIPTIONS = USERDATA + SUBSCRIPTION_LIMIT * USERDATA_SIZE
SUBSCRIPTION_SIZE = 48
EVENTS = SUBSCRIPTIONS + (SUBSCRIPTION_LIMIT + 1) * SUBSCRIPTION_SIZE
EVENT_SIZE = 32
TRANSFER_VECTOR = 256
"""In the scratch memory: a vector, pointer and length, that names the bytes of a transfer."""
TRANSFER = 1_024
"""In the scratch memory: bytes on their way to an output sink, to or from a file, or a path."""
TRANSFER_CAPACITY = PAGE_SIZE
SCRATCH_PAGES = (EVENTS + (SUBSCRIPTION_LIMIT + 1) * EVENT_SIZE) // PAGE_SIZE + 1

LONG_TRANSFER = 16 * 1024 * 1024
"""How many bytes of a file a native function reads or writes at most at once: in some 15 ms."""
RANDOM_SLICE = 1024 * 1024
"""How many random bytes a native function makes at once: in some 5 ms."""

SLEEP_SLICE = 5_000_000
"""Nanoseconds that `poll_oneoff` waits at most before it looks whether the call was interrupted."""

STANDARD_OUTPUT = 1
FIRST_DIRECTORY = 3
"""The number of the first mapped directory, native or in a guest."""

UNMAPPED = -1
"""What the shim's look-up gives for a descriptor that the guest does not have open."""

SUCCESS = 0
BAD_DESCRIPTOR = 8
FAULT = 21
INVALID = 28
TOO_MANY_FILES = 33
NAME_TOO_LONG = 37
NOT_A_SOCKET = 57
NOT_SUPPORTED = 58

FILE_STATUS_KIND = 16
"""Where WASI's `filestat` structure has the kind."""
CHARACTER_DEVICE = 2
DIRECTORY = 3
REGULAR_FILE = 4
SYMBOLIC_LINK = 7

FOLLOW_LINKS = 1
CLOCK_MONOTONIC = 1
EVENT_CLOCK = 0
ABSOLUTE_TIME = 1
