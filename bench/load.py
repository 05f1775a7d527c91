"""Load over HTTP: by wrk, which costs little, or where there is none by Python.

Each call of a list is made in turn, over some connections that stay open.
"""

import json
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TypeVar

_Thing = TypeVar("_Thing")
WRK = shutil.which("wrk")
TOOL = "wrk" if WRK else "Python's http.client (install wrk for a cheaper one)"
CONNECTIONS = 8
_TIMEOUT = 60
_FASTEST = 1500  # changing calls a second, which no server here comes near
_SCRIPT = """
local calls, place = {{}}, 0
init = function(arguments)
  for line in io.lines("{folder}/calls") do
    local method, path, head, body = line:match("^(%S+) (%S+) (%d+) (%d+)$")
    calls[#calls + 1] = wrk.format(method, path, heads[tonumber(head)],
      bodies[tonumber(body)])
  end
end
heads, bodies = {{}}, {{}}
{tables}
request = function()
  place = place + 1
  if place > #calls then
    if {once} then
      wrk.thread:stop()
      return wrk.format("GET", "/problems", heads[1])
    end
    place = 1
  end
  return calls[place]
end
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '\\n{{"requests": %d, "microseconds": %d, "errors": %d, "bytes": %d,' ..
    ' "p50": %d, "p95": %d, "p99": %d}}\\n',
    summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout, summary.bytes,
    latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end
"""


@dataclass(frozen=True, slots=True)
class Call:
    """A call to make."""

    method: str
    path: str
    headers: Mapping[str, str] = field(hash=False)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it; the times are milliseconds."""

    requests: int
    seconds: float
    errors: int
    p50: float
    p95: float
    p99: float

    @property
    def rate(self) -> float:
        """Answered calls a second."""
        return self.requests / self.seconds if self.seconds else 0.0


def drive(
    port: int,
    calls: Sequence[Call],
    *,
    seconds: float,
    once: bool = False,
    connections: int = CONNECTIONS,
) -> Load:
    """Make the calls for some seconds, again and again unless ``once``.

    wrk cannot tell when it came to the end of the calls, so it gets none that it could
    come to the end of.
    """
    if WRK and not (once and len(calls) < _FASTEST * seconds):
        return _by_wrk(port, calls, seconds, once, connections)
    return _by_python(port, calls, seconds, once, connections)


def _by_wrk(
    port: int, calls: Sequence[Call], seconds: float, once: bool, connections: int
) -> Load:
    heads: list[Mapping[str, str]] = []
    bodies: list[bytes] = []
    lines = []
    for call in calls:
        head = _place(heads, call.headers)
        body = _place(bodies, call.body) if call.body else 0
        lines.append(f"{call.method} {call.path} {head} {body}\n")
    tables = [
        f"heads[{number}] = {{{_lua(port, head)}}}"
        for number, head in enumerate(heads, 1)
    ]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for number, content in enumerate(bodies, 1):
            path = folder / f"body-{number}"
            path.write_bytes(content)
            tables.append(f'bodies[{number}] = io.open("{path}", "rb"):read("*a")')
        (folder / "calls").write_text("".join(lines))
        script = folder / "calls.lua"
        script.write_text(
            _SCRIPT.format(
                folder=folder, tables="\n".join(tables), once=str(once).lower()
            )
        )
        done = subprocess.run(  # noqa: S603  our own script
            [
                *(str(WRK), "-t1", f"-c{connections}"),
                *(f"-d{max(1, round(seconds))}s", f"--timeout={_TIMEOUT}s"),
                *("-s", str(script), f"http://127.0.0.1:{port}"),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return Load(
        requests=found["requests"],
        seconds=found["microseconds"] / 1e6,
        errors=found["errors"],
        p50=found["p50"] / 1e3,
        p95=found["p95"] / 1e3,
        p99=found["p99"] / 1e3,
    )


def _place(known: list[_Thing], one: _Thing) -> int:
    """Return the place of a thing, counted from 1, after adding it if it is new."""
    if one not in known:
        known.append(one)
    return known.index(one) + 1


def _lua(port: int, headers: Mapping[str, str]) -> str:
    named = {"Host": f"localhost:{port}", **headers}
    return ", ".join(
        f"[{json.dumps(name)}] = {json.dumps(value)}" for name, value in named.items()
    )


def _by_python(
    port: int, calls: Sequence[Call], seconds: float, once: bool, connections: int
) -> Load:
    turn, lock = iter(range(10**12)), threading.Lock()
    until = time.monotonic() + seconds
    times: list[float] = []
    errors: list[str] = []

    def work() -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT)
        while time.monotonic() < until:
            with lock:
                place = next(turn)
            if once and place >= len(calls):
                break
            call = calls[place % len(calls)]
            begun = time.perf_counter()
            try:
                connection.request(
                    call.method,
                    call.path,
                    call.body or None,
                    {"Host": f"localhost:{port}", **call.headers},
                )
                answer = connection.getresponse()
                answer.read()
                if answer.status >= 400:
                    errors.append(str(answer.status))
            except (OSError, HTTPException) as error:
                errors.append(str(error))
                connection.close()
            times.append(time.perf_counter() - begun)
        connection.close()

    begun = time.monotonic()
    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lasted = time.monotonic() - begun
    ordered = sorted(times) or [0.0]
    p50, p95, p99 = (
        ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1e3
        for part in (0.5, 0.95, 0.99)
    )
    return Load(len(times), lasted, len(errors), p50, p95, p99)
