"""How often new goods are read as second-hand, and what reading costs: `python -m benchmarks.resale TITLES`.

TITLES is the folder of real listing titles of `benchmarks.names`, in the same two halves: words were chosen
by looking at the development half. Whoever reads the report sees each title that is exempted: some of them
do offer second-hand goods. The first look at the report half found one mistake that was mended afterwards
("small second", a dial of a watch).
"""

import argparse
import json
import time
from pathlib import Path

from benchmarks.names import half, titles
from scoring.brand import Brand
from scoring.listing import Listing
from scoring.resale import languages, read_statement


def exempted(found: list[str], spoken: frozenset[str]) -> dict[str, str]:
    """The titles read as second-hand by a brand with these languages, and the words that say so."""
    brand = Brand(name="Northpine", languages=tuple(sorted(spoken)))
    read = {title: read_statement(_listing(title), brand) for title in found}
    return {title: it.words for title, it in read.items() if it.used is not None}


def _listing(title: str) -> Listing:
    return Listing(platform="any", listing_id="1", title=title)


def main() -> None:
    """Read both halves in English alone and in every language at once, which is the worst case."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("titles", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = titles(options.titles)
    figures: dict[str, object] = {}
    for name, spoken in (("English", frozenset({"en"})), ("all languages", languages())):
        exempted(found[:1], spoken)  # compiles the words
        started = time.process_time()
        for label, report in (("development", False), ("report", True)):
            part = half(found, report=report)
            figures[f"{name}, {label}"] = {"titles": len(part), "exempted": exempted(part, spoken)}
        spent = time.process_time() - started
        figures[f"{name}, microseconds a title"] = round(1e6 * spent / len(found))
    print(json.dumps(figures, ensure_ascii=False, indent=None if options.json else 2))


if __name__ == "__main__":
    main()
