"""librespot-python: the access point, Mercury, Login5, client tokens and spclient; and its own device on the network."""

import base64
import json
import os
import socket
import time
import urllib.error
import urllib.request
import webbrowser

from Cryptodome.PublicKey import RSA
from librespot.core import Session
from librespot.mercury import MercuryRequests
from librespot.metadata import AlbumId, TrackId
from librespot.zeroconf import ZeroconfServer
from steps import FACTS, Steps, end, expect

# The only thing that is not Spotify's: the key that the access point signs with.
key = RSA.import_key(FACTS["accessPointKey"])
Session._Session__server_key = key.n.to_bytes(256, "big")

TRACK = FACTS["tracks"][0]
steps = Steps()
stored = os.path.join(FACTS["folder"], "credentials.json")
with open(stored, "w", encoding="utf-8") as file:
    json.dump(FACTS["credentials"], file)


def configuration(path):
    return Session.Configuration.Builder().set_stored_credential_file(path).set_store_credentials(True).build()


def sign_in():
    session = Session.Builder(configuration(os.path.join(FACTS["folder"], "made.json"))).stored_file(stored).create()
    expect(session.username(), FACTS["username"], "the user")
    # This client of its does not read the environment.
    session.client().verify = os.environ["REQUESTS_CA_BUNDLE"]
    return session


def sign_in_again():
    """With the credential that the welcome has brought."""
    made = os.path.join(FACTS["folder"], "made.json")
    expect(Session.Builder(configuration(made)).stored_file(made).create().username(), FACTS["username"], "the user")


def keymaster():
    request = MercuryRequests.request_token(session.device_id(), "user-read-playback-state,streaming")
    token = session.mercury().send_sync_json(request)
    assert token["accessToken"], "no token"
    expect(sorted(token["scope"]), ["streaming", "user-read-playback-state"], "its scopes")


def wrong_credential():
    wrong = {**FACTS["credentials"], "auth_data": base64.b64encode(b"x" * 40).decode()}
    path = os.path.join(FACTS["folder"], "wrong.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(wrong, file)
    try:
        Session.Builder(configuration(path)).stored_file(path).create()
    except Session.SpotifyAuthenticationException as error:
        assert "BadCredentials" in str(error), f"it says {error}"
        return
    raise AssertionError("it was let in")


def browser_sign_in():
    path = os.path.join(FACTS["folder"], "oauth.json")
    session = Session.Builder(configuration(path)).oauth(webbrowser.open).create()
    expect(session.username(), FACTS["username"], "the user")
    assert session.tokens().get("playlist-read"), "no token"


class Tapped:
    """Waits for a session that a tap has opened."""

    def __init__(self):
        self.session = None

    def session_closing(self, session):
        pass

    def session_changed(self, session):
        self.session = session


def device():
    """Spotify's app taps it, by its address."""
    with socket.socket() as free:
        free.bind(("", 0))
        port = free.getsockname()[1]
    server = (
        ZeroconfServer.Builder(configuration(os.path.join(FACTS["folder"], "tapped.json")))
        .set_device_name("Python")
        .set_listen_port(port)
        .create()
    )
    tapped = Tapped()
    server.add_session_listener(tapped)
    order("/tap", {"address": f"http://127.0.0.1:{port}/"})
    for _ in range(100):
        if tapped.session is not None:
            break
        time.sleep(0.1)
    assert tapped.session is not None, "nobody was signed in"
    expect(tapped.session.username(), FACTS["username"], "the user")


def order(path, body):
    """Has the simulator do what a user would do with a phone."""
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(FACTS["control"] + path, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        raise AssertionError(error.read().decode()) from error


session = steps.do("sign in with a stored credential", sign_in, essential=True)
steps.do("sign in with the credential of the welcome", sign_in_again)
steps.do("token of keymaster", keymaster)
steps.do("token of Login5, without a client token", lambda: session.tokens().get_token("playlist-read").access_token)
steps.do(
    "name of a track (client token, spclient)",
    lambda: expect(session.api().get_metadata_4_track(TrackId.from_uri(TRACK["uri"])).name, TRACK["name"], "it"),
)
steps.do(
    "name of an album",
    lambda: expect(
        session.api().get_metadata_4_album(AlbumId.from_uri(FACTS["album"]["uri"])).name, FACTS["album"]["name"], "it"
    ),
)
steps.do("sign in in the browser", browser_sign_in)
steps.do("a wrong credential is refused", wrong_credential)
steps.do("its device is tapped by Spotify's app", device)
end()
