"""Protocol: requests, responses, and their meaning."""

import sys

# httpx 0.28 imports its command line where click and rich are installed: half of its time. None makes that
# import fail
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
