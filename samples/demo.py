"""Plays journeys against a running server and prints every call.

The original proposal's, and three in Altinn 3's calls: a submission in one call, a
return that the agency answers, and annual accounts that are signed.
``python -m samples.demo http://localhost:8000``; exits with 1 when something is not as
a journey expects.
"""

import argparse
import sys
import time
from http.client import HTTPException

from samples.journeys.annual_accounts import AnnualAccountsJourney
from samples.journeys.in_one_call import OneCallJourney
from samples.journeys.proposal import ProposalJourney
from samples.journeys.stage import Stage, Unexpected
from samples.journeys.transport import Server, ServerUnreachable
from samples.journeys.vat_return import VatReturnJourney


def main(arguments: list[str]) -> int:
    """Play the journeys as the command line says; return the exit status."""
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
        for journey in (OneCallJourney, VatReturnJourney, AnnualAccountsJourney):
            journey(stage).play()
    except Unexpected as error:
        print(f"\nNot as expected, {error}", file=sys.stderr)
        return 1
    except (ServerUnreachable, OSError, HTTPException) as error:
        print(f"\nNo answer: {error}", file=sys.stderr)
        return 1
    seconds = time.perf_counter() - started
    print(
        f"\nAll {stage.steps} steps as expected, in {seconds:.1f} s:"
        f" instance {outcome.guid} was submitted, downloaded and confirmed, and"
        " three more journeys came to their ends."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
