"""What the verifier remembers of tokens, and for how long."""

import threading

import time_machine

from parties.tokens import TokenVerifier
from tests.parties.test_tokens import (
    GOOD,
    NOW,
    CountedKeys,
    claiming,
    clock,
    issuer,
    keys,
    refusal,
    verifier,
)

__all__ = ["clock", "keys", "verifier"]


def test_second_use_is_answered_from_memory(
    verifier: TokenVerifier, keys: CountedKeys
) -> None:
    """Z-020"""
    first = verifier.verify(GOOD)
    assert verifier.verify(GOOD) is first
    assert keys.used == 1
    verifier.verify(claiming(jti="other"))
    assert keys.used == 2


def test_memory_lasts_a_minute(
    verifier: TokenVerifier, keys: CountedKeys, clock: time_machine.Traveller
) -> None:
    """Z-020, T-39"""
    verifier.verify(GOOD)
    clock.shift(59)
    verifier.verify(GOOD)
    assert keys.used == 1
    clock.shift(1)
    verifier.verify(GOOD)
    assert keys.used == 2


def test_memory_never_outlives_the_token(
    verifier: TokenVerifier, keys: CountedKeys, clock: time_machine.Traveller
) -> None:
    """Z-026"""
    short = claiming(exp=NOW + 30)
    verifier.verify(short)
    clock.shift(30)  # expired, and within the skew: accepted, but not from memory
    verifier.verify(short)
    verifier.verify(short)
    assert keys.used == 3
    clock.shift(10)
    assert "has expired" in refusal(verifier, short)


def test_clock_that_is_set_back_makes_memory_worthless(
    verifier: TokenVerifier, clock: time_machine.Traveller
) -> None:
    """Z-026"""
    verifier.verify(GOOD)
    clock.shift(-11)
    assert "not valid yet" in refusal(verifier, GOOD)


def test_refusal_is_never_remembered(
    verifier: TokenVerifier, clock: time_machine.Traveller
) -> None:
    """Z-020"""
    early = claiming(nbf=NOW + 20)
    assert "not valid yet" in refusal(verifier, early)
    clock.shift(10)
    assert verifier.verify(early).user_id == 1337


def test_memory_keeps_the_tokens_used_last(keys: CountedKeys) -> None:
    """T-21"""
    verifier = TokenVerifier([issuer(keys=keys)], cache_size=2)
    first, second, third = (claiming(jti=name) for name in ("1", "2", "3"))
    for used in (first, second, first, third, first, third):
        verifier.verify(used)
    assert keys.used == 3
    verifier.verify(second)
    assert keys.used == 4


def test_threads_share_memory(verifier: TokenVerifier, keys: CountedKeys) -> None:
    """Z-020"""
    tokens = {
        f"user{n}": claiming(**{"urn:altinn:username": f"user{n}"}) for n in range(8)
    }
    names = {name: verifier.verify(sent).username for name, sent in tokens.items()}
    wrong: list[str] = []

    def use() -> None:
        for _ in range(50):
            wrong.extend(
                n for n, t in tokens.items() if verifier.verify(t).username != n
            )

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names == {name: name for name in tokens}
    assert wrong == []
    assert keys.used == len(tokens)
