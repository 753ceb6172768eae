"""A network as a Python file that needs PyTorch alone."""

from textwrap import indent

from trainfcnn.export.blueprint import Blueprint
from trainfcnn.export.source import (
    assigned,
    check_size,
    docstring,
    kept,
    named_answers,
    precision,
    rows,
)

# How a file calls them; what a layer gives stands for {}.
CALLS = {
    "relu": "torch.relu({})",
    "leaky_relu": "nn.functional.leaky_relu({})",
    "elu": "nn.functional.elu({})",
    "tanh": "torch.tanh({})",
    "sigmoid": "torch.sigmoid({})",
    "softplus": "nn.functional.softplus({})",
    "silu": "nn.functional.silu({})",
    "gelu": "nn.functional.gelu({})",
    "sine": "torch.sin({})",
    "linear": "{}",
    "softmax": "torch.softmax({}, dim=-1)",
}

TRAINED = '''
@cache
def trained():
    """Return the network, with the weights at the end of this file."""
    network = Network()
    state = {name: torch.tensor(rows, dtype=DTYPE) for name, rows in WEIGHTS.items()}
    network.load_state_dict(state)
    return network.eval()
'''.strip("\n")


def torch_source(blueprint: Blueprint) -> str:
    """Return the file: a class, functions, and at its end the numbers."""
    check_size(blueprint)
    imports = "from functools import cache\nfrom itertools import pairwise\n\nimport torch\n"
    top = [
        docstring(blueprint, "for PyTorch alone", _offers(blueprint)),
        f"{imports}from torch import nn\n",
        assigned("DIMS", blueprint.dims).rstrip("\n"),
        f"DTYPE = torch.{precision(blueprint)}\n",
    ]
    if named := named_answers(blueprint):
        top[-1] = top[-1].rstrip("\n")
        top += named
    parts = [_module(blueprint), TRAINED, *_answers(blueprint)]
    body = "\n\n\n".join(parts)
    return "\n".join(top) + f"\n\n{body}\n\n\n{_numbers(blueprint)}"


def _offers(blueprint: Blueprint) -> str:
    module = "`trained()` is the network, an nn.Module."
    if blueprint.kind == "multilabel":
        answers = "`predict` gives 0 or 1, `predict_proba` the probability of each of TARGETS."
        return f"{answers} {module}"
    if blueprint.is_classification:
        answers = "`predict` gives labels, `predict_proba` the probability of each of CLASSES."
        return f"{answers} {module}"
    return f"`predict` gives the values. {module}" if blueprint.kind else module


def _module(blueprint: Blueprint) -> str:
    """Return the class, whose parameters are called as those of an `FCNN`."""
    n_in = blueprint.dims[0]
    n_out = blueprint.dims[-1]
    *hidden, last = blueprint.activations
    lines = [
        "class Network(nn.Module):",
        f'    """Layers of DIMS with an activation after each: (n, {n_in}) to (n, {n_out})."""',
        "",
        "    def __init__(self):",
        "        super().__init__()",
        "        self.layers = nn.ModuleList(nn.Linear(*sizes) for sizes in pairwise(DIMS))",
        "        self.to(DTYPE)",
        "",
        "    def scores(self, x):",
        '        """Return the values before the last activation."""',
    ]
    for layer, activation in enumerate(hidden):
        lines.append(f"        x = {CALLS[activation].format(f'self.layers[{layer}](x)')}")
    lines += [
        f"        return self.layers[{len(hidden)}](x)",
        "",
        "    def forward(self, x):",
        '        """Return the outputs."""',
        f"        return {CALLS[last].format('self.scores(x)')}",
    ]
    return "\n".join(lines)


def _answers(blueprint: Blueprint) -> list[str]:
    """Return the functions that answer."""
    n = len(blueprint.classes)
    if blueprint.kind is None:
        return []
    given = "torch.as_tensor(x, dtype=DTYPE)"
    if blueprint.image_shape:
        given += ".flatten(start_dim=1)"
    several = f"(n, {blueprint.dims[-1]})"
    if blueprint.kind == "regression":
        values = f'    """Return the values, (n,)."""\n    return trained()({given})[:, 0]'
        if blueprint.target_names:
            values = f'    """Return TARGETS, {several}."""\n    return trained()({given})'
        return [f"@torch.inference_mode()\ndef predict(x):\n{values}"]
    scores = [
        "@torch.inference_mode()",
        "def scores(x):",
        f'    """Return the scores, before they are probabilities, (n, {blueprint.dims[-1]})."""',
        f"    return trained().scores({given})",
    ]
    shares = "torch.softmax(scores(x), dim=1)"
    places = "scores(x).argmax(dim=1)"
    if blueprint.kind == "binary":
        shares = "torch.cat([torch.sigmoid(-scores(x)), torch.sigmoid(scores(x))], dim=1)"
        places = "(scores(x)[:, 0] > 0).int()"
    if blueprint.kind == "multilabel":
        shares = "torch.sigmoid(scores(x))"
        n = blueprint.dims[-1]
    names = "TARGETS" if blueprint.target_names else "CLASSES"
    proba = [
        "def predict_proba(x):",
        f'    """Return the probability of each of {names}, (n, {n})."""',
        f"    return {shares}",
    ]
    predict = [
        "def predict(x):",
        '    """Return the likeliest of CLASSES for each row, a list."""',
        f"    return [CLASSES[place] for place in {places}.tolist()]",
    ]
    if blueprint.kind == "multilabel":
        predict = [
            "def predict(x):",
            f'    """Return which of TARGETS hold, {several}: 0 or 1."""',
            "    return (scores(x) > 0).int()",
        ]
    return ["\n".join(lines) for lines in (scores, proba, predict)]


def _numbers(blueprint: Blueprint) -> str:
    layers = enumerate(zip(blueprint.weights, blueprint.biases, strict=True))
    entries = [
        f'"layers.{layer}.weight": {rows(weight)},\n"layers.{layer}.bias": {rows(bias)},\n'
        for layer, (weight, bias) in layers
    ]
    told = "# (units, inputs) and (units,) of each layer\n"
    return told + kept("WEIGHTS = {\n" + indent("".join(entries), "    ") + "}\n")
