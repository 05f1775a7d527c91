"""Where code of applications is found, and what is said of code that cannot be."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from altinn.checks import check_app_hooks
from process import hook_registry
from tests.hooks.app_code import Acts, Swallows


def _install_package(folder: Path, name: str, lines: str) -> None:
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0")
    (info / "entry_points.txt").write_text(f"[altinn.app_hooks]\n{lines}\n")


def test_most_applications_have_no_code() -> None:
    """Nothing is set, nothing is wrong"""
    assert hook_registry.hooks_of("nav/app2018") is None
    assert check_app_hooks(None) == []


def test_code_is_found_by_the_setting_and_made_once(settings: LazySettings) -> None:
    """A-209"""
    settings.ALTINN_APP_HOOKS = ["nav/app2018=tests.hooks.app_code:Acts"]
    found = hook_registry.hooks_of("nav/app2018")
    assert isinstance(found, Acts)
    assert hook_registry.hooks_of("nav/app2018") is found
    assert hook_registry.hooks_of("nav/other") is None
    assert check_app_hooks(None) == []


def test_code_is_found_by_an_entry_point_and_the_setting_wins(
    settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A-209: what the operator names comes before what is installed"""
    place = "tests.hooks.app_code:Swallows"
    _install_package(tmp_path, "navhooks", f"nav/app2018 = {place}")
    monkeypatch.syspath_prepend(tmp_path)
    assert isinstance(hook_registry.hooks_of("nav/app2018"), Swallows)
    settings.ALTINN_APP_HOOKS = ["nav/app2018=tests.hooks.app_code:Acts"]
    assert isinstance(hook_registry.hooks_of("nav/app2018"), Acts)


def test_two_packages_for_one_app_are_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which of them was meant is not guessed"""
    _install_package(tmp_path, "one", "nav/app2018 = tests.hooks.app_code:Acts")
    _install_package(tmp_path, "two", "nav/app2018 = tests.hooks.app_code:Warns")
    monkeypatch.syspath_prepend(tmp_path)
    [found] = check_app_hooks(None)
    assert found.id == "altinn.E030"
    assert "another installed package" in found.msg


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        (["nav/app2018"], "not of the form"),
        (["nav=tests.hooks.app_code:Acts"], "not of the form"),
        (["nav/app2018=tests.hooks.app_code.Acts"], "not of the form"),
        (["nav/app2018=tests.hooks.missing:Acts"], "ModuleNotFoundError"),
        (["nav/app2018=tests.hooks.app_code:Nowhere"], "AttributeError"),
        (["nav/app2018=tests.hooks.app_code:NoHooks"], "no subclass"),
        (["nav/app2018=tests.hooks.app_code:SECRET"], "no subclass"),
        (["nav/app2018=tests.hooks.app_code:OneAction"], "no collection"),
        (["nav/app2018=tests.hooks.app_code:NeedsArguments"], "cannot be made"),
        (
            [
                "nav/app2018=tests.hooks.app_code:Acts",
                "nav/app2018=tests.hooks.app_code:Warns",
            ],
            "named twice",
        ),
    ],
)
def test_what_cannot_be_used_is_named_at_the_start(
    settings: LazySettings, entries: list[str], said: str
) -> None:
    """A check with the entry, the reason and a hint"""
    settings.ALTINN_APP_HOOKS = entries
    [found] = check_app_hooks(None)
    assert found.id == "altinn.E030"
    assert said in found.msg
    assert entries[-1] in found.msg
    assert "ALTINN_APP_HOOKS" in str(found.hint)
