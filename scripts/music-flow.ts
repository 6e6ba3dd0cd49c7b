/** The flow that the README shows: what plays, and a button for play and pause. */
import type { FlowNode } from "./user-dir";

const TAB = "5b070c01c0ffee0c";
/** The account that the examples share. */
const ACCOUNT = "5b070000c0ffee00";

export const BUTTON = "button";
export const PLAYBACK = "play or pause";
export const SONG = "show the song";
export const NOW_PLAYING = "now playing";

/** Without the account. */
export const MUSIC_FLOW: readonly FlowNode[] = [
  { id: TAB, type: "tab", label: "Music", disabled: false, info: "", env: [] },
  {
    id: "5b070c02c0ffee0c",
    type: "spotify-now-playing",
    z: TAB,
    name: NOW_PLAYING,
    session: ACCOUNT,
    events: ["track", "playback", "device"],
    atStart: true,
    tick: 0,
    output: "payload",
    version: 2,
    x: 130,
    y: 60,
    wires: [["5b070c03c0ffee0c"]],
  },
  {
    id: "5b070c03c0ffee0c",
    type: "debug",
    z: TAB,
    name: SONG,
    active: true,
    tosidebar: true,
    console: false,
    tostatus: true,
    complete: "payload",
    targetType: "msg",
    statusVal: 'payload.title & " by " & payload.artist',
    statusType: "jsonata",
    x: 450,
    y: 60,
    wires: [],
  },
  {
    id: "5b070c04c0ffee0c",
    type: "inject",
    z: TAB,
    name: BUTTON,
    props: [{ p: "payload" }],
    repeat: "",
    crontab: "",
    once: false,
    onceDelay: 0.1,
    topic: "",
    payload: "",
    payloadType: "date",
    x: 130,
    y: 140,
    wires: [["5b070c05c0ffee0c"]],
  },
  {
    id: "5b070c05c0ffee0c",
    type: "spotify-playback",
    z: TAB,
    session: ACCOUNT,
    name: PLAYBACK,
    action: "toggle",
    device: "",
    deviceType: "str",
    value: "payload",
    valueType: "msg",
    wake: true,
    confirm: true,
    timeout: 8,
    route: "auto",
    output: "payload",
    version: 2,
    x: 450,
    y: 140,
    wires: [[]],
  },
];
