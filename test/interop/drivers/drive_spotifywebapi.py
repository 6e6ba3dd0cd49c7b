"""spotifywebapiPython: the Web API; and a tap of our device, which it finds by mDNS."""

import json
import os
import time

from spotifywebapipython import SpotifyClient, SpotifyDiscovery
from spotifywebapipython.zeroconfapi import ZeroconfConnect
from steps import FACTS, Steps, end, expect

SCOPES = [
    "user-read-private",
    "user-read-email",
    "user-read-playback-state",
    "user-modify-playback-state",
    "user-read-currently-playing",
    "user-read-recently-played",
    "user-top-read",
    "user-library-read",
    "playlist-read-private",
]
TRACK, SECOND = FACTS["tracks"]
KITCHEN, OTHER = FACTS["devices"][:2]
FOLDER = FACTS["folder"]
# Devices of the network are looked for by a step of their own.
client = SpotifyClient(tokenStorageDir=FOLDER, spotifyConnectDirectoryEnabled=False)
steps = Steps()


def sign_in():
    client.SetAuthTokenAuthorizationCodePKCE(
        clientId=FACTS["clientId"], scope=SCOPES, redirectUriPort=FACTS["port"], redirectUriPath="/callback/"
    )
    expect(client.UserProfile.Id, FACTS["username"], "the user")


def state():
    return client.GetPlayerPlaybackState()


def until(condition, what):
    for _ in range(50):
        if condition(state()):
            return
        time.sleep(0.1)
    raise AssertionError(f"{what}: not seen in the playback state")


def play():
    client.PlayerMediaPlayTracks([TRACK["uri"], SECOND["uri"]], deviceId=KITCHEN["id"], delay=0)
    until(lambda now: now.IsPlaying and now.Item.Uri == TRACK["uri"], "the track plays")


def play_playlist():
    client.PlayerMediaPlayContext(FACTS["playlist"]["uri"], delay=0)
    until(lambda now: now.Context is not None and now.Context.Uri == FACTS["playlist"]["uri"], "the playlist plays")


def pause():
    client.PlayerMediaPause(delay=0)
    until(lambda now: not now.IsPlaying, "it is paused")


def resume():
    client.PlayerMediaResume(delay=0)
    until(lambda now: now.IsPlaying, "it plays again")


def skip():
    before = state().Item.Uri
    client.PlayerMediaSkipNext(delay=0)
    until(lambda now: now.Item.Uri != before, "another track plays")


def shuffle():
    client.PlayerSetShuffleMode(True, delay=0)
    until(lambda now: now.ShuffleState is True, "shuffle is on")


def repeat():
    client.PlayerSetRepeatMode("context", delay=0)
    until(lambda now: now.RepeatState == "context", "repeat is on")


def queue():
    client.AddPlayerQueueItems(SECOND["uri"], delay=0)
    uris = [item.Uri for item in client.GetPlayerQueueInfo().Queue]
    assert SECOND["uri"] in uris, "the track is not in the queue"


def transfer():
    client.PlayerTransferPlayback(OTHER["id"], delay=0)
    until(lambda now: now.Device.Id == OTHER["id"], "the other device plays")


def devices():
    names = {device.Name for device in client.GetPlayerDevices()}
    assert {KITCHEN["name"], OTHER["name"]} <= names, f"the devices are {names}"


def find_ours():
    found = SpotifyDiscovery()
    found.DiscoverDevices(timeout=4)
    ours = [device for device in found.DiscoveryResults if FACTS["deviceName"] in (device.DeviceName or "")]
    assert ours, f"found are {[device.DeviceName for device in found.DiscoveryResults]}"
    return ours[0]


def ask_ours():
    info = connect().GetInformation()
    expect(info.RemoteName, FACTS["deviceName"], "its name")


def connect():
    return ZeroconfConnect(
        found.HostIpAddresses[0],
        found.HostIpPort,
        found.SpotifyConnectCPath,
        found.SpotifyConnectVersion,
        tokenStorageDir=FOLDER,
    )


def tap_ours():
    path = os.path.join(FOLDER, "SpotifyWebApiPython_librespot_credentials.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(FACTS["credentials"], file)
    answer = connect().Connect(username="", password="", loginId=FACTS["username"])
    expect(answer.Status, 101, "the status")


found = steps.do("find our device by mDNS", find_ours)
if found is not None:
    steps.do("ask our device what it is", ask_ours)
    steps.do("tap our device", tap_ours)
steps.do("sign in (PKCE)", sign_in, essential=True)
steps.do("a track", lambda: expect(client.GetTrack(TRACK["uri"].split(":")[2]).Name, TRACK["name"], "its name"))
steps.do("search", lambda: expect(client.SearchTracks(TRACK["name"]).Tracks.Items[0].Uri, TRACK["uri"], "the first"))
steps.do("devices", devices)
steps.do("play tracks", play)
steps.do("next", skip)
steps.do("pause", pause)
steps.do("resume", resume)
steps.do("play a playlist", play_playlist)
steps.do("shuffle", shuffle)
steps.do("repeat", repeat)
steps.do("queue", queue)
steps.do("transfer", transfer)
steps.do(
    "playlists",
    lambda: expect(
        FACTS["playlist"]["name"] in [one.Name for one in client.GetPlaylistFavorites().Items], True, "whether it is there"
    ),
)
end()
