#!/usr/bin/env python3
"""Makes hashcash-vectors.json: solutions by brute force with Python's hashlib, which shares nothing with our solver.

    python3 test/login5/hashcash-vectors.py > test/login5/hashcash-vectors.json

A solution is the first 16-byte suffix for which SHA-1(prefix + suffix), read as one number, is divisible by
2 ** length; the suffix is two big-endian counters of 8 bytes, the first from `start`, the second from 0.
"""
import hashlib
import json


def solve(prefix: bytes, start: int, length: int) -> bytes:
    counter = 0
    while True:
        first = (start + counter) % 2**64
        suffix = first.to_bytes(8, "big") + counter.to_bytes(8, "big")
        if int.from_bytes(hashlib.sha1(prefix + suffix).digest(), "big") % 2**length == 0:
            return suffix
        counter += 1


def start_of(context: bytes) -> int:
    return int.from_bytes(hashlib.sha1(context).digest()[-8:], "big")


def some_bytes(count: int, name: str) -> bytes:
    return hashlib.shake_128(name.encode()).digest(count)


def login5(length: int) -> dict:
    context, prefix = some_bytes(281, f"context {length}"), some_bytes(16, f"prefix {length}")
    suffix = solve(prefix, start_of(context), length)
    return {"loginContext": context.hex(), "prefix": prefix.hex(), "length": length, "suffix": suffix.hex()}


def client_token(length: int) -> dict:
    prefix = some_bytes(16, f"client token prefix {length}")
    suffix = solve(prefix, start_of(b""), length)
    return {"prefix": prefix.hex().upper(), "length": length, "suffix": suffix.hex().upper()}


def from_start(prefix_bytes: int, start: int, length: int) -> dict:
    prefix = some_bytes(prefix_bytes, f"prefix of {prefix_bytes}")
    suffix = solve(prefix, start, length)
    return {"prefix": prefix.hex(), "start": f"{start:016x}", "length": length, "suffix": suffix.hex()}


print(
    json.dumps(
        {
            "login5": [login5(length) for length in range(21)],
            "clientToken": [client_token(length) for length in range(21)],
            # SHA-1's blocks have 64 bytes, and its words 4.
            "prefixLengths": [from_start(size, 2**63 - 50, 11) for size in [*range(0, 18), *range(37, 70), 127, 128, 200]],
            # Counters that come to their end, and begin again at 0.
            "carries": [from_start(16, start, 13) for start in (0xFF, 0xFFFFFF, 0xFFFFFFFF, 2**56 - 1, 2**64 - 1, 2**64 - 9)],
        },
        indent=1,
    )
)
