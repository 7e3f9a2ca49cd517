"""Work as jobs of a Ray cluster: submitted, followed, listed and stopped through its job server."""

import asyncio
import shlex
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ray.exceptions import AuthenticationError
from ray.job_submission import JobDetails, JobStatus, JobSubmissionClient

from pipelines.kinds import KINDS
from scoring.errors import SettingsError, UnavailableError

SUBMITTABLE = (*KINDS, "evaluate", "schedule")
"""The commands that do work worth a cluster. Others answer at once, and are run where one sits."""

_NOT_YET = "No available agent"
"""What a job server says for some seconds after its cluster has started, with status 500."""
_PATIENCE_SECONDS = 60.0

_NOT_BEGUN = datetime.max.replace(tzinfo=UTC)
"""Where a job that has not begun stands among the others: it is the newest."""

_ENDED = {JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.STOPPED}


@dataclass(frozen=True, slots=True)
class Job:
    """A job as the cluster knows it."""

    id: str
    status: str
    """PENDING, RUNNING, STOPPED, SUCCEEDED or FAILED."""
    command: str
    started_at: datetime | None
    message: str


class Jobs:
    """A cluster's job server.

    Raises:
        UnavailableError: nobody answers at its address.
        SettingsError: it does not know the job, or has one of that id already.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        with self._asking():
            self._client = JobSubmissionClient(address)

    def submit(self, words: Sequence[str], *, job_id: str | None = None) -> str:
        """Run a command of Counterfoil's on the cluster's head; returns the job's id at once."""
        if not words or words[0] not in SUBMITTABLE:
            said = words[0] if words else "nothing"
            raise SettingsError(
                f"{said!r} is not run on a cluster.", hint=f"Submit one of: {', '.join(SUBMITTABLE)}."
            )
        until = time.monotonic() + _PATIENCE_SECONDS
        with self._asking():
            while True:
                try:
                    return self._client.submit_job(
                        entrypoint=shlex.join(["counterfoil", *words]),
                        submission_id=job_id,
                        # The driver joins the cluster it runs in, whatever the environment says.
                        runtime_env={"env_vars": {"COUNTERFOIL_RAY_ADDRESS": "auto"}},
                        metadata={"counterfoil": words[0]},
                    )
                except RuntimeError as error:
                    if _NOT_YET not in str(error) or time.monotonic() > until:
                        raise
                time.sleep(0.5)

    def all(self) -> list[Job]:
        """The cluster's jobs that Counterfoil submitted, the newest first."""
        with self._asking():
            told = self._client.list_jobs()
        mine = [_job(it) for it in told if (it.metadata or {}).get("counterfoil")]
        return sorted(mine, key=lambda job: job.started_at or _NOT_BEGUN, reverse=True)

    def get(self, job_id: str) -> Job:
        """One job by its id."""
        with self._asking(job_id):
            return _job(self._client.get_job_info(job_id))

    def stop(self, job_id: str) -> bool:
        """Ask a job to stop: a scan then pauses, and can be resumed. False where it had ended."""
        with self._asking(job_id):
            return bool(self._client.stop_job(job_id))

    def logs(self, job_id: str) -> str:
        """What a job has printed so far."""
        with self._asking(job_id):
            return str(self._client.get_job_logs(job_id))

    def follow(self, job_id: str, tell: Callable[[str], None]) -> Job:
        """Tell what a job prints as it prints it, and return the job once it has ended."""

        async def tail() -> None:
            async for text in self._client.tail_job_logs(job_id):
                tell(text)

        with self._asking(job_id):
            asyncio.run(tail())
            # The log ends a moment before the job does.
            while self._client.get_job_status(job_id) not in _ENDED:
                time.sleep(0.2)
        return self.get(job_id)

    @contextmanager
    def _asking(self, job_id: str | None = None) -> Iterator[None]:
        try:
            yield
        except AuthenticationError as error:
            raise SettingsError(
                f"the cluster at {self._address} does not let in who shows no token, or another's.",
                hint="Set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN to the cluster's.",
            ) from error
        except ConnectionError as error:
            raise UnavailableError(
                f"no job server answers at {self._address}.",
                hint="Name the cluster's dashboard with --ray or COUNTERFOIL_RAY_JOBS: http://HEAD:8265.",
            ) from error
        except RuntimeError as error:
            # The server sends its whole traceback; what went wrong is its last line.
            said = [line for line in str(error).splitlines() if line.strip(" .")]
            why = said[-1].rstrip(".") if said else type(error).__name__
            raise SettingsError(
                f"the cluster at {self._address} refuses"
                + (f" what was asked about job {job_id}" if job_id else "")
                + f": {why}.",
                hint="`counterfoil jobs list` shows its jobs.",
            ) from error


def _job(details: JobDetails) -> Job:
    begun = details.start_time
    return Job(
        id=str(details.submission_id),
        status=str(details.status.value),
        command=details.entrypoint,
        started_at=None if begun is None else datetime.fromtimestamp(begun / 1000, UTC),
        message=details.message or "",
    )


def to_json(job: Job) -> dict[str, Any]:
    """A job as `--json` prints it."""
    return {
        "id": job.id,
        "status": job.status,
        "command": job.command,
        "started_at": None if job.started_at is None else job.started_at.isoformat(),
        "message": job.message,
    }
