"""A process that knocks with wrong passwords, for the test of the throttle: prints the status of each try.

    python -m tests.accounts.knocker ADDRESS TRIES NETWORK [PASSWORD]

The settings come from the environment, as for a real web process. The network stands in for where the connection comes from.
"""

from __future__ import annotations

import sys
from typing import Any

from config import Settings
from meetingapp.app import create_office
from tests.forms import form_data


def main(address: str, tries: int, network: str, password: str = "") -> None:
    client: Any = create_office(Settings.from_environment()).test_client()
    client.environ_base["REMOTE_ADDR"] = network
    page = client.get("/logg-inn/passord").get_data(as_text=True)
    for number in range(tries):
        _action, data = form_data(page, form=0, button=None, fields={"email": address, "password": password or f"feil passord {number}"})
        data["_key"] = f"{network}-{number}"
        sys.stdout.write(f"{client.post('/logg-inn/passord', data=data).status_code}\n")


if __name__ == "__main__":
    given = sys.argv[1:]
    main(given[0], int(given[1]), *given[2:])
