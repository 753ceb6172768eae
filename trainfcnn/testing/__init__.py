"""For your own tests: a model is held against data that are known to be learnt.

``assert_model_learns`` takes a torch module, a scikit-learn estimator or a function ``fit(X, y)``,
and trains it on data whose truth is known; the measure is the best constant answer, and networks
that do learn them. ``assert_learns`` asks the same of this package's own networks, and
``toy_data`` draws data as arrays.

``__init__.pyi`` says where each comes from; it is imported when it is first used, so that arrays
need no torch. Nothing here needs pytest, which shows the messages best.

Examples
--------
>>> from torch import nn
>>> from trainfcnn.testing import assert_model_learns
>>> def network():
...     return nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
>>> assert_model_learns(network, "xor")
>>> assert_model_learns(nn.Linear(2, 1), "xor")  # it can draw a straight line, and no other
Traceback (most recent call last):
...
AssertionError: the model must learn 'xor', with an accuracy of at least 94.7%, ...
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
