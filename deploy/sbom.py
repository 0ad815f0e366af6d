#!/usr/bin/env python3
"""The bill of materials of holdfast-server and holdfast-train (CycloneDX 1.6, JSON).

    deploy/sbom.py [--target x86_64-unknown-linux-gnu] > holdfast.cdx.json

Says which crates are in the binaries for a target, by the lock file: name, version,
licence, SHA-256 of the crate's archive, and which wants which. What only takes part
in the build (build scripts, procedural macros and what is under them) has the scope
`excluded`; what only the tests want is left out. The same tree gives the same bytes.

Needs Cargo, with the crates at hand (`cargo fetch`), and Python 3.11.
"""

import argparse
import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BINARIES = ["holdfast-server", "holdfast-train"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--target", help="the target triple [default: this machine's]")
    target = parser.parse_args().target or output("rustc", "--print", "host-tuple").strip()
    json.dump(bill(target), sys.stdout, indent=2, sort_keys=True, ensure_ascii=False)
    print()


def bill(target: str) -> dict:
    """The whole document."""
    metadata = json.loads(
        output("cargo", "metadata", "--locked", "--format-version=1", "--filter-platform", target)
    )
    packages = {(p["name"], p["version"]): p for p in metadata["packages"]}
    [root] = [p for p in metadata["packages"] if p["id"] == metadata["resolve"]["root"]]
    # Of all that the lock file has, only what the chosen features want.
    shipped = tree(target, "normal,no-proc-macro")
    used = {key: packages[key] for key in sorted(shipped | tree(target, "normal,build"))}
    checksums = locked()
    wants = {node["id"]: node["deps"] for node in metadata["resolve"]["nodes"]}
    by_id = {package["id"]: reference(package) for package in used.values()}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                **described(root),
                "type": "application",
                "components": [binary(name, root["version"]) for name in BINARIES],
            },
            "properties": [{"name": "cargo:target", "value": target}],
        },
        "components": [
            {
                **described(package),
                "type": "library",
                "scope": "required" if key in shipped else "excluded",
                "hashes": [{"alg": "SHA-256", "content": checksums[key]}],
            }
            for key, package in used.items()
            if package is not root
        ],
        "dependencies": [
            {
                "ref": reference(package),
                "dependsOn": sorted(
                    by_id[to["pkg"]] for to in wants[package["id"]] if is_wanted(to, by_id)
                ),
            }
            for package in used.values()
        ],
    }


def is_wanted(dependency: dict, used: dict) -> bool:
    """Whether it is wanted for more than tests."""
    kinds = {kind["kind"] for kind in dependency["dep_kinds"]}
    return dependency["pkg"] in used and kinds != {"dev"}


def tree(target: str, edges: str) -> set[tuple[str, str]]:
    """Names and versions that are reached over these edges."""
    form = ["--prefix=none", "--format={p}"]
    lines = output("cargo", "tree", "--locked", "--target", target, "--edges", edges, *form)
    words = (line.split() for line in lines.splitlines() if line)
    return {(name, version.removeprefix("v")) for name, version, *_ in words}


def locked() -> dict[tuple[str, str], str]:
    """The checksums of the lock file."""
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())
    return {
        (package["name"], package["version"]): package["checksum"]
        for package in lock["package"]
        if "checksum" in package
    }


def described(package: dict) -> dict:
    about = {
        "bom-ref": reference(package),
        "name": package["name"],
        "version": package["version"],
        "purl": reference(package),
        # Before expressions, a slash stood between alternatives.
        "licenses": [{"expression": " ".join(package["license"].replace("/", " OR ").split())}],
    }
    if package["description"]:
        about["description"] = " ".join(package["description"].split())
    if package["repository"]:
        about["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return about


def binary(name: str, version: str) -> dict:
    reference = f"bin:{name}@{version}"
    return {"bom-ref": reference, "type": "application", "name": name, "version": version}


def reference(package: dict) -> str:
    return f"pkg:cargo/{package['name']}@{package['version'].replace('+', '%2B')}"


def output(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
