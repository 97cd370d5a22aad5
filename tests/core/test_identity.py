"""Identity numbers are found however they are written. All numbers here are made up, in the series for tests (month + 80)."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest

from meetingapp.core.text.identity import FIRST, SECOND, identity_numbers, is_identity_number


def a_number(birth: str, serial: int = 100) -> str:
    """The first right number from `serial` on whose date part is `birth`."""
    for number in range(serial, 1000):
        digits = [int(digit) for digit in f"{birth}{number:03d}"]
        for weights in (FIRST, SECOND):
            digits.append(-sum(weight * digit for weight, digit in zip(weights, digits, strict=True)) % 11)
        if 10 not in digits:
            return "".join(map(str, digits))
    raise AssertionError(birth)


NUMBER = a_number("178190")
OTHER = a_number("028276")


@pytest.mark.parametrize(
    "written",
    [
        lambda n: n,
        lambda n: f"{n[:6]} {n[6:]}",
        lambda n: f"{n[:6]}  {n[6:]}",
        lambda n: f"{n[:6]}-{n[6:]}",
        lambda n: f"{n[:6]} – {n[6:]}",
        lambda n: f"{n[:6]} {n[6:9]} {n[9:]}",
        lambda n: f"{n[:2]}.{n[2:4]}.{n[4:6]} {n[6:]}",
        lambda n: f"{n[:2]}/{n[2:4]}/{n[4:6]} {n[6:]}",
        lambda n: " ".join(n),
        lambda n: f"{n[:6]}\n{n[6:]}",
        lambda n: f"{n[:4]}-\n{n[4:]}",
        lambda n: f"{n[:3]} {n[3:7]} {n[7:]}",
        lambda n: f"{n[:6]}\u00a0{n[6:]}",
        lambda n: f"{n[:6]}\u200b{n[6:8]}\u00ad{n[8:]}",
        lambda n: "".join(chr(0xFF10 + int(digit)) for digit in n),
        lambda n: f"{n[:6]}\u2011{n[6:]}",
        lambda n: f"fnr.{n}.",
        lambda n: f"({n})",
        lambda n: f"f.{n}x",
    ],
)
def test_a_number_is_found_however_it_is_written(written: Callable[[str], str]) -> None:
    assert [number for _, number in identity_numbers(f"Saken gjelder {written(NUMBER)} og ingen andre.")] == [NUMBER]


@pytest.mark.parametrize(
    ("birth", "kind"),
    [
        ("570190", "D-number"),
        ("174190", "synthetic"),
        ("178190", "synthetic, tax"),
        ("176690", "synthetic, welfare"),
        ("578190", "synthetic D"),
        ("298204", "leap day"),
    ],
)
def test_the_other_kinds_of_number_are_found(birth: str, kind: str) -> None:
    assert len(identity_numbers(f"{kind}: {a_number(birth)}.")) == 1


@pytest.mark.parametrize("before", ["45 678 ", "1 ", "123 45 678 901 ", "kl. 09.00 ", "2026 ", f"{OTHER} "])
def test_other_numbers_before_it_hide_nothing(before: str) -> None:
    assert NUMBER in [number for _, number in identity_numbers(f"{before}{NUMBER} 17")]
    assert NUMBER in [number for _, number in identity_numbers(f"{before}{NUMBER[:6]} {NUMBER[6:]} 17")]


def test_every_number_is_found_and_its_place_told() -> None:
    text = f"a {NUMBER}, b {OTHER}"

    assert identity_numbers(text) == [(2, NUMBER), (17, OTHER)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        NUMBER[:10],
        NUMBER + "1",
        NUMBER[:10] + str((int(NUMBER[10]) + 1) % 10),
        f"{NUMBER[:6]} og {NUMBER[6:]}",
        "Telefon 22 00 00 00, konto 1234 56 78903, org.nr. 974 760 673",
        "32139012345",
        "Sak 2026/17, 04.12.2026 kl. 09.00–13.00",
    ],
)
def test_what_is_no_identity_number_passes(text: str) -> None:
    assert identity_numbers(text) == []


def test_a_date_that_does_not_exist_makes_no_number() -> None:
    assert not is_identity_number("31029012345")
    assert not is_identity_number("00000000000")


def test_budgets_seldom_look_like_people() -> None:
    chance = random.Random(17)
    stops = 0
    for _ in range(200):
        rows = ["  ".join(f"{chance.randrange(1, 9000)} {chance.randrange(10) * 100:03d}" for _ in range(4)) for _ in range(20)]
        stops += bool(identity_numbers("\n".join(rows)))

    assert stops <= 10


def test_a_megabyte_takes_no_time() -> None:
    text = f"Regionrådet drøftet saken 04.12.2026, og rammen er 1 400 000 kroner. {NUMBER} " * 12_000
    began = time.process_time()

    assert len(identity_numbers(text)) == 12_000
    assert time.process_time() - began < 3
