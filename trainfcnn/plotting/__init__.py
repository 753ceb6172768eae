"""Pictures; the only place that imports matplotlib.

``plotting/x.py`` draws what ``analysis/x.py`` computes: nothing here makes a prediction or chooses
a backend. Each function takes small types and an `ax`, by default one in a figure of its own, which
`figures` lets appear, and returns the `Axes` it drew on, or the `Figure` it made. ``__init__.pyi``
says where each comes from; it is imported when it is first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
