"""What a file answers where there is no trainfcnn."""

import pytest
from exported import MAKE, assert_same_answers


@pytest.mark.parametrize("name", MAKE)
def test_a_file_gives_the_answers_of_its_network_in_a_process_without_this_library(name):
    assert_same_answers("onnx", name)
