"""A stand-in for `make run`: starts the services of a clone, says where, and stays."""

import json
import signal
import sys
from pathlib import Path

from devtools.console import say
from devtools.home import find_home
from devtools.processes import interrupt_on_signals, undisturbed
from devtools.services import Services, only_one

if __name__ == "__main__":
    clone, site_packages = Path(sys.argv[1]), Path(sys.argv[2])
    interrupt_on_signals()
    with only_one(clone, "run"):
        services = Services(find_home(clone, site_packages), "run")
        try:
            urls = services.start()
            say(json.dumps({**urls, "folder": str(services.folder)}))
            while True:
                signal.pause()
        except KeyboardInterrupt:
            pass
        finally:
            with undisturbed():
                services.stop()
