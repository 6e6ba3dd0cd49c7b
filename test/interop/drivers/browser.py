"""The user's browser: opens the page, agrees, and goes where the page sends it, back to the client."""

import html
import re
import sys
import urllib.parse
import urllib.request

PAGE_TIME = 20


def browse(address):
    with urllib.request.urlopen(address, timeout=PAGE_TIME) as answer:
        page = answer.read().decode()
    action = html.unescape(re.search(r'<form method="post" action="([^"]*)"', page).group(1))
    nonce = html.unescape(re.search(r'name="nonce" value="([^"]*)"', page).group(1))
    form = urllib.parse.urlencode({"nonce": nonce, "decision": "agree"}).encode()
    # It follows the redirect to the client, which listens on this machine.
    with urllib.request.urlopen(urllib.parse.urljoin(address, action), form, timeout=PAGE_TIME) as answer:
        answer.read()


if __name__ == "__main__":
    browse(sys.argv[1])
