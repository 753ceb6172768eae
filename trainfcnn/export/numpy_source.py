"""A network as a Python file that needs NumPy alone."""

from textwrap import dedent

from trainfcnn.export.blueprint import Blueprint
from trainfcnn.export.source import (
    check_size,
    docstring,
    kept,
    named_answers,
    precision,
    rows,
)

# Each is written into the file where it is used, after what it needs itself.
FUNCTIONS = {
    "relu": '''
        def relu(z):
            """Return z where it is above 0, else 0."""
            return np.maximum(z, 0)
        ''',
    "leaky_relu": '''
        def leaky_relu(z):
            """Return z where it is above 0, else a hundredth of it."""
            return np.where(z > 0, z, 0.01 * z)
        ''',
    "elu": '''
        def elu(z):
            """Return z where it is above 0, else exp(z) - 1."""
            return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))
        ''',
    "tanh": "",  # NumPy's own
    "sigmoid": '''
        def sigmoid(z):
            """Return 1 / (1 + exp(-z)), without an overflow."""
            return np.exp(-np.logaddexp(0, -z))
        ''',
    "softplus": '''
        def softplus(z):
            """Return log(1 + exp(z)), without an overflow."""
            return np.logaddexp(0, z)
        ''',
    "silu": '''
        def silu(z):
            """Return z * sigmoid(z)."""
            return z * sigmoid(z)
        ''',
    "gelu": '''
        def gelu(z):
            """Return z times the share of a normal distribution that is below z."""
            erf = np.vectorize(math.erf, otypes=[float])
            return z * (1 + erf(z / math.sqrt(2))) / 2
        ''',
    "sine": "",  # NumPy's own
    "linear": "",  # nothing is done
    "softmax": '''
        def softmax(z):
            """Return shares of each row (n, outputs) that add up to 1."""
            powers = np.exp(z - z.max(axis=1, keepdims=True))
            return powers / powers.sum(axis=1, keepdims=True)
        ''',
}
OF_NUMPY = {"tanh": "np.tanh", "sine": "np.sin"}
NEEDS = {"silu": ("sigmoid",)}


def numpy_source(blueprint: Blueprint) -> str:
    """Return the file: functions, and at its end the numbers."""
    check_size(blueprint)
    used = _used(blueprint)
    functions = [dedent(FUNCTIONS[name]).strip("\n") for name in used if FUNCTIONS[name]]
    functions += [_layers(blueprint), *_answers(blueprint)]
    imports = "import math\n\nimport numpy as np\n" if "gelu" in used else "import numpy as np\n"
    # in the order in which one reads: what it is, what it does, and then its many numbers
    top = [docstring(blueprint, "for NumPy alone", _offers(blueprint)), imports]
    top += named_answers(blueprint)
    body = "\n\n\n".join(functions)
    return "\n".join(top) + f"\n\n{body}\n\n\n{_numbers(blueprint)}"


def _used(blueprint: Blueprint) -> list[str]:
    """Return the functions that a file needs, each after those that it needs itself."""
    names = list(blueprint.activations)
    if blueprint.is_classification:
        names[-1] = "softmax" if blueprint.kind == "multiclass" else "sigmoid"
    with_needs = [one for name in names for one in (*NEEDS.get(name, ()), name)]
    return list(dict.fromkeys(with_needs))


def _offers(blueprint: Blueprint) -> str:
    if blueprint.kind == "multilabel":
        return "`predict` gives 0 or 1, `predict_proba` the probability of each of TARGETS."
    if blueprint.is_classification:
        return "`predict` gives labels, `predict_proba` the probability of each of CLASSES."
    if blueprint.kind:
        return "`predict` gives the values."
    return "`outputs` gives what the last layer does."


def _layers(blueprint: Blueprint) -> str:
    """Return the function that goes through the layers."""
    dims = blueprint.dims
    last = "linear" if blueprint.is_classification else blueprint.activations[-1]
    name = "scores" if blueprint.is_classification else "outputs"
    what = "the scores, before they are probabilities" if name == "scores" else "the outputs"
    shape = "images" if blueprint.image_shape else f"(n, {dims[0]})"
    lines = [
        f"def {name}(x):",
        f'    """Return {what}: {shape} to (n, {dims[-1]})."""',
        "    x = np.asarray(x, dtype=float)",
    ]
    if blueprint.image_shape:
        lines.append("    x = x.reshape(len(x), -1)")
    activations = (*blueprint.activations[:-1], last)
    for layer, activation in enumerate(activations, start=1):
        step = _called(activation, f"x @ W{layer} + B{layer}")
        end = layer == len(activations)
        lines.append(f"    return {step}" if end else f"    x = {step}")
    return "\n".join(lines)


def _called(activation: str, argument: str) -> str:
    if activation == "linear":
        return argument
    return f"{OF_NUMPY.get(activation, activation)}({argument})"


def _answers(blueprint: Blueprint) -> list[str]:
    """Return the functions that answer."""
    n = len(blueprint.classes)
    if blueprint.target_names:
        return _several_answers(blueprint)
    if blueprint.kind == "regression":
        return ['def predict(x):\n    """Return the values, (n,)."""\n    return outputs(x)[:, 0]']
    if blueprint.kind == "binary":
        shares = [
            "    z = scores(x)",
            "    return np.concatenate([sigmoid(-z), sigmoid(z)], axis=1)",
        ]
        best = "(scores(x)[:, 0] > 0).astype(int)"
    elif blueprint.kind == "multiclass":
        shares = ["    return softmax(scores(x))"]
        best = "scores(x).argmax(axis=1)"
    else:
        return []
    told = f'    """Return the probability of each of CLASSES, (n, {n})."""'
    label = '    """Return the likeliest of CLASSES for each row, (n,)."""'
    return [
        "\n".join(["def predict_proba(x):", told, *shares]),
        f"def predict(x):\n{label}\n    return np.array(CLASSES)[{best}]",
    ]


def _several_answers(blueprint: Blueprint) -> list[str]:
    """Return the functions that answer for several targets or labels."""
    shape = f"(n, {len(blueprint.target_names)})"
    if blueprint.kind == "regression":
        return [f'def predict(x):\n    """Return TARGETS, {shape}."""\n    return outputs(x)']
    told = f'    """Return the probability of each of TARGETS, {shape}."""'
    holds = f'    """Return which of TARGETS hold, {shape}: 0 or 1."""'
    return [
        f"def predict_proba(x):\n{told}\n    return sigmoid(scores(x))",
        f"def predict(x):\n{holds}\n    return (scores(x) > 0).astype(int)",
    ]


def _numbers(blueprint: Blueprint) -> str:
    dtype = f"np.{precision(blueprint)}"
    told = "# weights (inputs, units) and biases (units,) of each layer\n"
    layers = zip(blueprint.weights, blueprint.biases, strict=True)
    arrays = []
    for layer, (weight, bias) in enumerate(layers, start=1):
        arrays.append(f"W{layer} = np.array({rows(weight.T)}, dtype={dtype})\n")
        arrays.append(f"B{layer} = np.array({rows(bias)}, dtype={dtype})\n")
    return told + kept("".join(arrays))
