"""The fused kernel, built where there is a compiler; without one the package runs on torch."""

import platform

from setuptools import Extension, setup

X86 = platform.machine().lower() in ("x86_64", "amd64")
FOLDER = "trainfcnn/engine"
PARTS = ["math", "layers", "loss", "chance", "member", "update"]
PARTS += ["batches", "step", "watch", "work", "order"]
KERNEL = Extension(
    "trainfcnn.engine._fused",
    sources=[f"{FOLDER}/fused.c", f"{FOLDER}/fused_double.c"],
    depends=[f"{FOLDER}/fused_{part}.h" for part in PARTS],
    extra_compile_args=[
        *("-O3", "-g0", "-std=gnu11", "-pthread", "-Wno-psabi"),
        # bits are to depend on the source alone; NaN and infinity are as in torch: no -ffast-math
        *("-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"),
        *(["-mavx2", "-mfma", "-mtune=generic"] if X86 else []),
    ],
    extra_link_args=["-pthread"],
    libraries=["m"],
    optional=True,
)

setup(ext_modules=[KERNEL])
