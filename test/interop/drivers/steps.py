"""What the drivers have in common: steps that are tried one by one, and said on stdout as lines of JSON."""

import json
import os
import sys
import traceback

with open(os.environ["INTEROP_FACTS"], encoding="utf-8") as file:
    FACTS = json.load(file)

# What `webbrowser.open` starts. "&": the client goes on while the user reads the page.
os.environ["BROWSER"] = f"{sys.executable} {os.path.join(os.path.dirname(__file__), 'browser.py')} %s &"


class Steps:
    """Tries one step after the other. After a failure that nothing can go on from, the others are skipped."""

    def __init__(self):
        self._obstacle = None

    def do(self, name, action, essential=False):
        """Returns what `action` returns; None if it was not tried or failed."""
        if self._obstacle is not None:
            self._say(name, "skipped", f"“{self._obstacle}” failed")
            return None
        try:
            value = action()
        except BaseException as error:  # A client may even call sys.exit.
            traceback.print_exc()
            if essential:
                self._obstacle = name
            self._say(name, "failed", f"{type(error).__name__}: {error}")
            return None
        self._say(name, "passed")
        return value

    @staticmethod
    def _say(name, result, problem=None):
        print(json.dumps({"step": name, "result": result, **({"problem": problem} if problem else {})}), flush=True)


def expect(actual, wanted, what):
    """Fails the step unless the client has seen what is the case."""
    if actual != wanted:
        raise AssertionError(f"{what} is {actual!r} instead of {wanted!r}")


def end():
    """Threads that a client has left behind do not keep the process."""
    sys.stdout.flush()
    os._exit(0)
