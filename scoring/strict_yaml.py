"""YAML that people write: what YAML allows and nobody means is an error with its line.

Aliases (a few lines can unfold to gigabytes) and deep nesting are refused before anything is built
from them, and so is a key that is given twice, of which YAML would silently take the last.
"""

from typing import Any

import yaml

MAX_DEPTH = 8
"""Brand files nest to 6, recipes to 5."""


class StrictLoader(yaml.SafeLoader):
    """Refuses aliases and deep nesting while it composes."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:  # noqa: ANN401 - PyYAML's own
        """PyYAML's hook; raises `yaml.MarkedYAMLError`."""
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]  # its stubs leave it bare
        if isinstance(event, yaml.AliasEvent):
            raise _refused(event.start_mark, "aliases (*name) are not allowed")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _refused(event.start_mark, "it nests too deep")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def load(text: str) -> object:
    """What a text says; `yaml.YAMLError` where it is no YAML, or says a key twice."""
    loader = StrictLoader(text)
    root = loader.get_single_node()
    _no_key_twice(root)
    return None if root is None else loader.construct_document(root)


def _no_key_twice(node: yaml.Node | None) -> None:
    if isinstance(node, yaml.SequenceNode):
        for element in node.value:
            _no_key_twice(element)
    if isinstance(node, yaml.MappingNode):
        seen = set[object]()
        for key, value in node.value:
            if isinstance(key.value, str):
                if key.value in seen:
                    raise _refused(key.start_mark, f"{key.value!r} stands there twice")
                seen.add(key.value)
            _no_key_twice(value)


def _refused(mark: object, problem: str) -> yaml.MarkedYAMLError:
    # The stubs know the mark of the C loader too, which this loader never makes.
    return yaml.MarkedYAMLError(problem=problem, problem_mark=mark)  # type: ignore[arg-type]
