"""The record store's migrations, by hand.

python -m catalog.migrations upgrade URL              bring a server's tables to this version
python -m catalog.migrations downgrade URL REVISION   undo what came after a revision, or all of it: base
python -m catalog.migrations revision "what changed"  write the migration to the models as they are
"""

import sys

from catalog.database import connect
from catalog.schema import downgrade, upgrade, write_revision
from scoring.errors import CounterfoilError


def main(arguments: list[str]) -> str | None:
    """Do what the arguments say; the text of what went wrong, or None."""
    try:
        match arguments:
            case ["upgrade", url]:
                upgrade(connect(url))
            case ["downgrade", url, revision]:
                downgrade(connect(url), revision)
            case ["revision", message]:
                sys.stdout.write(f"{write_revision(message)}\n")
            case _:
                return __doc__
    except CounterfoilError as error:
        return str(error)
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
