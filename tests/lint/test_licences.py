"""docs/licences.md names what the locks name, with the licence that the wheels name."""

from __future__ import annotations

from tools.licences.page import COMMAND, PAGE, SHIPPED, environments, installed, locks, rows, wanted

# Whoever takes the code takes these on, too. Others are a decision, and not an upgrade.
MAY_SHIP = {"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "PSF-2.0"}


def test_the_page_is_that_of_the_locks() -> None:
    page = PAGE.read_text()
    known = {name: licence for name, (licence, _) in rows(page).items()}
    made, unknown = wanted(locks(), known)
    assert unknown == [], f"renew it: {COMMAND}"
    assert page == made, f"renew it: {COMMAND}"


def test_a_licence_is_that_of_the_wheel() -> None:
    here = installed(environments().values())
    page = rows(PAGE.read_text())
    compared = [name for name in page if name in here]
    assert len(compared) > 50
    wrong = {name: here[name] for name in compared if not here[name] <= page[name][0]}
    assert wrong == {}, f"renew it: {COMMAND}"


def test_what_ships_is_under_a_licence_that_asks_for_no_more_than_a_notice() -> None:
    page = rows(PAGE.read_text())
    shipped = {name: licences for name, (licences, where) in page.items() if SHIPPED in where}
    assert shipped
    assert {name: named for name, named in shipped.items() if not named <= MAY_SHIP} == {}


def test_a_package_without_a_row_is_seen() -> None:
    page, unknown = wanted({"functions": {"new"}, "tools": {"new", "old"}}, {"old": {"MIT"}})
    assert unknown == ["new (functions)"]
    assert "| new | ? | functions, tools |" in page
