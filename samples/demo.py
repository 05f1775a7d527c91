"""Plays the original proposal's journey against a running server and prints every call.

``python -m samples.demo http://localhost:8000``; exits with 1 when something is not as
the journey expects.
"""

import argparse
import sys
import time
from http.client import HTTPException

from samples.journeys.proposal import ProposalJourney
from samples.journeys.stage import Stage, Unexpected
from samples.journeys.transport import Server, ServerUnreachable


def main(arguments: list[str]) -> int:
    """Play the journey as the command line says; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("base", help="the server's address: http://host:port")
    parser.add_argument(
        "--patience",
        type=float,
        default=5,
        metavar="SECONDS",
        help="how long to wait until the server is healthy (default: 5)",
    )
    options = parser.parse_args(arguments)
    try:
        stage = Stage(Server.at(options.base, patience=options.patience))
        started = time.perf_counter()
        outcome = ProposalJourney(stage).play()
    except Unexpected as error:
        print(f"\nNot as expected, {error}", file=sys.stderr)
        return 1
    except (ServerUnreachable, OSError, HTTPException) as error:
        print(f"\nNo answer: {error}", file=sys.stderr)
        return 1
    seconds = time.perf_counter() - started
    print(
        f"\nAll {stage.steps} steps as expected, in {seconds:.1f} s:"
        f" instance {outcome.guid} was submitted, downloaded and confirmed."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
