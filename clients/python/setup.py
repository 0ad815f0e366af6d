"""Generates the contract's messages and stubs while the package is built.

They come from the repository's `proto/`, so the package is built from a
checkout. What is generated goes into the wheel and is not committed.
"""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent
PROTO = HERE.parent.parent / "proto"
# The packages `holdfast` and `holdfast.v1`, as the contract names them.
PACKAGES = ("holdfast", "holdfast/v1")


class BuildWithStubs(build_py):
    """Builds, then adds what protoc makes of the contract."""

    def run(self) -> None:
        super().run()
        generate(HERE / "src" if self.editable_mode else Path(self.build_lib))


def generate(into: Path) -> None:
    # Only the isolated environment of a build has it.
    from grpc_tools import protoc

    contract = sorted(str(file) for file in (PROTO / "holdfast" / "v1").glob("*.proto"))
    if not contract:
        raise SystemExit(f"no contract in {PROTO}: build from a checkout of the repository")
    for package in PACKAGES:
        directory = into / package
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "__init__.py").write_text('"""Generated from the contract."""\n')
    (into / "holdfast" / "py.typed").touch()
    # The messages of google.rpc and google.protobuf are found as packages.
    outputs = [f"--{kind}_out={into}" for kind in ("python", "pyi", "grpc_python")]
    arguments = ["protoc", f"-I{PROTO}", f"-I{protoc_include()}", *outputs, *contract]
    if protoc.main(arguments) != 0:
        raise SystemExit("the contract does not compile")


def protoc_include() -> str:
    """Where grpcio-tools keeps the messages of google.protobuf."""
    import grpc_tools

    return str(Path(grpc_tools.__file__).parent / "_proto")


setup(cmdclass={"build_py": BuildWithStubs})
