"""The figures of the serving benchmark as a picture for the documents."""

from __future__ import annotations

from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.measuring import Row

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "serving.png"
COLOURS = ("#1b4f72", "#7fb3d5", "#b7950b")
GREY = "#444444"
EVENTS = 30  # of the upper half; the table has all


def draw(tables: dict[str, list[Row]]) -> None:
    """Shares of nginx with their spread, and polls on a scale of powers of ten."""
    matplotlib.rcParams.update({"font.size": 9, "axes.spines.top": False})
    matplotlib.rcParams.update({"axes.spines.right": False})
    figure = Figure(figsize=(9, 7), layout="constrained")
    upper, lower = figure.subplots(2, 1)
    _shares(upper, tables["shares of nginx"])
    _polls(lower, tables["a poll"])
    # No date and no version inside: the same figures give the same bytes.
    figure.savefig(PICTURE, dpi=110, metadata={"Software": None})


def _shares(axes: Axes, rows: list[Row]) -> None:
    shown = [row for row in rows if row["events"] == EVENTS]
    names = list(dict.fromkeys(str(row["server"]) for row in shown))[1:]
    labels = list(dict.fromkeys(str(row["answer"]) for row in shown))
    wide = 0.8 / len(names)
    for number, name in enumerate(names):
        chosen = [row for row in shown if row["server"] == name]
        shares = [_number(row, "share") for row in chosen]
        spread = [
            [abs(_number(row, end) - share) for row, share in zip(chosen, shares, strict=True)]
            for end in ("least", "most")
        ]
        places = [place + number * wide for place in range(len(labels))]
        colour = COLOURS[number]
        axes.bar(places, shares, wide * 0.92, yerr=spread, color=colour, ecolor=GREY, label=name)
    axes.axhline(1, color="black", linewidth=0.8)
    axes.set_xticks([place + wide for place in range(len(labels))], labels)
    axes.set_ylabel("share of nginx")
    axes.set_title(f"Requests a processor second, a feed of {EVENTS} events", loc="left")
    axes.set_ylim(top=1.4)
    axes.legend(frameon=False, ncols=3, loc="upper left")


def _polls(axes: Axes, rows: list[Row]) -> None:
    shown = rows[::-1]
    names = [f"{row['server']}, {row['events']:,}" for row in shown]
    axes.barh(names, [_number(row, "polls a CPU second") for row in shown], color=COLOURS[0])
    axes.set_xscale("log")
    axes.set_xlabel("polls a processor second, by server and number of events")
    axes.set_title("Asking for a feed that did not change", loc="left")


def _number(row: Row, name: str) -> float:
    return float(str(row[name]))
