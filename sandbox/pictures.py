"""Draws the README's picture from what the demo recorded: `python -m sandbox.pictures RECORD.json PICTURE.png`.

One column for each rollout, over time: the canary's share, both versions' error rates since the version was published,
and the evidence against the canary with its limit.
"""

import json
import math
from pathlib import Path
from typing import Any

import click
import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

mpl.use("Agg")

STABLE, CANARY, LIMIT, GREEN, TEXT = "#57606a", "#0969da", "#cf222e", "#1a7f37", "#1f2328"
ENDINGS = {"RolloutSucceeded": ("promoted", GREEN), "RolloutRolledBack": ("rolled back", LIMIT)}
FINAL_PERCENTS = {"RolloutSucceeded": 100, "RolloutRolledBack": 0}
LEAST_EVIDENCE, MOST_EVIDENCE = 0.1, 1e5
_STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#d0d7de",
}
_STYLE |= {"axes.labelcolor": TEXT, "xtick.color": STABLE, "ytick.color": STABLE, "font.family": "DejaVu Sans"}


@click.command(help=__doc__)
@click.argument("record", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("picture", type=click.Path(dir_okay=False, path_type=Path))
def main(record: Path, picture: Path) -> None:
    rollouts = [one for one in json.loads(record.read_text()) if one["samples"]][:2]
    with mpl.rc_context(_STYLE):
        figure, axes = plt.subplots(
            3, len(rollouts), figsize=(10, 5.4), sharex="col", squeeze=False, height_ratios=(2, 3, 3)
        )
        for column, rollout in enumerate(rollouts):
            _draw(axes[:, column], rollout, is_first=column == 0)
        figure.align_ylabels()
        figure.tight_layout()
        figure.savefig(picture, dpi=160, facecolor="white")
    click.echo(f"{picture}: {len(rollouts)} rollouts drawn")


def _draw(panels: Any, rollout: dict[str, Any], *, is_first: bool) -> None:  # noqa: ANN401 - numpy's array of axes
    share, errors, evidence = panels
    shifted_at = next(sample["at_seconds"] for sample in rollout["samples"] if sample["canary_percent"])
    samples = [sample for sample in rollout["samples"] if sample["at_seconds"] >= shifted_at]
    seconds = [sample["at_seconds"] - shifted_at for sample in samples]
    outcome, colour = ENDINGS[rollout["ending"]]
    share.set_title(
        f"{rollout['title'].capitalize()}: {outcome}", color=colour, loc="left", fontsize=9.5, fontweight="bold"
    )
    percents = [sample["canary_percent"] for sample in samples[:-1]] + [FINAL_PERCENTS[rollout["ending"]]]
    share.fill_between(seconds, percents, step="post", color=CANARY, alpha=0.25)
    share.set_ylim(0, 105)
    _draw_error_rates(errors, seconds, samples)
    _draw_evidence(evidence, seconds, samples)
    evidence.set_xlabel("seconds since the first shift")
    evidence.xaxis.set_major_locator(MaxNLocator(integer=True))
    if is_first:
        for panel, label in zip(
            panels, ("canary's share, %", "failed calls, %", "evidence against\nthe canary"), strict=True
        ):
            panel.set_ylabel(label)


def _draw_error_rates(panel: Axes, seconds: list[float], samples: list[dict[str, Any]]) -> None:
    for name, colour in (("stable", STABLE), ("canary", CANARY)):
        panel.plot(seconds, [_error_percent(sample[name]) for sample in samples], color=colour, label=name)
    panel.set_ylim(-1, 55)
    panel.legend(frameon=False, loc="upper right", ncols=2)


def _error_percent(traffic: dict[str, Any] | None) -> float:
    return 100 * traffic["errors"] / traffic["calls"] if traffic and traffic["calls"] else math.nan


def _draw_evidence(panel: Axes, seconds: list[float], samples: list[dict[str, Any]]) -> None:
    shown = [min(max(sample["evidence"], LEAST_EVIDENCE), MOST_EVIDENCE) for sample in samples]
    limit = samples[-1]["evidence_limit"]
    panel.set_yscale("log")
    panel.set_ylim(LEAST_EVIDENCE, MOST_EVIDENCE)
    panel.plot(seconds, shown, color=CANARY, drawstyle="steps-post")
    panel.axhline(limit, color=LIMIT, linestyle="--", linewidth=1)
    panel.annotate(f"limit {limit:g}", (seconds[0], limit * 1.6), color=LIMIT)


if __name__ == "__main__":
    main()
