"""A PostgreSQL cluster of the tests' own: made and stopped by them, reached by a socket in its folder."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from catalog import schema
from catalog.database import connect

# What is lost with the machine is lost with the test: nothing waits for a disk.
_HASTE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB")
_TEMPLATE = "migrated"


def programs() -> Path | None:
    """The folder of `initdb` and `postgres`; Debian keeps it off PATH. None where neither is installed."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "postgres").is_file()), None)


class Postgres:
    """A cluster that runs. Each `url()` is a database of its own, with this version's tables."""

    superuser = "counterfoil"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = count(1)
        self.create(_TEMPLATE, template="template0")
        database = connect(self.at(_TEMPLATE))
        schema.upgrade(database)
        database.engine.dispose()

    def at(self, name: str, *, user: str = superuser) -> str:
        return f"postgresql+psycopg://{user}@/{name}?host={self.folder}"

    def url(self, *, empty: bool = False) -> str:
        """A new database: with all tables, or without any."""
        name = f"catalogue_{next(self._numbers)}"
        self.create(name, template="template0" if empty else _TEMPLATE)
        return self.at(name)

    def create(self, name: str, *, template: str) -> None:
        self.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )

    def execute(self, statement, *, database: str = "postgres"):
        """Run a statement as the superuser; its rows, where it has any."""
        with psycopg.connect(
            host=str(self.folder), user=self.superuser, dbname=database, autocommit=True
        ) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def cut_off(self, name: str) -> int:
        """End every connection to a database, as a restart of the server would; how many there were."""
        rows = self.execute(
            sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}").format(
                sql.Literal(name)
            )
        )
        return len(rows)


@contextmanager
def running(folder_of_programs: Path):
    """A new cluster for the block. PostgreSQL refuses root, who becomes `postgres` for it."""
    folder = Path(tempfile.mkdtemp(prefix="counterfoil-pg-"))  # not pytest's: another user must reach it
    owner = {}
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        owner = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    data = folder / "data"
    making = [folder_of_programs / "initdb", "-D", data, "-U", Postgres.superuser, "-A", "trust"]
    making += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    try:
        subprocess.run(making, check=True, capture_output=True, cwd=folder, **owner)
        options = [f"-c{setting}" for setting in ("listen_addresses=", f"unix_socket_directories={folder}")]
        options += [f"-c{setting}" for setting in _HASTE]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [folder_of_programs / "postgres", "-D", data, *options],
                stdout=log, stderr=log, cwd=folder, **owner,
            )  # fmt: skip
        try:
            _wait_for(server, folder)
            yield Postgres(folder)
        finally:
            server.send_signal(signal.SIGINT)  # a fast shutdown: it waits for nobody
            server.wait(30)
    finally:
        shutil.rmtree(folder)


def _wait_for(server: subprocess.Popen, folder: Path) -> None:
    ends_at = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(host=str(folder), user=Postgres.superuser, dbname="postgres").close()
        except psycopg.OperationalError:
            said = (folder / "log").read_text("utf-8", "replace")
            assert server.poll() is None, f"PostgreSQL ended: {said}"
            assert time.monotonic() < ends_at, f"PostgreSQL did not start within a minute: {said}"
            time.sleep(0.05)
        else:
            return
