"""`python -m fashiontui.supervisor LOGS [--detach]`.

With `--detach` it leaves its starter at once, before anything slow is imported: nobody has to wait for its end, and
it never becomes somebody's zombie.
"""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    if "--detach" in sys.argv and os.fork():
        os._exit(0)
    from fashiontui.supervisor.daemon import main

    sys.exit(main())
