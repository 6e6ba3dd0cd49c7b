"""spotipy: the Web API, signed in with the authorization code flow and PKCE."""

import os
import time

import spotipy
from spotipy.cache_handler import CacheFileHandler
from spotipy.oauth2 import SpotifyPKCE
from steps import FACTS, Steps, end, expect

SCOPES = [
    "user-read-private",
    "user-read-playback-state",
    "user-modify-playback-state",
    "user-read-currently-playing",
    "user-read-recently-played",
    "user-top-read",
    "user-library-read",
    "user-library-modify",
    "playlist-read-private",
    "playlist-modify-private",
]
TRACK, SECOND = FACTS["tracks"]
KITCHEN, OTHER = FACTS["devices"][:2]

auth = SpotifyPKCE(
    client_id=FACTS["clientId"],
    redirect_uri=f"http://127.0.0.1:{FACTS['port']}/callback/",
    scope=SCOPES,
    state="interop",
    cache_handler=CacheFileHandler(cache_path=os.path.join(FACTS["folder"], "token.json")),
)
api = spotipy.Spotify(auth_manager=auth, retries=0, requests_timeout=10)
steps = Steps()


def sign_in():
    assert auth.get_access_token(), "no token"


def refresh():
    before = auth.cache_handler.get_cached_token()
    after = auth.refresh_access_token(before["refresh_token"])
    assert after["access_token"] != before["access_token"], "the same token again"


def until(condition, what):
    """The simulated devices obey at once, the Web API may show it a little later."""
    for _ in range(50):
        state = api.current_playback()
        if state is not None and condition(state):
            return state
        time.sleep(0.1)
    raise AssertionError(f"{what}: not seen in the playback state")


def play_tracks():
    api.start_playback(device_id=KITCHEN["id"], uris=[TRACK["uri"], SECOND["uri"]])
    until(lambda state: state["is_playing"] and state["item"]["uri"] == TRACK["uri"], "the track plays")


def play_playlist():
    api.start_playback(context_uri=FACTS["playlist"]["uri"])
    until(lambda state: (state["context"] or {}).get("uri") == FACTS["playlist"]["uri"], "the playlist plays")


def pause():
    api.pause_playback()
    until(lambda state: not state["is_playing"], "it is paused")


def resume():
    api.start_playback()
    until(lambda state: state["is_playing"], "it plays again")


def skip():
    before = api.current_playback()["item"]["uri"]
    api.next_track()
    until(lambda state: state["item"]["uri"] != before, "another track plays")
    api.previous_track()


def seek():
    api.seek_track(30_000)
    until(lambda state: state["progress_ms"] >= 30_000, "it is half a minute in")


def volume():
    api.volume(21)
    until(lambda state: state["device"]["volume_percent"] == 21, "the volume is 21")


def shuffle():
    api.shuffle(True)
    until(lambda state: state["shuffle_state"] is True, "shuffle is on")
    api.shuffle(False)


def repeat():
    for mode in ("context", "track", "off"):
        api.repeat(mode)
        until(lambda state, mode=mode: state["repeat_state"] == mode, f"repeat is {mode}")


def queue():
    api.add_to_queue(SECOND["uri"])
    uris = [item["uri"] for item in api.queue()["queue"]]
    assert SECOND["uri"] in uris, "the track is not in the queue"


def transfer():
    api.transfer_playback(OTHER["id"], force_play=True)
    until(lambda state: state["device"]["id"] == OTHER["id"], "the other device plays")


def devices():
    names = {device["name"] for device in api.devices()["devices"]}
    assert {KITCHEN["name"], OTHER["name"]} <= names, f"the devices are {names}"


def search():
    found = api.search(q=TRACK["name"], type="track", limit=5)
    expect(found["tracks"]["items"][0]["uri"], TRACK["uri"], "the first track")


def playlists():
    names = [item["name"] for item in api.current_user_playlists()["items"]]
    assert FACTS["playlist"]["name"] in names, f"the playlists are {names}"


def playlist():
    expect(api.playlist(FACTS["playlist"]["uri"])["name"], FACTS["playlist"]["name"], "the playlist's name")
    assert api.playlist_items(FACTS["playlist"]["uri"])["items"], "it is empty"


def own_playlist():
    made = api.current_user_playlist_create("Made by spotipy", public=False)
    api.playlist_add_items(made["id"], [TRACK["uri"]])
    items = api.playlist_items(made["id"])["items"]
    expect(len(items), 1, "the number of its items")


def like():
    api.current_user_saved_tracks_add([TRACK["uri"]])
    expect(api.current_user_saved_tracks_contains([TRACK["uri"]]), [True], "whether it is liked")
    api.current_user_saved_tracks_delete([TRACK["uri"]])
    expect(api.current_user_saved_tracks_contains([TRACK["uri"]]), [False], "whether it is liked")


def unknown_device():
    try:
        api.pause_playback(device_id="0" * 40)
    except spotipy.SpotifyException as error:
        expect(error.http_status, 404, "the status")
        return
    raise AssertionError("no error")


steps.do("sign in (PKCE)", sign_in, essential=True)
steps.do("refresh", refresh)
steps.do("who am I", lambda: expect(api.current_user()["id"], FACTS["username"], "the user"))
steps.do("a track", lambda: expect(api.track(TRACK["uri"])["name"], TRACK["name"], "its name"))
steps.do("search", search)
steps.do("devices", devices)
steps.do("play tracks", play_tracks)
steps.do("currently playing", lambda: expect(api.currently_playing()["item"]["uri"], TRACK["uri"], "the track"))
steps.do("next, previous", skip)
steps.do("seek", seek)
steps.do("pause", pause)
steps.do("resume", resume)
steps.do("play a playlist", play_playlist)
steps.do("volume", volume)
steps.do("shuffle", shuffle)
steps.do("repeat", repeat)
steps.do("queue", queue)
steps.do("transfer", transfer)
steps.do("a device that is not there", unknown_device)
steps.do("recently played", lambda: api.current_user_recently_played()["items"])
steps.do("top tracks", lambda: api.current_user_top_tracks()["items"])
steps.do("top artists", lambda: api.current_user_top_artists()["items"])
steps.do("playlists", playlists)
steps.do("a playlist", playlist)
steps.do("make a playlist", own_playlist)
steps.do("liked songs", like)
end()
