"""Modules whose public function `ask` passes its arguments on to a function of the same types."""

import json
from collections.abc import Sequence

from runtime.host.function import HOST_NAMESPACES
from tests.support.modules import ABI, extern_item, function_item, module, vector

SALE = {"Record": ["Sale", "ByValue"]}
"""The SDK's type of the record `Sale`: `item: string`, `count: u8`, `tags: []string`."""

SALES = vector(SALE)

_SALE_ITEM = json.dumps(
    {
        "ast_type": "Record",
        "name": "Sale",
        "fields": {
            "Named": [
                {"name": "item", "ty": {"Utf8String": "ByValue"}},
                {"name": "count", "ty": {"U8": "ByValue"}},
                {"name": "tags", "ty": vector("Utf8String")},
            ]
        },
    }
)

_NUMBERS = {
    "Boolean": "i32",
    **dict.fromkeys(("I8", "I16", "I32", "U8", "U16", "U32"), "i32"),
    **dict.fromkeys(("I64", "U64"), "i64"),
    "F32": "f32",
    "F64": "f64",
}


def asking_module(
    parameters: Sequence[object] = (),
    result: object = None,
    *,
    namespace: str = "host",
    name: str = "f",
) -> bytes:
    """A module that imports a function, from the host or from another module, and calls it.

    Args:
        parameters: of both functions, as the SDK notes types: `"U32"`, `SALE`.
        result: of both functions; None for none.
        namespace: where the function is imported from.
        name: the imported function's.
    """
    arguments = [(f"p{number}", kind) for number, kind in enumerate(parameters)]
    raw = [each for kind in parameters for each in _raw(kind)]
    head = "".join(f"(param {each})" for each in raw)
    if isinstance(result, str) and result in _NUMBERS:
        head += f"(result {_NUMBERS[result]})"
    passed = "".join(f"(local.get {number})" for number in range(len(raw)))
    wat = f"""(module
      (import "{namespace}" "{name}" (func $asked {head}))
      {ABI}
      (func (export "ask") {head} (call $asked {passed})))"""
    items = [_SALE_ITEM, function_item("ask", arguments, result)]
    if namespace not in HOST_NAMESPACES:
        items.insert(1, extern_item(namespace, (name, arguments, result)))
    return module(wat, items)


def _raw(kind: object) -> list[str]:
    if kind == SALE:
        return ["i32"]
    return [_NUMBERS[kind]] if isinstance(kind, str) and kind in _NUMBERS else ["i32", "i32"]
