"""The table that a benchmark prints: a row for each figure, its peer's, and whether the target is met."""

import dataclasses


@dataclasses.dataclass
class Row:
    what: str
    ours: str
    peer: str = ""
    figure: float | None = None  # compared with the target; None for information
    target: float | None = None
    at_least: bool = False  # whether more is better
    unit: str = "×"

    @property
    def is_met(self):
        if self.target is None:
            return None
        return self.figure >= self.target if self.at_least else self.figure <= self.target

    def cells(self):
        figure = "" if self.figure is None else f"{number(self.figure)} {self.unit}"
        target = "" if self.target is None else f"{'≥' if self.at_least else '≤'} {number(self.target)} {self.unit}"
        return [self.what, self.ours, self.peer, figure, target, {None: "", True: "met", False: "NOT MET"}[self.is_met]]


def number(value):
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"


def ratio(what, ours, peer, unit, target, peer_name, at_least=False):
    """A row that compares two figures of the same unit."""
    return Row(
        what,
        f"{number(ours)} {unit}",
        f"{number(peer)} {unit} {peer_name}",
        ours / peer if peer else float("inf"),
        target,
        at_least,
    )


def limit(what, figure, target, unit, peer="", at_least=False):
    """A row whose figure has a target of its own."""
    return Row(what, f"{number(figure)} {unit}", peer, figure, target, at_least, unit)


def information(what, figure, unit):
    """A row without a target."""
    return Row(what, f"{number(figure)} {unit}")


def note(what, ours, peer=""):
    """A row of words."""
    return Row(what, ours, peer)


def markdown(rows):
    head = ["measured", "studio", "peer", "figure", "target", ""]
    cells = [head, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(head))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in cells]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
