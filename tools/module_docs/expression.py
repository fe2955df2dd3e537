"""Types and defaults in one line, as Terraform would have them written."""

from __future__ import annotations

import json

from tools.lint.syntax import Call, Expression, Literal, Name, Object, Tuple


def written(node: Expression) -> str:
    """Return a type or a default as Terraform source in one line.

    Raises
    ------
    TypeError
        It is neither: Terraform takes no references and no operators in them.
    """
    match node:
        case Literal(value=value):
            return json.dumps(value, ensure_ascii=False)
        case Name(name=name):
            return name
        case Call(name=name, arguments=arguments):
            return f"{name}({', '.join(map(written, arguments))})"
        case Tuple(items=items):
            return f"[{', '.join(map(written, items))}]"
        case Object(items=[]):
            return "{}"
        case Object(items=items):
            pairs = (f"{_key(item.key)} = {written(item.value)}" for item in items)
            return f"{{ {', '.join(pairs)} }}"
    raise TypeError(f"line {node.line}: {type(node).__name__} in a type or a default")


def _key(node: Expression) -> str:
    return str(node.value) if isinstance(node, Literal) else written(node)
