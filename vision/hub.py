"""Files of the model hub, fetched into a folder and proven whole."""

import re
from dataclasses import dataclass
from pathlib import Path

from scoring.errors import EncoderError, RateLimitedError
from vision.model_store import sha256_of

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A file that lies here now."""

    path: Path
    commit: str | None
    """Of the repository, as the hub said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """The model hub, or a mirror of it."""

    endpoint: str | None = None
    """None: the hub library's own."""

    def first_of(
        self, repository: str, filenames: tuple[str, ...], into: Path, *, revision: str | None
    ) -> Fetched | None:
        """The first of these files that `repository` has, put into a folder; None where it has none.

        A download that breaks off is gone on with at the next call. Large files carry their SHA-256 as
        their ETag, and are checked by it.

        Raises EncoderError, or RateLimitedError where the hub asks to wait.
        """
        import huggingface_hub as hub  # noqa: PLC0415 - half a second, and only a download needs it
        from huggingface_hub import errors  # noqa: PLC0415

        try:
            for filename in filenames:
                url = hub.hf_hub_url(repository, filename, revision=revision, endpoint=self.endpoint)
                try:
                    # Asked first because the download itself retries a dead hub for 23 s, noisily.
                    known = hub.get_hf_file_metadata(url, endpoint=self.endpoint)
                except errors.RemoteEntryNotFoundError:
                    continue
                path = Path(
                    hub.hf_hub_download(
                        repository,
                        filename,
                        revision=revision or known.commit_hash,
                        local_dir=into,
                        endpoint=self.endpoint,
                    )
                )
                _check(path, known.etag)
                return Fetched(path=path, commit=known.commit_hash)
        except errors.RepositoryNotFoundError as error:
            raise EncoderError(
                f"The model hub has no repository {repository}, or does not show it to you.",
                hint="Check the spelling. A gated one needs its licence accepted there, and HF_TOKEN here.",
            ) from error
        except errors.HFValidationError as error:
            raise EncoderError(
                f"{repository!r} is no repository's name.", hint="Write hf-hub:OWNER/NAME."
            ) from error
        # `errors` names the HTTPError of whichever httpx the hub library speaks through.
        except (errors.HTTPError, OSError) as error:  # type: ignore[attr-defined]
            if (answer := getattr(error, "response", None)) is not None and answer.status_code == 429:
                raise RateLimitedError(
                    f"The model hub asks to wait before {repository} is downloaded.",
                    hint="Try again later, or set HF_TOKEN: the hub gives known users more.",
                ) from error
            raise EncoderError(
                f"The encoder {repository} cannot be downloaded from the model hub: {error}.",
                hint="Check the connection, name a mirror (COUNTERFOIL_HUB), or copy the checkpoint to this "
                "machine and pull its folder.",
            ) from error
        return None


def _check(path: Path, etag: str | None) -> None:
    if etag is None or not _SHA256.fullmatch(etag):
        return  # a small file's ETag is git's, of another kind
    if sha256_of(path) != etag:
        path.unlink()
        raise EncoderError(
            f"What the model hub sent as {path.name} is not what it promised: its SHA-256 is another.",
            hint="Pull it again; where it stays so, the mirror or a proxy changes files.",
        )
