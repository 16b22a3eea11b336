"""What becomes of freed memory."""

from __future__ import annotations

import ctypes

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # as in glibc's malloc.h
LARGEST_THRESHOLD = 32 << 20  # glibc takes no larger one for its heap
NEVER = (1 << 31) - 1


def keep_freed_memory() -> None:
    """Let this process keep the memory it frees, where its C library is glibc.

    A step frees as much as it takes. Given back to the system, it comes anew for the next step, page by page: with
    one convolution a thousand page faults a step, up to half of its time.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    mallopt(MMAP_THRESHOLD, LARGEST_THRESHOLD)
    mallopt(TRIM_THRESHOLD, NEVER)
