"""What every picture must be: readable."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from forecasting.chart.sheet import Sheet
from forecasting.chart.text import SMALL


def assert_readable(sheet: Sheet) -> None:
    """All text is on the sheet, large enough, and none lies on other text."""
    renderer = FigureCanvasAgg(sheet.figure).get_renderer()
    texts: Sequence[Text] = [text for text in sheet.figure.texts if text.get_text().strip()]
    boxes = [text.get_window_extent(renderer) for text in texts]
    for text, box in zip(texts, boxes, strict=True):
        assert box.x0 >= 0, text
        assert box.y0 >= 0, text
        assert box.x1 <= sheet.figure.bbox.x1, text
        assert box.y1 <= sheet.figure.bbox.y1, text
        assert text.get_fontsize() * 2 / 3 >= SMALL, text  # 1.5 typographic points to one of the sheet
    for (one, a), (other, b) in combinations(zip(texts, boxes, strict=True), 2):
        apart = a.x1 <= b.x0 + 1 or b.x1 <= a.x0 + 1 or a.y1 <= b.y0 + 1 or b.y1 <= a.y0 + 1
        assert apart, (one, other)
