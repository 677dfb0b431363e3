"""All checks, in the order in which they are told: what the later ones need is looked at by the earlier ones."""

from __future__ import annotations

from digitreader.doctor.board_checks import check_disk, check_power, check_temperature, check_throttling
from digitreader.doctor.camera_checks import check_holders, check_libcamera, check_rights, check_v4l2
from digitreader.doctor.facts import Facts
from digitreader.doctor.finding import Finding
from digitreader.doctor.picture_checks import check_picture
from digitreader.doctor.python_checks import (
    check_engine,
    check_model,
    check_numpy,
    check_opencv,
    check_picamera,
    needs_picamera,
)


def examine(facts: Facts) -> tuple[Finding, ...]:
    """What is wrong with a machine, and what is right."""
    elsewhere = facts.picture.look is not None
    unreached = needs_picamera(facts.cameras) and not facts.python.module("picamera2").works
    return (
        check_v4l2(facts.cameras, elsewhere=elsewhere),
        check_libcamera(facts.cameras, elsewhere=elsewhere),
        check_holders(facts.cameras),
        check_rights(facts.cameras, elsewhere=elsewhere),
        check_picamera(facts.python, facts.cameras, elsewhere=elsewhere),
        check_numpy(facts.python),
        check_opencv(facts.python),
        check_engine(facts.python, facts.model),
        check_model(facts.model),
        check_temperature(facts.board),
        check_power(facts.board),
        check_throttling(facts.board),
        check_disk(facts.board),
        *check_picture(facts.picture, unreached=unreached),
    )
