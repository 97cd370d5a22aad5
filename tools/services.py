"""Installs what the tests need besides Python: a Chromium. As root or with `sudo -n` by itself; else it names the one line to run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

PACKAGES = {"chromium-headless-shell": "chromium-headless-shell"}  # program → Debian package


def main() -> int:
    missing = [package for program, package in PACKAGES.items() if shutil.which(program) is None]
    if not missing:
        return 0
    install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *missing]
    if os.geteuid() != 0:
        if subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode != 0:
            print(f"The tests need {', '.join(missing)}. Run: sudo {' '.join(install)}", file=sys.stderr)
            return 1
        install = ["sudo", "-n", *install]
    update = [*install[: install.index("apt-get")], "apt-get", "update", "--quiet"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (update, install):
        if subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL).returncode != 0:
            print(f"Could not install {', '.join(missing)}: {' '.join(command)} failed.", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
