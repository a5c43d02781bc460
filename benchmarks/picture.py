"""Draw results as SVGs that only change if the figures do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OURS, OTHERS, LINE = "#1f5fa8", "#b9bec6", "#333333"
_SHADES = (OURS, "#d1852b", "#5a9367", "#8c6bb1", "#888888")

#: Draws into one pair of axes.
Picture = Callable[["Axes"], None]


def save(path: Path, title: str, draw: Picture, *, rows: int) -> None:
    """Draw one picture with room for ``rows`` bars or lines."""
    # Imported here because a process that measures its own memory imports this module too.
    import matplotlib as mpl
    from matplotlib.figure import Figure

    settings: Any = {
        "svg.hashsalt": "lms-async",  # ids in the file are derived from it instead of the clock
        "svg.fonttype": "none",
        "font.family": "sans-serif",
        "font.size": 10,
    }
    with mpl.rc_context(settings):
        figure = Figure(figsize=(8, 1.3 + 0.34 * rows), layout="constrained")
        figure.patch.set_facecolor("white")
        axes = figure.add_subplot()
        axes.set_title(title, loc="left", fontsize=11)
        axes.spines[["top", "right"]].set_visible(False)
        draw(axes)
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")


def bars(
    values: Mapping[str, tuple[float, float, float]],
    *,
    unit: str,
    ours: Sequence[str] = (),
    log: bool = False,
    shown: Callable[[float], str] = "{:.3g}".format,
) -> Picture:
    """A bar for each median, with a line between the quartiles. The first bar is on top."""

    def draw(axes: Axes) -> None:
        names = list(values)[::-1]
        low, middle, high = zip(*(values[name] for name in names), strict=True)
        colours = [OURS if name in ours else OTHERS for name in names]
        axes.barh(names, middle, color=colours, height=0.62, log=log)
        axes.hlines(range(len(names)), low, high, color=LINE, linewidth=1.2)
        for place, (value, most) in enumerate(zip(middle, high, strict=True)):
            axes.annotate(
                shown(value),
                (max(value, most), place),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                fontsize=9,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 2},
            )
        axes.set_xlabel(unit)
        axes.margins(x=0.14)
        axes.tick_params(axis="y", length=0)

    return draw


def lines(
    curves: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    *,
    across: str,
    up: str,
    log: str = "",
) -> Picture:
    """A line for each of ``curves``. ``log`` names the axes with a logarithmic scale."""

    def draw(axes: Axes) -> None:
        for (name, (x, y)), colour in zip(curves.items(), _SHADES, strict=False):
            axes.plot(x, y, label=name, color=colour, marker="." if len(x) < 20 else "")
        if "x" in log:
            axes.set_xscale("log")
        if "y" in log:
            axes.set_yscale("log")
        else:
            axes.set_ylim(bottom=0)
        axes.set_xlabel(across)
        axes.set_ylabel(up)
        axes.grid(alpha=0.25)
        if len(curves) > 1:
            axes.legend(frameon=False, fontsize=9)

    return draw


def points(seen: Sequence[tuple[str, str, float, float]], *, across: str, up: str) -> Picture:
    """A hollow point for each group, kind, x and y. Each group has a color and each kind a shape.
    The first group is on top and larger."""

    def draw(axes: Axes) -> None:
        colours = dict(zip(dict.fromkeys(group for group, *_ in seen), _SHADES, strict=False))
        shapes = dict(zip(dict.fromkeys(kind for _, kind, *_ in seen), "o^Dv", strict=False))
        for group, kind, x, y in seen:
            size, front = (110, 4) if colours[group] == OURS else (45, 3)
            style: Any = {"edgecolors": colours[group], "facecolors": "none", "linewidths": 1.8}
            axes.scatter(x, y, s=size, marker=shapes[kind], zorder=front, **style)
        for group, colour in colours.items():
            axes.scatter([], [], s=45, color=colour, marker="s", label=group)
        for kind, shape in shapes.items():
            axes.scatter([], [], s=45, edgecolors=LINE, facecolors="none", marker=shape, label=kind)
        axes.set_xlabel(across)
        axes.set_ylabel(up)
        axes.grid(alpha=0.25)
        # Beside the plot, because free space inside it is not known in advance.
        axes.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1, 1))

    return draw


def marked(picture: Picture, at: float, what: str) -> Picture:
    """The picture with a labeled vertical line at a value."""

    def draw(axes: Axes) -> None:
        picture(axes)
        bottom, top = axes.get_ylim()
        axes.set_ylim(bottom, top + 0.05 * (top - bottom))  # the label is above everything else
        axes.axvline(at, color=LINE, linewidth=1, linestyle="--")
        axes.annotate(
            what,
            (at, 1),
            xycoords=("data", "axes fraction"),
            xytext=(4, 0),
            textcoords="offset points",
            va="top",
            fontsize=9,
        )

    return draw
