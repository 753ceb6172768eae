"""Pictures."""


def plot_dataset(*a): ...
