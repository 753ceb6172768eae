"""The fused kernel, built where there is a compiler; without one the package runs on torch."""

import platform
import sys

from setuptools import Extension, setup

X86 = platform.machine().lower() in ("x86_64", "amd64")
LINUX = sys.platform == "linux"
# no pages that are half empty
PACKED = ["-Wl,-s,-z,noseparate-code,-z,norelro"]
FOLDER = "trainfcnn/engine"
PARTS = ["math", "layers", "loss", "chance", "member", "update"]
PARTS += ["batches", "step", "watch", "work", "order"]


def kernel(name: str, *flags: str) -> Extension:
    """Return a library of the kernel; the package is installed as well where it cannot be built."""
    return Extension(
        f"trainfcnn.engine.{name}",
        sources=[f"{FOLDER}/fused.c", f"{FOLDER}/fused_double.c"],
        depends=[f"{FOLDER}/fused_{part}.h" for part in PARTS],
        extra_compile_args=[
            *("-O3", "-g0", "-std=gnu11", "-pthread", "-Wno-psabi"),
            # bits depend on the source alone; NaN and infinity are as in torch: no -ffast-math
            *("-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"),
            # copies of functions and tables for unwinding are a fifth of the size, and save no time
            *("-fno-ipa-cp-clone", "-fno-asynchronous-unwind-tables"),
            *flags,
        ],
        extra_link_args=["-pthread", *(PACKED if LINUX else [])],
        libraries=["m"],
        optional=True,
    )


# The first that runs on a processor is taken; on x86 the second is for those without AVX2.
KERNELS = [kernel("_fused", *(["-mavx2", "-mfma", "-mtune=generic"] if X86 else []))]
if X86:
    KERNELS.append(kernel("_fused_plain", "-fno-tree-vectorize"))

setup(ext_modules=KERNELS)
