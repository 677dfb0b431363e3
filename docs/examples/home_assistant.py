"""Read a meter from a camera of Home Assistant, and give Home Assistant a sensor with its number.

    export HOME_ASSISTANT_TOKEN=...   # profile > security > long-lived access tokens
    python home_assistant.py http://homeassistant.local:8123 camera.cellar sensor.water_meter

Run it by a timer, each minute say. Where the number is not sure, the sensor keeps the one before. A camera that
digitreader reads by itself needs no program: `digitreader read 0 --output mqtt://broker.local` is found by Home
Assistant's MQTT integration.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.request

import digitreader


def call(url: str, token: str, data: bytes | None = None) -> bytes:
    """Ask Home Assistant's REST interface."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=30) as reply:
        answer: bytes = reply.read()
    return answer


def main(home: str, camera: str, sensor: str, rule: str = "digits=5") -> None:
    """Take a picture, read it, set the sensor."""
    token = os.environ["HOME_ASSISTANT_TOKEN"]
    reader = digitreader.Reader(expect=rule)
    page = reader.read(call(f"{home}/api/camera_proxy/{camera}", token))
    sure = [number for line in page.lines for number in line.numbers if number.fits and "?" not in number.text]
    if len(sure) != 1:
        print(f"not sure: {page.text or 'no digits'}")
        return
    state = {"state": int(sure[0].text), "attributes": {"confidence": round(sure[0].confidence, 4)}}
    call(f"{home}/api/states/{sensor}", token, json.dumps(state).encode())
    print(sure[0].text)


if __name__ == "__main__":
    main(*sys.argv[1:])
