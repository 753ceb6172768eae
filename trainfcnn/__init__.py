"""Train and look at small fully connected networks.

``__init__.pyi`` says where each name comes from. It is imported when it is first used, so that the
command line's ``--help`` needs no torch.
"""

import lazy_loader

from trainfcnn._support.lazy import with_guesses

__version__ = "0.1.0"

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
__getattr__ = with_guesses(_load, __name__, __all__)
