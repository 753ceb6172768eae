"""Train and look at small fully connected networks.

``__init__.pyi`` says where each name comes from. It is imported when it is first used, so that the
command line's ``--help`` needs no torch.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
