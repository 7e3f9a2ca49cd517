"""The secret that keys the digests of API keys: it lies apart from the record store."""

import os
import secrets

from cluster.settings import Settings
from scoring.errors import SettingsError

_FILE = "key-pepper"


def pepper_of(settings: Settings) -> bytes:
    """The settings' pepper, or the one in `home`, made where there is none yet.

    Raises `SettingsError` where the records are a server's and no pepper is set: each machine would make
    another, and a key made on one would be none on the next.
    """
    if settings.key_pepper is not None:
        return settings.key_pepper.get_secret_value().encode()
    if settings.database_url is not None and not settings.database_url.startswith("sqlite"):
        raise SettingsError(
            "API keys need a secret that all machines share.",
            hint="Set COUNTERFOIL_KEY_PEPPER to the same random text everywhere: openssl rand -hex 32.",
        )
    path = settings.home / _FILE
    settings.home.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f".{_FILE}.{secrets.token_hex(8)}")
    try:
        if not path.exists():
            with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
            os.link(made, path)  # fails where another process was first: then its pepper is the one
    except FileExistsError:
        pass
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be written: {error.strerror}.", hint="Set COUNTERFOIL_KEY_PEPPER instead."
        ) from error
    finally:
        made.unlink(missing_ok=True)
    return path.read_bytes().strip()
