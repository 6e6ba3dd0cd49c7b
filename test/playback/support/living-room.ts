import { raceAbort } from "../../../src/async/race-abort";
import { Commands } from "../../../src/playback/commands";
import type { CommandOptions, Outcome, RouteName } from "../../../src/playback/command";
import type { Finder } from "../../../src/playback/finder";
import type { Lookups } from "../../../src/playback/lookups";
import type { Order } from "../../../src/playback/order";
import { readCommand } from "../../../src/playback/read-command";
import type { Route } from "../../../src/playback/route";
import type { Scene, SceneSource, Target } from "../../../src/playback/scene";
import { Targets } from "../../../src/playback/targets";
import { SpotifyError } from "../../../src";
import type { Action } from "../../../src/playback/actions";
import type { PlaybackState } from "../../../src/player/playback-state";
import { readPlayer } from "../../../src/player/web-api-reading";
import { PLAYING } from "../../player/web-api-documents";

/** The result of an order, as `Route.send` returns it. */
type Answer = (order: Order, target: Target) => Promise<string | undefined> | string | undefined;

export function device(name: string, change: Partial<Target> = {}): Target {
  return {
    id: name.toLowerCase(),
    name,
    type: "speaker",
    volume: 40,
    canSetVolume: true,
    isPrivate: false,
    aliases: [],
    isRestricted: false,
    ...change,
  };
}

/** Devices that do only what a test tells them to, and commands that are sent to them on two routes. */
export class LivingRoom {
  readonly closing = new AbortController();
  readonly kitchen = device("Kitchen");
  readonly study = device("Study");
  readonly commands: Commands;
  /** The orders that arrived, as `route kind device`. */
  readonly arrived: string[] = [];
  readonly orders: Order[] = [];
  /** The devices that finders were asked to wake. */
  readonly woken: string[] = [];
  /** How often Spotify was asked for the present state. */
  asked = 0;
  /** The result of an order on each route. */
  answer: Answer = () => undefined;
  answers: Partial<Record<RouteName, Answer>> = {};
  obstacles: Partial<Record<RouteName, SpotifyError>> = {};
  /** Spotify's answer when it is asked for the present state. */
  scene: Scene;
  /** Why Spotify cannot be asked. */
  silence: SpotifyError | undefined;
  wake: Finder["wake"] = (name) => Promise.reject(new SpotifyError("DEVICE_NOT_FOUND", name));
  lookups: Lookups = {
    search: () => Promise.reject(new SpotifyError("NOT_SIGNED_IN", "No app.")),
    like: () => Promise.resolve(),
  };
  readonly #listeners = new Set<(scene: Scene) => void>();

  constructor() {
    this.scene = {
      state: {
        ...readPlayer(PLAYING, undefined, "ada").state,
        source: "push",
        queue: [],
        denied: {},
        device: this.kitchen,
      },
      targets: [this.kitchen, this.study],
      playbackId: "1",
      serverTime: 1,
      ackId: undefined,
    };
    const read = (signal: AbortSignal): Promise<Scene> => {
      signal.throwIfAborted();
      return Promise.resolve(this.scene);
    };
    const source: SceneSource = {
      now: read,
      ask: (signal) => {
        this.asked++;
        return this.silence ? Promise.reject(this.silence) : read(signal);
      },
      watch: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
    this.commands = new Commands({
      routes: [this.#route("internal"), this.#route("web-api")],
      scenes: () => source,
      targets: new Targets(),
      finder: {
        wake: (name, ...others) => {
          this.woken.push(name);
          return this.wake(name, ...others);
        },
        list: () => Promise.resolve([]),
      },
      lookups: {
        search: (...request) => this.lookups.search(...request),
        like: (...request) => this.lookups.like(...request),
      },
      named: (state) => state,
      closing: this.closing.signal,
    });
  }

  /** Gives a command like a message. */
  run(action: Action, value?: unknown, options: CommandOptions = {}): Promise<Outcome> {
    return this.commands.run(readCommand(action, value).command, options);
  }

  get isWatched(): boolean {
    return this.#listeners.size > 0;
  }

  /** Spotify knows and pushes this change. */
  push(state: Partial<PlaybackState>, scene: Partial<Scene> = {}): void {
    this.become(state, scene);
    for (const listener of this.#listeners) listener(this.scene);
  }

  /** Spotify knows this change, and pushes nothing. */
  become(state: Partial<PlaybackState>, scene: Partial<Scene> = {}): void {
    const serverTime = (this.scene.serverTime ?? 0) + 1;
    this.scene = {
      ...this.scene,
      serverTime,
      ackId: undefined,
      ...scene,
      state: { ...this.scene.state, at: Date.now(), ...state },
    };
  }

  /** Makes devices obey at once. */
  obey(): void {
    let begun = 1;
    this.answer = (order, target) => {
      const item = `spotify:track:000000000000000000000${++begun}`;
      const targets = this.scene.targets.map((one) =>
        order.kind === "volume" && one.id === target.id ? { ...one, volume: order.percent } : one,
      );
      const changes: Record<Order["kind"], Partial<PlaybackState>> = {
        play: { ...playing(true), device: target, ...(order.kind === "play" && whatPlays(order)) },
        resume: playing(true),
        pause: playing(false),
        next: { uri: item },
        previous: { uri: item },
        seek: order.kind === "seek" ? { position: order.position } : {},
        volume: {},
        options: order.kind === "options" ? optionsIn(order) : {},
        transfer: {
          device: target,
          ...(order.kind === "transfer" && order.playback === "resume" && playing(true)),
        },
        queue: {
          queue: [
            ...(this.scene.state.queue ?? []),
            ...(order.kind === "queue" ? [{ uri: order.uri, title: null, artist: null, queued: true }] : []),
          ],
        },
      };
      const playbackId = order.kind === "play" ? String(begun) : this.scene.playbackId;
      this.push(changes[order.kind], { targets, playbackId });
      return undefined;
    };
  }

  #route(name: RouteName): Route {
    return {
      name,
      whyNot: () => this.obstacles[name],
      send: async (order, target, _scene, signal) => {
        signal.throwIfAborted();
        this.arrived.push(`${name} ${order.kind} ${target.id}`);
        this.orders.push(order);
        return raceAbort(signal, Promise.resolve((this.answers[name] ?? this.answer)(order, target)));
      },
    };
  }
}

export function playing(isPlaying: boolean): Partial<PlaybackState> {
  return { playing: isPlaying, status: isPlaying ? "playing" : "paused" };
}

function whatPlays(order: Order & { kind: "play" }): Partial<PlaybackState> {
  const { context, uris, position = 0, shuffle, repeat } = order;
  return {
    position,
    uri: uris?.[0] ?? "spotify:track:0000000000000000000001",
    context: context === undefined ? null : { uri: context, type: "playlist", name: null, url: null },
    ...(shuffle !== undefined && { shuffle }),
    ...(repeat !== undefined && { repeat }),
  };
}

function optionsIn({ shuffle, repeat }: Order & { kind: "options" }): Partial<PlaybackState> {
  return { ...(shuffle !== undefined && { shuffle }), ...(repeat !== undefined && { repeat }) };
}
