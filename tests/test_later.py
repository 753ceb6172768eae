import subprocess
import sys

import pytest

from trainfcnn import lookup
from trainfcnn.later import Later


def test_what_is_asked_of_it_comes_from_the_module():
    assert Later("lookup").look_up is lookup.look_up


def test_what_the_module_lacks_is_an_attribute_error():
    with pytest.raises(AttributeError, match="look_down"):
        _ = Later("lookup").look_down


def test_the_module_is_imported_when_it_is_used_and_not_before():
    code = (
        "import sys; from trainfcnn.later import Later; tasks = Later('tasks');"
        "print('trainfcnn.tasks' in sys.modules, repr(tasks));"
        "tasks.TASKS; print('trainfcnn.tasks' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines() == ["False Later('tasks')", "True"]
