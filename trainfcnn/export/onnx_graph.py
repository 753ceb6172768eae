"""A network as an ONNX model, node by node."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from trainfcnn._support.types import Values
from trainfcnn.export.blueprint import Blueprint

if TYPE_CHECKING:
    import onnx

Attributes = Mapping[str, Any]
NONE: Attributes = {}

OPSET = 17  # of 2022: what runs models has long known it
IR_VERSION = 8


class Graph:
    """Nodes and constants, each with a name of its own.

    Parameters
    ----------
    is_double : bool
        Whether its numbers are of double precision.
    """

    def __init__(self, is_double: bool) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.is_double = is_double

    def add(self, op: str, *inputs: str, name: str | None = None, having: Attributes = NONE) -> str:
        """Add a node having some attributes, and return what its output is called."""
        from onnx import helper

        output = name or f"{op.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **having))
        return output

    def constant(self, values: Any, name: str | None = None) -> str:
        """Add numbers or texts, and return their name; floats are of the graph's precision."""
        from onnx import numpy_helper

        array = np.asarray(values)
        if array.dtype.kind == "f":
            array = array.astype(np.float64 if self.is_double else np.float32)
        if array.dtype.kind == "U":
            array = array.astype(object)
        name = name or f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def in_single(self, op: str, z: str) -> str:
        """Add a node that onnxruntime has for single precision alone."""
        from onnx import TensorProto

        if not self.is_double:
            return self.add(op, z)
        single = self.add("Cast", z, having={"to": TensorProto.FLOAT})
        return self.add("Cast", self.add(op, single), having={"to": TensorProto.DOUBLE})

    def gelu(self, z: str) -> str:
        """Add z (1 + erf(z / √2)) / 2."""
        erf = self.in_single("Erf", self.add("Mul", z, self.constant(np.sqrt(0.5))))
        share = self.add("Add", erf, self.constant(1.0))
        return self.add("Mul", self.add("Mul", z, share), self.constant(0.5))


ACTIVATIONS: dict[str, Callable[[Graph, str], str]] = {
    "relu": lambda graph, z: graph.add("Relu", z),
    "leaky_relu": lambda graph, z: graph.add("LeakyRelu", z, having={"alpha": 0.01}),
    "elu": lambda graph, z: graph.in_single("Elu", z),
    "tanh": lambda graph, z: graph.add("Tanh", z),
    "sigmoid": lambda graph, z: graph.add("Sigmoid", z),
    "softplus": lambda graph, z: graph.in_single("Softplus", z),
    "silu": lambda graph, z: graph.add("Mul", z, graph.add("Sigmoid", z)),
    "gelu": Graph.gelu,
    "sine": lambda graph, z: graph.add("Sin", z),
    "linear": lambda graph, z: z,
    "softmax": lambda graph, z: graph.add("Softmax", z, having={"axis": -1}),
}


def onnx_model(blueprint: Blueprint) -> "onnx.ModelProto":
    """Return the model: from `x` to `label` and `probabilities`, or to `value`, or to `outputs`."""
    from onnx import TensorProto, checker, helper

    graph = Graph(blueprint.is_double)
    number = TensorProto.DOUBLE if blueprint.is_double else TensorProto.FLOAT
    shape = blueprint.image_shape or (blueprint.dims[0],)
    scores = _layers(graph, blueprint)
    outputs = _answers(graph, blueprint, scores, number)
    made = helper.make_graph(
        graph.nodes,
        "network",
        [helper.make_tensor_value_info("x", number, ["n", *shape])],
        [helper.make_tensor_value_info(*output) for output in outputs],
        graph.constants,
    )
    opsets = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(
        made, producer_name="trainfcnn", opset_imports=opsets, ir_version=IR_VERSION
    )
    model.doc_string = (
        f"{blueprint.title}: {blueprint.sizes}; {blueprint.origin}. Inputs are {blueprint.inputs}."
    )
    checker.check_model(model, full_check=True)
    return model


def _layers(graph: Graph, blueprint: Blueprint) -> str:
    """Add all layers, and return what the last one gives before its activation."""
    x = "x"
    if blueprint.image_shape:
        x = graph.add("Flatten", x)
    layers = zip(blueprint.weights, blueprint.biases, blueprint.activations, strict=True)
    for number, (weight, bias, activation) in enumerate(layers, start=1):
        w = graph.constant(weight, f"weights_{number}")
        b = graph.constant(bias, f"biases_{number}")
        x = graph.add("Gemm", x, w, b, name=f"layer_{number}", having={"transB": 1})
        if number < len(blueprint.weights):
            x = ACTIVATIONS[activation](graph, x)
    return x


def _answers(graph: Graph, blueprint: Blueprint, scores: str, number: int) -> list[Any]:
    """Add what makes answers of scores, and return name, type and shape of each."""
    from onnx import TensorProto

    if not blueprint.is_classification:
        outputs = ACTIVATIONS[blueprint.activations[-1]](graph, scores)
        if blueprint.kind is None:
            graph.add("Identity", outputs, name="outputs")
            return [("outputs", number, ["n", blueprint.dims[-1]])]
        if blueprint.target_names:
            graph.add("Identity", outputs, name="value")
            return [("value", number, ["n", blueprint.dims[-1]])]
        graph.add("Reshape", outputs, graph.constant(np.array([-1])), name="value")
        return [("value", number, ["n"])]
    if blueprint.kind == "multilabel":
        graph.add("Sigmoid", scores, name="probabilities")
        holds = graph.add("Greater", scores, graph.constant(0.0))
        graph.add("Cast", holds, name="label", having={"to": TensorProto.INT64})
        of_each = ["n", blueprint.dims[-1]]
        return [("label", TensorProto.INT64, of_each), ("probabilities", number, of_each)]
    if blueprint.kind == "binary":
        first = graph.add("Sigmoid", graph.add("Neg", scores))
        second = graph.add("Sigmoid", scores)
        graph.add("Concat", first, second, name="probabilities", having={"axis": 1})
        above = graph.add("Greater", scores, graph.constant(0.0))
        is_second = graph.add("Cast", above, having={"to": TensorProto.INT64})
        place = graph.add("Reshape", is_second, graph.constant(np.array([-1])))
    else:
        graph.add("Softmax", scores, name="probabilities", having={"axis": 1})
        place = graph.add("ArgMax", scores, having={"axis": 1, "keepdims": 0})
    classes: Values = np.array(blueprint.classes)
    graph.add("Gather", graph.constant(classes, "classes"), place, name="label")
    types = {"U": TensorProto.STRING, "b": TensorProto.BOOL, "f": number}
    label = types.get(classes.dtype.kind, TensorProto.INT64)
    shares = ["n", len(blueprint.classes)]
    return [("label", label, ["n"]), ("probabilities", number, shares)]
