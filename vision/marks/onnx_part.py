"""The part of an ONNX model that leads to chosen tensors, cut out of its bytes.

onnxruntime computes a whole graph whichever outputs are asked for, and the part of a text detector that we
want is its first third. An ONNX file is one protocol buffer, and cutting it takes two of its levels: the
model's graph (field 7), and the graph's nodes (1) and outputs (12). Everything else is copied as it is.
"""

from collections.abc import Collection, Iterator

from scoring.errors import UnavailableError

_GRAPH = 7
_NODE, _OUTPUT = 1, 12
_NODE_INPUT, _NODE_OUTPUT = 1, 2
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def part_of(model: bytes, wanted: Collection[str]) -> bytes:
    """The same model with no nodes but those that `wanted` tensors need, and these as its outputs.

    Raises `UnavailableError` where the bytes are no ONNX model, or one without such tensors.
    """
    parts = []
    for field, raw, body in _fields(model):
        parts.append(_field(_GRAPH, _cut(body, wanted)) if field == _GRAPH else raw)
    return b"".join(parts)


def _cut(graph: bytes, wanted: Collection[str]) -> bytes:
    needed, made, kept = set(wanted), set[str](), list[bytes]()
    # Nodes stand in the order of computing: read backwards, every need is known before what meets it.
    for field, raw, body in reversed(list(_fields(graph))):
        if field == _NODE:
            names = [(kind, text.decode()) for kind, _, text in _fields(body) if kind in {1, 2}]
            outputs = {name for kind, name in names if kind == _NODE_OUTPUT}
            if not outputs & needed:
                continue
            made |= outputs
            needed |= {name for kind, name in names if kind == _NODE_INPUT and name}
        if field != _OUTPUT:
            kept.append(raw)
    if missing := sorted(set(wanted) - made):
        raise UnavailableError(
            f"The model has no tensor {', '.join(missing)}.",
            hint="Another version of rapidocr is installed: install the one that the lock file names.",
        )
    outputs_now = [_field(_OUTPUT, _field(1, name.encode())) for name in sorted(wanted)]
    return b"".join([*reversed(kept), *outputs_now])


def _fields(message: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Each field of a protocol buffer: its number, its bytes whole, and its content where it is bytes."""
    at = 0
    try:
        while at < len(message):
            start = at
            tag, at = _varint(message, at)
            number, kind = tag >> 3, tag & 7
            body = b""
            if kind == _VARINT:
                _, at = _varint(message, at)
            elif kind == _BYTES:
                length, at = _varint(message, at)
                body, at = message[at : at + length], at + length
            elif kind in {_FIXED64, _FIXED32}:
                at += 8 if kind == _FIXED64 else 4
            else:
                raise _damaged()
            if at > len(message):
                raise _damaged()
            yield number, message[start:at], body
    except IndexError as error:
        raise _damaged() from error


def _damaged() -> UnavailableError:
    return UnavailableError("These bytes are no ONNX model.", hint="Install rapidocr again.")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def _field(number: int, body: bytes) -> bytes:
    return _written(number << 3 | _BYTES) + _written(len(body)) + body


def _written(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
