import type { NodeAPI } from "node-red";
import type { Action, CommandOptions } from "../../src";
import { SpotifyError } from "../../src/core/errors";
import { ACTIONS } from "../../src/playback/actions";
import { checkOutput } from "../shared/outlet";
import { flagProperty, numberProperty, textProperty } from "../shared/properties";
import { DEFAULTS, isTimeout, LONGEST_TIMEOUT, SHORTEST_TIMEOUT } from "./defaults";
import { readTyped, type Typed } from "../shared/typed-value";

export interface PlaybackSettings {
  /** Undefined: the message names it. */
  action: Action | undefined;
  device: Typed;
  value: Typed;
  /** The property of the message that a list of devices or a snapshot is put into; empty: none. */
  output: string;
  options: Required<Pick<CommandOptions, "wake" | "confirm" | "timeout" | "route">>;
}

const ROUTES: readonly NonNullable<CommandOptions["route"]>[] = ["auto", "internal", "web-api"];

/** What a node's properties say. @throws SpotifyError INVALID_ARGUMENT if one of them cannot be right */
export function readPlaybackSettings(RED: NodeAPI, properties: object): PlaybackSettings {
  const action = textProperty(properties, "action");
  const timeout = numberProperty(properties, "timeout", DEFAULTS.timeout);
  if (!isTimeout(timeout)) {
    throw wrong(`The property "timeout" must be from ${SHORTEST_TIMEOUT} to ${LONGEST_TIMEOUT} seconds.`);
  }
  const named = textProperty(properties, "route", DEFAULTS.route);
  const route = ROUTES.find((one) => one === named);
  if (!route) throw wrong(`The property "route" must be one of these: ${ROUTES.join(", ")}.`);
  const output = textProperty(properties, "output", DEFAULTS.output);
  checkOutput(RED, output);
  return {
    action: action === "" ? undefined : readAction(action, 'The property "action"'),
    device: readTyped(properties, "device", DEFAULTS.deviceType),
    value: readTyped(properties, "value", DEFAULTS.valueType),
    output,
    options: {
      wake: flagProperty(properties, "wake", DEFAULTS.wake),
      confirm: flagProperty(properties, "confirm", DEFAULTS.confirm),
      timeout: timeout * 1000,
      route,
    },
  };
}

/** @param place what holds it, for the error @throws SpotifyError INVALID_ARGUMENT if it is not an action */
export function readAction(value: unknown, place: string): Action {
  const name = typeof value === "string" ? value.trim().toLowerCase() : undefined;
  const action = ACTIONS.find((one) => one === name);
  if (action) return action;
  throw wrong(`${place} must be one of these: ${ACTIONS.join(", ")}.`);
}

function wrong(message: string): SpotifyError {
  return new SpotifyError("INVALID_ARGUMENT", message);
}
