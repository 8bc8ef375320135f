"""Imports point down only: kernel, scenario, world, people, twin; then calibration and experiments; then the doors."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = {  # what each room may import of ours
    "twin/kernel": {"twin.kernel"},
    "twin/scenario": {"twin.scenario", "twin.errors"},
    "twin/world": {"twin.world", "twin.scenario", "twin.kernel", "twin.errors"},
    "twin/people": {
        "twin.people",
        "twin.world",
        "twin.scenario",
        "twin.kernel",
        "twin.errors",
        "twin.calendar",
        "twin.demand",
        "twin.later",
    },
}
KERNEL_LIBRARIES = {"numpy", "numba", "llvmlite", "platformdirs"}
FRONT = ["twin.cli", "twin.commands", "twin.ui"]
DOORS = ("twin/cli.py", "twin/commands/", "twin/ui/", "twin/__main__.py")


def modules():
    found = [path for room in ("twin", "calibration", "experiments") for path in sorted((ROOT / room).rglob("*.py"))]
    return [path.relative_to(ROOT).as_posix() for path in found if not any(part.startswith(".") for part in path.parts)]


def is_door(module):
    return module.startswith(DOORS)


def is_for_types_only(node):
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def imports(module):
    """Modules that a file imports, anywhere in it, but for the type checker's eyes only."""
    found, nodes = set(), [ast.parse((ROOT / module).read_text())]
    while nodes:
        node = nodes.pop()
        if is_for_types_only(node):
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        nodes += ast.iter_child_nodes(node)
    return found


def within(name, rooms):
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


MODULES = modules()


def test_there_are_modules_to_look_at():
    assert "twin/kernel/run.py" in MODULES
    assert any(module.startswith("experiments/") for module in MODULES)


@pytest.mark.parametrize("room", LAYERS)
def test_a_room_of_twin_imports_from_below_only(room):
    for module in MODULES:
        if module.startswith(f"{room}/"):
            ours = {name for name in imports(module) if within(name, ["twin", "calibration", "experiments"])}
            above = {name for name in ours if not within(name, LAYERS[room])}
            assert not above, f"{module} imports {above}"


def test_the_kernel_imports_numpy_and_numba_only():
    for module in MODULES:
        if module.startswith("twin/kernel/"):
            tops = {name.split(".")[0] for name in imports(module)} - {"twin"}
            assert tops <= KERNEL_LIBRARIES | set(sys.stdlib_module_names), module


def test_twin_knows_neither_calibration_nor_experiments():
    for module in MODULES:
        if module.startswith("twin/") and not is_door(module):
            assert not {name for name in imports(module) if within(name, ["calibration", "experiments"])}, module


def test_calibration_and_experiments_do_not_know_each_other():
    for room, other in (("calibration/", "experiments"), ("experiments/", "calibration")):
        for module in MODULES:
            if module.startswith(room):
                assert not {name for name in imports(module) if within(name, [other])}, module


def test_nobody_imports_the_front_doors():
    for module in MODULES:
        if not is_door(module):
            assert not {name for name in imports(module) if within(name, FRONT)}, module


def test_nobody_uses_the_global_generator_of_numpy():
    for module in MODULES:
        if module.startswith("twin/"):
            text = (ROOT / module).read_text()
            assert text.count("np.random.") == text.count("np.random.default_rng("), module
