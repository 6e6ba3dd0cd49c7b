import { withEither } from "../async/ending-with";
import { Serial } from "../async/serial";
import { SpotifyError } from "../core/errors";
import type { PlaybackState } from "../player/playback-state";
import type { Command, CommandOptions, Outcome } from "./command";
import { Dispatch } from "./dispatch";
import { Fade } from "./fade";
import type { Finder } from "./finder";
import type { Lookups } from "./lookups";
import { perform } from "./perform";
import { snapshotOf } from "./restore";
import type { Route } from "./route";
import type { SceneSource } from "./scene";
import type { Targets } from "./targets";
import { Work } from "./work";

/** How many commands may wait. */
const MAX_WAITING = 1_000;
/** How long one step of a fade may keep others waiting, ms. */
const STEP_WITHIN = 3_000;

export interface CommandsOptions {
  /** In the order in which `auto` tries them. */
  routes: readonly Route[];
  /** Where playback is read from now: pushes if they come, else the Web API. */
  scenes: () => SceneSource;
  targets: Targets;
  finder: Finder;
  lookups: Lookups;
  /** The same state with the names that are known of its item. */
  named: (state: PlaybackState) => PlaybackState;
  closing: AbortSignal;
}

type VolumeCommand = Command & { action: "volume" };

/** A command whose turn has not come. */
interface Waiting {
  command: Command;
  options: CommandOptions;
  outcome: Promise<Outcome>;
}

/** The commands of a session, carried out one after another, in the order in which they came. */
export class Commands {
  readonly #options: CommandsOptions;
  readonly #dispatch: Dispatch;
  readonly #queue = new Serial();
  /** The command that came last, while its turn has not come. */
  #newest: Waiting | undefined;
  /** The one that began last. */
  #fade: Fade | undefined;
  /** Aborted when another account is signed in, or none, and when the session closes. */
  #life = new AbortController();

  constructor(options: CommandsOptions) {
    this.#options = options;
    this.#dispatch = new Dispatch(options.routes);
    options.closing.addEventListener("abort", () => this.reset(options.closing.reason as SpotifyError));
  }

  /**
   * Carries out one command.
   * @returns when it has happened, or at the server's answer if `confirm` is false
   * @throws SpotifyError INVALID_ARGUMENT, NO_ACTIVE_DEVICE, DEVICE_NOT_FOUND, RESTRICTED, NOT_CONFIRMED, NOT_SIGNED_IN; RATE_LIMITED if
   *   too many commands wait; CLOSED; or what a request fails with
   */
  async run(command: Command, options: CommandOptions = {}): Promise<Outcome> {
    this.#options.closing.throwIfAborted();
    if (command.action === "devices") return this.#devices();
    if (this.#newest && replaces(command, options, this.#newest)) {
      options.onStep?.({ name: "queued" });
      this.#newest.command = command;
      return this.#newest.outcome;
    }
    if (this.#queue.size >= MAX_WAITING) {
      const message = `${MAX_WAITING} commands are waiting already.`;
      throw new SpotifyError("RATE_LIMITED", message, { retryAfter: 1 });
    }
    options.onStep?.({ name: "queued" });
    if (command.action === "volume" && command.over !== undefined) return this.#startFade(command, options);
    return this.#enqueue(command, options);
  }

  /** Forgets the devices, and ends all commands: another account is signed in, or none. */
  reset(reason: SpotifyError): void {
    this.#life.abort(reason);
    this.#life = new AbortController();
    this.#options.targets.forget();
    this.#newest = undefined;
  }

  #enqueue(command: Command, options: CommandOptions): Promise<Outcome> {
    const { signal } = this.#life;
    const waiting: Waiting = {
      command,
      options,
      outcome: this.#queue.run(() => {
        if (this.#newest === waiting) this.#newest = undefined;
        return this.#perform(waiting.command, options, signal);
      }),
    };
    this.#newest = waiting;
    return waiting.outcome;
  }

  #perform(command: Command, options: CommandOptions, life: AbortSignal): Promise<Outcome> {
    return withEither([life, options.signal], async (signal) => {
      life.throwIfAborted();
      if (setsVolume(command)) this.#fade?.end();
      const work = this.#work(options, signal);
      await work.begin();
      await perform(command, work);
      const state = this.#options.named(work.scene.state);
      return { state, ...(command.action === "snapshot" && { snapshot: snapshotOf(work.scene) }) };
    });
  }

  #work(options: CommandOptions, signal: AbortSignal): Work {
    signal.throwIfAborted();
    const { scenes, targets, finder, lookups } = this.#options;
    const parts = { dispatch: this.#dispatch, source: scenes(), targets, finder, lookups };
    return new Work(parts, options, signal);
  }

  async #devices(): Promise<Outcome> {
    const { signal } = this.#life;
    const { scenes, finder, named } = this.#options;
    const devices = await finder.list(signal);
    return { devices, state: named((await scenes().now(signal)).state) };
  }

  async #startFade(command: VolumeCommand, options: CommandOptions): Promise<Outcome> {
    // What comes later is not to be done before the fade begins.
    this.#newest = undefined;
    return withEither([this.#life.signal, options.signal], async (signal) => {
      const fade = await this.#queue.run(async () => {
        signal.throwIfAborted();
        this.#fade?.end();
        const work = this.#work(options, signal);
        await work.begin();
        return (this.#fade = this.#fadeFor(command, options, work));
      });
      options.onStep?.({ name: "fading" });
      await fade.run();
      return { state: this.#options.named((await this.#options.scenes().now(signal)).state) };
    });
  }

  #fadeFor(
    { to, over }: VolumeCommand,
    { confirm = true, route = "auto" }: CommandOptions,
    work: Work,
  ): Fade {
    const { signal } = work;
    const fade = new Fade({
      to,
      over: over! * 1000,
      signal,
      target: () => work.target(),
      scene: () => this.#options.scenes().now(signal),
      set: (percent, device, scene, isLast) =>
        this.#queue.run(async () => {
          if (fade.isOver) return;
          const options = { device: device.id, wake: false, route, confirm: isLast && confirm };
          const step = this.#work(options, signal);
          await step.begin(scene);
          await step.carryOut({ kind: "volume", percent }, device, STEP_WITHIN);
        }),
    });
    return fade;
  }
}

function setsVolume(command: Command): boolean {
  if (command.action === "restore") return command.snapshot.volume !== null;
  return command.action === "volume" || (command.action === "play" && command.volume !== undefined);
}

/** Of volumes that wait one behind another, only the newest is set: a person turns a knob. */
function replaces(command: Command, options: CommandOptions, last: Waiting): boolean {
  if (!isAbsoluteVolume(command) || !isAbsoluteVolume(last.command)) return false;
  // A command that another caller can end is not given to this one's caller.
  return (["device", "confirm", "route", "signal"] as const).every(
    (name) => options[name] === last.options[name],
  );
}

function isAbsoluteVolume(command: Command): boolean {
  return command.action === "volume" && command.over === undefined && "at" in command.to;
}
