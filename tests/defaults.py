"""The numbers that hold where nothing is said, read out of modules: tests hold them against a list."""

import inspect
from types import ModuleType


def _number(value: object) -> bool:
    """A number, a switch, or several of them."""
    if isinstance(value, (tuple, list)):
        return bool(value) and all(map(_number, value))
    if isinstance(value, dict):
        return bool(value) and all(isinstance(key, str) and _number(one) for key, one in value.items())
    return isinstance(value, (bool, int, float))


def told(module: ModuleType) -> dict[str, object]:
    """NAME -> value of its constants, and function.argument -> default, of what is defined in a module itself."""
    found = {name: value for name, value in vars(module).items() if name.isupper() and _number(value)}
    own = {name: value for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__}
    for name, value in own.items():
        if inspect.isfunction(value) or inspect.isclass(value):
            try:
                arguments = inspect.signature(value).parameters.values()
            except ValueError:
                continue
            found |= {f"{name}.{each.name}": each.default for each in arguments if _number(each.default)}
    return found
