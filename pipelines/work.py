"""What a schedule can do: the one interface of scans and of every job beside them."""

import json
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from cluster.state import State
from pipelines.progress import Reporter
from scoring.errors import SettingsError

_SUMMARY = "summary.json"


@dataclass(frozen=True, slots=True)
class Place:
    """Where work is done: for whom, with which stores, into which folder."""

    state: State
    tenant: str
    out: Path
    """The run's own folder: the same one when a run that was interrupted is gone on with."""
    reporter: Reporter


class Work(BaseModel):
    """One kind of work. Its fields are what a schedule may say about it; JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def check(self) -> None:
        """Refuse what cannot work, by a `SetupError`, when the schedule is made and not in the night."""

    @abstractmethod
    def run(self, place: Place) -> dict[str, Any]:
        """Do it, and say what came of it (JSON). What is interrupted is run again in the same place."""

    def done_in(self, out: Path) -> dict[str, Any] | None:
        """The summary of work that had ended in a folder before this was asked; None where none had."""
        path = out / _SUMMARY
        if not path.exists():
            return None
        summary: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return summary


def carry_out(work: Work, place: Place) -> dict[str, Any]:
    """Do work where it has not been done, and keep its summary in its folder, whole or not at all."""
    summary = work.done_in(place.out)
    if summary is not None:  # done, and the machine stopped before it could say so
        return summary
    place.out.mkdir(parents=True, exist_ok=True)
    summary = work.run(place)
    path = place.out / _SUMMARY
    if not path.exists():  # a scan has written its own
        part = path.with_suffix(".part")
        part.write_text(json.dumps(summary, indent=2, ensure_ascii=False), "utf-8")
        part.replace(path)
    return summary


def work_of(kinds: Mapping[str, str], kind: str, said: Mapping[str, Any]) -> Work:
    """The work of a kind with what was said about it, or `SettingsError`.

    `kinds` names the class of each as `module:Class`; only the one that is asked for is imported.
    """
    if kind not in kinds:
        raise SettingsError(
            f"nothing that a schedule can run is called {kind!r}.",
            hint=f"There is: {', '.join(sorted(kinds))}.",
        )
    made: type[Work] = resolve_name(kinds[kind])
    try:
        return made.model_validate(dict(said))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, it['loc']))}: {it['msg']}" for it in error.errors())
        known = ", ".join(sorted(made.model_fields)) or "nothing"
        raise SettingsError(
            f"a schedule cannot run {kind!r} like this: {wrong}.", hint=f"It lets one say: {known}."
        ) from error
