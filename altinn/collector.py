"""When Python looks for cycles: seldom, because answers leave none.

It looks whenever some hundreds of objects more are alive than before, and finds the
parts of an answer that is being made. A page of instances has thousands of them.
"""

import gc

_MORE = 10_000  # objects


def spare() -> None:
    """Leave alone what is loaded by now, and what an answer is made of."""
    gc.freeze()
    gc.set_threshold(_MORE)
