"""`python -m tools.production_drill`, as root: runs the commands of docs/production.md as they stand, on a machine within the machine.

Mounts, network and processes are its own (`unshare`), so nothing of it is left behind, and nothing outside is reached. Four things are not
as on a real machine: `apt-get install` only looks whether the packages are there, Python's libraries come from this checkout, `systemctl`
is a stand-in that reads the same unit files, and the certificate is made on the spot. Prints each command, and OK at the end.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "production.md"
HOST = "mote.fjellregionen.example"
OWN = ("/etc", "/opt", "/usr/local/sbin", "/var/backups", "/var/lib", "/var/log", "/var/cache")
CHECKOUT = tuple(sorted({str(place.resolve()) for place in (ROOT, Path(sys.prefix), ROOT / "node_modules")}))  # read, never written
UNITS = Path("/etc/systemd/system")
AFTER_CLONE = "make -C /opt/meetingapp setup"


def commands() -> list[str]:
    """The lines of the page's `sh` blocks, in order."""
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(), flags=re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def _run(*command: str, **given: object) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **given)  # type: ignore[call-overload]
    if done.returncode != 0:
        raise SystemExit(f"NOT OK  {' '.join(command)}\n{done.stdout}{done.stderr}")
    return str(done.stdout + done.stderr)


def _machine(place: Path) -> None:
    """Let the folders that the page writes to be copies, and this machine's own name be known to itself alone."""
    _run("ip", "link", "set", "lo", "up")
    _run("mount", "-t", "tmpfs", "tmpfs", str(place))
    for number, folder in enumerate((*CHECKOUT, *OWN)):
        upper, work = place / f"{number}-upper", place / f"{number}-work"
        upper.mkdir()
        work.mkdir()
        _run("mount", "-t", "overlay", "overlay", "-o", f"lowerdir={folder},upperdir={upper},workdir={work}", folder)
    _run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run")
    _run("install", "-d", "-o", "postgres", "-g", "postgres", "/run/postgresql")
    with open("/etc/hosts", "a") as hosts:
        hosts.write(f"127.0.0.1 {HOST}\n")
    certificate = Path("/etc/ssl/meetingapp")
    certificate.mkdir(mode=0o700)
    names = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    files = ["-keyout", str(certificate / "privkey.pem"), "-out", str(certificate / "fullchain.pem")]
    _run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names, *files)
    shims = place / "shims"
    shims.mkdir()
    (shims / "systemctl").write_text(f'#!/bin/sh\ncd {ROOT}\nexec {sys.executable} -m tools.production_drill systemctl "$@"\n')
    (shims / "apt-get").write_text(
        '#!/bin/sh\nshift\nfor word; do case "$word" in -*) ;; *) dpkg --status "$word" > /dev/null;; esac; done\n'
    )
    for shim in shims.iterdir():
        shim.chmod(0o755)
    os.environ |= {"PATH": f"{shims}:{os.environ['PATH']}", "CURL_CA_BUNDLE": str(certificate / "fullchain.pem"), "REPOSITORY": str(ROOT)}
    mail = [sys.executable, "-m", "aiosmtpd", "-n", "-l", "127.0.0.1:25", "-c", "aiosmtpd.handlers.Sink"]
    subprocess.Popen(mail, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _libraries() -> None:
    """Give the clone the libraries of this checkout under the machine's own Python, for there is no network to fetch them from."""
    clone = Path("/opt/meetingapp")
    _run("/usr/bin/python3", "-m", "venv", "--without-pip", str(clone / ".venv"))
    here = Path(sys.executable).parent
    packages = next((clone / ".venv" / "lib").glob("python3*")) / "site-packages"
    packages.rmdir()
    packages.symlink_to(next(here.parent.glob("lib/python3*/site-packages")).resolve())
    for program in ("flask", "granian"):
        text = (here / program).read_text().splitlines(keepends=True)
        (clone / ".venv" / "bin" / program).write_text(f"#!{clone}/.venv/bin/python3\n" + "".join(text[1:]))
        (clone / ".venv" / "bin" / program).chmod(0o755)
    for name in ("requirements/dev.txt", "package-lock.json"):
        os.utime(clone / name, (0, 0))
    (clone / ".venv" / "installed").touch()
    shutil.copytree((ROOT / "node_modules").resolve(), clone / "node_modules", symlinks=True)
    (clone / "node_modules" / ".installed").touch()


def _inside() -> int:
    place = Path(tempfile.mkdtemp(prefix="production-drill-"))
    _machine(place)
    lines = commands()
    script = ["set -eu", f"libraries() {{ cd {ROOT}; {sys.executable} -m tools.production_drill libraries; }}"]
    for line in lines:
        if line == AFTER_CLONE:
            script.append("(libraries)")
        script += [f"echo {_quoted('$ ' + line)}", line]
    done = subprocess.run(["bash", "-c", "\n".join(script)], cwd="/", check=False)
    if done.returncode != 0:
        logs = sorted(Path("/var/log").glob("meetingapp-*.log"))
        print("".join(f"--- {log.name}\n{log.read_text()[-3000:]}" for log in logs), file=sys.stderr)
        print("NOT OK  a command of docs/production.md failed", file=sys.stderr)
        return 1
    _refusals()
    print(f"OK  {len(lines)} commands of docs/production.md ran as they stand.")
    return 0


def _refusals() -> None:
    """What must not be reachable from outside."""
    for what, address, wanted in (
        ("readyz from outside", f"https://{HOST}/readyz", "403"),
        ("plain http", f"http://{HOST}/logg-inn", "301"),
        ("the figures", f"https://{HOST}/metrics", "404"),
    ):
        got = _run("curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", address)
        if got != wanted:
            raise SystemExit(f"NOT OK  {what}: {got}, not {wanted}")
        print(f"OK  {what}: {got}")
    if subprocess.run(["curl", "--silent", "--insecure", "https://127.0.0.1/"], check=False, capture_output=True).returncode == 0:
        raise SystemExit("NOT OK  another name is answered")
    print("OK  another name gets no answer")
    headers = _run("curl", "--silent", "--head", f"https://{HOST}/").lower()
    if "strict-transport-security" not in headers or "content-security-policy" not in headers:
        raise SystemExit(f"NOT OK  headers are missing: {headers}")
    print("OK  strict headers come through")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _systemctl(arguments: list[str]) -> None:
    """A stand-in for systemd, which cannot run here: it checks the unit files, and starts what they say as they say."""
    words = [word for word in arguments if not word.startswith("-")]
    match words:
        case ["daemon-reload"]:
            units = sorted(str(unit) for unit in UNITS.glob("meetingapp-*"))
            if said := _run("systemd-analyze", "verify", *units).strip():
                raise SystemExit(f"NOT OK  {said}")
        case ["enable" | "start", *names]:
            for name in names:
                _start(name)
        case ["reload-or-restart", "nginx"]:
            _run("nginx")
        case _:
            raise SystemExit(f"NOT OK  no stand-in for systemctl {' '.join(arguments)}")


def _start(name: str) -> None:
    if name == "postgresql":
        version = sorted(Path("/etc/postgresql").iterdir())[-1].name
        _run("pg_ctlcluster", version, "main", "start")
        return
    if name.endswith(".timer"):
        _run("systemd-analyze", "calendar", re.findall(r"^OnCalendar=(.*)$", (UNITS / name).read_text(), re.MULTILINE)[0])
        return
    unit = dict(re.findall(r"^(\w+)=(.*)$", (UNITS / name).read_text(), re.MULTILINE))
    settings = dict(re.findall(r"^(\w+)=(.*)$", Path(unit["EnvironmentFile"]).read_text(), re.MULTILINE))
    command = _sealed(unit)
    environment = {"PATH": "/usr/bin:/bin", **settings}
    with open(f"/var/log/{name}.log", "w") as log:
        process = subprocess.Popen(command, cwd=unit["WorkingDirectory"], env=environment, stdout=log, stderr=log, start_new_session=True)
    if unit.get("Type") == "oneshot":
        if process.wait() != 0:
            raise SystemExit(f"NOT OK  {name} failed")
        return
    time.sleep(6)  # as long as a service needs to fail, or to make the first pages
    if process.poll() is not None:
        raise SystemExit(f"NOT OK  {name} ended")


def _sealed(unit: dict[str, str]) -> list[str]:
    """The unit's command, with its user, without capabilities, and with everything read-only but its ReadWritePaths."""
    writable = unit["ReadWritePaths"].split()
    steps = [f"mount --bind {path} {path}" for path in writable]
    steps += [f"mount -o remount,bind,ro {path}" for path in ("/", *OWN)]
    steps += ["mount -t tmpfs tmpfs /tmp"]
    user = f"setpriv --reuid={unit['User']} --regid={unit['Group']} --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all"
    start = f"umask {unit['UMask']}; exec {user} {unit['ExecStart']}"
    return ["unshare", "--mount", "--propagation", "private", "sh", "-ec", "; ".join([*steps, start])]


def main(arguments: list[str]) -> int:
    match arguments:
        case ["systemctl", *rest]:
            _systemctl(rest)
            return 0
        case ["libraries"]:
            _libraries()
            return 0
        case ["inside"]:
            return _inside()
    missing = [program for program in ("nginx", "pg_ctlcluster", "curl", "openssl", "unshare") if shutil.which(program) is None]
    if os.geteuid() != 0 or missing:
        print(f"Run this as root, with {', '.join(missing) or 'the packages of docs/production.md'} installed.", file=sys.stderr)
        return 1
    apart = ["unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child", "--propagation", "private"]
    return subprocess.run([*apart, sys.executable, "-m", "tools.production_drill", "inside"], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
