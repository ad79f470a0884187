"""QR codes, for whoever reads on one device and follows on another."""

from __future__ import annotations

from io import BytesIO
from typing import Final

import segno

# ISO/IEC 18004 9.1: four modules of white around the code, whatever the page around it.
QUIET_ZONE: Final = 4
# Four pixels a module: sharp on a screen and on paper, and below a kilobyte.
SCALE: Final = 4


def qr_png(text: str) -> bytes:
    """The text as a PNG, black on opaque white; the same bytes for the same text."""
    found = BytesIO()
    segno.make_qr(text, error="m").save(found, kind="png", scale=SCALE, border=QUIET_ZONE)
    return found.getvalue()
