/**
 * Documents of `GET /v1/me/player` as Spotify sends them. Shapes: Web API reference, "Get Playback State", and the issues
 * that the tests name. The content is invented.
 */
const IMAGE = "https://i.scdn.co/image/";
/** The three sizes of one picture. */
export const COVER = ["ab67616d0000b273", "ab67616d00001e02", "ab67616d00004851"].map(
  (head) => `${IMAGE}${head}a1b2c3d4e5f6a7b8c9d0e1f2`,
);

export const KITCHEN = {
  id: "51d0000000000000000000000000000000000001",
  is_active: true,
  is_private_session: false,
  is_restricted: false,
  name: "Kitchen",
  supports_volume: true,
  type: "Speaker",
  volume_percent: 40,
};

const ARTISTS = [
  {
    external_urls: { spotify: "https://open.spotify.com/artist/4Z8W4fKeB5YxbusRsdQVPb" },
    href: "https://api.spotify.com/v1/artists/4Z8W4fKeB5YxbusRsdQVPb",
    id: "4Z8W4fKeB5YxbusRsdQVPb",
    name: "Ada Bytewell",
    type: "artist",
    uri: "spotify:artist:4Z8W4fKeB5YxbusRsdQVPb",
  },
  { name: "Keep & Alive", type: "artist", uri: "spotify:artist:0OdUWJ0sBjDrqHygGUXeCF" },
];

export const TRACK = {
  album: {
    album_type: "album",
    artists: ARTISTS.slice(0, 1),
    id: "6akEvsycLGftJxYudPjmqK",
    // Smallest first, an order that Spotify does not use today.
    images: [64, 300, 640].map((side, i) => ({ height: side, url: COVER[2 - i], width: side })),
    name: "Round Trips",
    release_date: "2019-05-17",
    total_tracks: 11,
    type: "album",
    uri: "spotify:album:6akEvsycLGftJxYudPjmqK",
  },
  artists: ARTISTS,
  disc_number: 1,
  duration_ms: 211_500,
  explicit: false,
  external_urls: { spotify: "https://open.spotify.com/track/11dFghVXANMlKmJXsNCbNl" },
  href: "https://api.spotify.com/v1/tracks/11dFghVXANMlKmJXsNCbNl",
  id: "11dFghVXANMlKmJXsNCbNl",
  is_local: false,
  name: "Three-Way Handshake",
  preview_url: null,
  track_number: 3,
  type: "track",
  uri: "spotify:track:11dFghVXANMlKmJXsNCbNl",
};

export const EPISODE = {
  audio_preview_url: null,
  description: "Two packets walk into a bar.",
  duration_ms: 1_686_230,
  explicit: false,
  id: "512ojhOuo1ktJprKbVcKyQ",
  images: [{ height: 640, url: `${IMAGE}ab6765630000ba8aa1b2c3d4e5f6a7b8c9d0e1f2`, width: 640 }],
  is_externally_hosted: false,
  language: "en",
  name: "The Lost Segment",
  resume_point: { fully_played: false, resume_position_ms: 0 },
  show: {
    id: "38bS44xjbVVZ3No3ByF1dJ",
    images: [{ height: 640, url: `${IMAGE}ab6765630000ba8affffffffffffffffffffffff`, width: 640 }],
    name: "Datagram Stories",
    publisher: "Loopback Radio",
    type: "show",
    uri: "spotify:show:38bS44xjbVVZ3No3ByF1dJ",
  },
  type: "episode",
  uri: "spotify:episode:512ojhOuo1ktJprKbVcKyQ",
};

export const LOCAL = {
  album: { album_type: null, artists: [], id: null, images: [], name: "Übungen", type: "album", uri: null },
  artists: [{ external_urls: {}, href: null, id: null, name: "Jürgen", type: "artist", uri: null }],
  duration_ms: 125_000,
  external_urls: {},
  href: null,
  id: null,
  is_local: true,
  name: "Größe",
  type: "track",
  uri: "spotify:local:J%C3%BCrgen:%C3%9Cbungen:Gr%C3%B6%C3%9Fe:125",
};

export const PLAYLIST = {
  external_urls: { spotify: "https://open.spotify.com/playlist/37i9dQZF1DX0XUsuxWHRQd" },
  href: "https://api.spotify.com/v1/playlists/37i9dQZF1DX0XUsuxWHRQd",
  type: "playlist",
  uri: "spotify:playlist:37i9dQZF1DX0XUsuxWHRQd",
};

/** A track that plays from a playlist in the kitchen, 61 s in. */
export const PLAYING = {
  device: KITCHEN,
  shuffle_state: true,
  smart_shuffle: false,
  repeat_state: "context",
  // The start time: an hour ago.
  timestamp: 1_764_028_800_000,
  context: PLAYLIST,
  progress_ms: 61_000,
  item: TRACK,
  currently_playing_type: "track",
  actions: { disallows: { resuming: true } },
  is_playing: true,
};
