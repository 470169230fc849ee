"""A strategy proved on the data: cut off at several bars, no signal may change."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import isfinite
from pathlib import Path
from typing import Any

from datalake.calendar import iso
from engine.prove import Proof, choose_cuts, decided_on, prove
from functions.commands.environment import COMPILING, kernels_are_new
from functions.commands.failures import OK, RUN_FAILED, CommandError
from functions.commands.inputs import Where, params, strategy_text
from functions.commands.local import LocalPlan, prepare
from functions.commands.screen import notes, output, write_json
from functions.commands.submit import lake_days
from functions.settings import settings


def show_proof(file: Path, given: Sequence[str], where: Where, count: int, seed: int, as_json: bool) -> int:
    text, here = strategy_text(file), settings()
    context = where.context(*lake_days(here, where, text))
    plan = prepare({"code": text}, context, {"mode": "single", "params": params(given)}, here)
    cuts = choose_cuts(plan.market, count, seed)
    if not cuts:
        raise CommandError("the window has a single bar, and nothing can be cut off it", "name an earlier --start or a later --end")
    if kernels_are_new():
        notes.print(COMPILING)
    with notes.status(f"computing {len(cuts) + 1} times"):
        proof = prove(plan.program, plan.market, plan.combinations[0], cuts)
    if as_json:
        write_json({"holds": proof.holds, "params": dict(plan.combinations[0]), "context": plan.context, "seed": seed, **_as_json(proof)})
    else:
        _tell(proof, plan)
    return OK if proof.holds else RUN_FAILED


def _as_json(proof: Proof) -> dict[str, Any]:
    """Numbers that are none, or have no end, are null: JSON knows no others."""
    told = asdict(proof)
    first = told["first"] or {}
    return told | ({"first": first | {key: None for key in ("whole", "cut") if not isfinite(first[key])}} if first else {})


def _tell(proof: Proof, plan: LocalPlan) -> None:
    bars = decided_on(plan.market)
    values = ", ".join(f"{name}={value:g}" for name, value in plan.combinations[0].items())
    output.print(
        f"{plan.program.name}{f' ({values})' if values else ''} on {_days(plan.context)}, {len(bars.codes)} stocks",
        markup=False,
        soft_wrap=True,
    )
    output.print(
        f"cut off after {', '.join(map(iso, dict.fromkeys(proof.sessions)))}; compared: {', '.join(proof.outputs)}", soft_wrap=True
    )
    if proof.first is None:
        said = f"nothing looks ahead: {len(proof.cuts)} cuts, {proof.cells:,} values before them, and not a bit differs"
        output.print(said, style="green", markup=False, soft_wrap=True)
        return
    found = proof.first
    cut = int(bars.sessions[found.last_bar])
    said = (
        f"{found.output} looks ahead: of {found.code} at {iso(found.session)} it is {found.whole} with all data, "
        f"and {found.cut} with those up to {iso(cut)}"
    )
    output.print(said, style="bold red", markup=False, soft_wrap=True)


def _days(context: Mapping[str, Any]) -> str:
    return f"{context['datasource_version']}, {context['window']['start']} to {context['window']['end']}"
