"""Where the contestant begins: it loads as the gateway does (``gateway.__main__``), and then serves."""

import gc

gc.disable()
from tests.bench.contestant.serving import main  # noqa: E402 - what is loaded stays: see there

gc.freeze()
gc.enable()
main()
