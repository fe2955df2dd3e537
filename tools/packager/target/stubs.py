"""Stand-ins for boto3 and what else Lambda's runtime carries: they accept whatever is asked.

Importing a handler must be quick and need no AWS, and what boto3 answers is not the packager's
question. Runs in the target's interpreter.
"""

from __future__ import annotations

from importlib.machinery import ModuleSpec

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from types import ModuleType


def _dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


class _Permissive(type):
    """A class that has every attribute."""

    def __getattr__(cls, name: str) -> object:
        if _dunder(name):
            raise AttributeError(name)
        return stand_in(name)

    def __getitem__(cls, item: object) -> object:
        return cls

    def __iter__(cls) -> Iterator[object]:
        return iter(())


class Anything(metaclass=_Permissive):
    """An object that can be called, indexed, entered, iterated (it is empty) and reckoned with."""

    def __init__(self, *_arguments: object, **_keywords: object) -> None:
        """Take whatever is given."""

    def __getattr__(self, name: str) -> object:
        if _dunder(name):
            raise AttributeError(name)
        return stand_in(name)

    def __call__(self, *_arguments: object, **_keywords: object) -> object:
        """Give another such object."""
        return Anything()

    def __getitem__(self, item: object) -> object:
        return Anything()

    def __setitem__(self, item: object, value: object) -> None:
        """Forget it."""

    def __iter__(self) -> Iterator[object]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True

    def __int__(self) -> int:
        return 1

    def __float__(self) -> float:
        return 1.0

    def __fspath__(self) -> str:
        return "1"

    def __enter__(self) -> object:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave."""


def _reckoned(*_: object) -> object:
    return Anything()


# Conditions of boto3 are joined by & and |; what dateutil gives is added to dates and compared.
for _operator in ("add", "sub", "mul", "truediv", "floordiv", "mod", "and", "or"):
    for _side in ("", "r"):
        setattr(Anything, f"__{_side}{_operator}__", _reckoned)
        # Of two classes, | is the type that is either of them.
        if _operator != "or":
            setattr(_Permissive, f"__{_side}{_operator}__", _reckoned)
for _operator in ("lt", "le", "gt", "ge", "neg", "invert"):
    setattr(Anything, f"__{_operator}__", _reckoned)
    setattr(_Permissive, f"__{_operator}__", _reckoned)


def stand_in(name: str) -> type:
    """Return a class for `name`: one that can be raised where the name says so."""
    if name.endswith(("Error", "Exception", "Warning")):
        return type(name, (Exception,), {})
    return type(name, (Anything,), {})


class StubFinder:
    """Finds modules of the given packages, after everybody else has looked for them."""

    def __init__(self, packages: Collection[str]) -> None:
        self.packages = packages

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a spec for a module of a package that we stand in for."""
        del path, target
        if fullname.partition(".")[0] not in self.packages:
            return None
        return ModuleSpec(fullname, self, is_package=True)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave it to Python."""

    def exec_module(self, module: ModuleType) -> None:
        """Give the module every attribute that is asked for."""
        module.__dict__["__version__"] = "1.0.0"
        module.__dict__["__all__"] = []

        def attribute(name: str) -> object:
            if _dunder(name):
                raise AttributeError(name)
            return stand_in(name)

        module.__dict__["__getattr__"] = attribute
