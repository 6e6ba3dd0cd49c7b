import type { NodeAPI } from "node-red";
import { SpotifyError } from "../../src/core/errors";
import { checkOutput } from "../shared/outlet";
import { flagProperty, textProperty } from "../shared/properties";
import { readTokenWords, type TypedTokenWords } from "../shared/token-words";
import { readTyped, type Typed } from "../shared/typed-value";
import { DEFAULTS } from "./defaults";

export interface RequestSettings {
  /** Empty: the message names it. */
  method: string;
  path: Typed;
  query: Typed;
  body: Typed;
  /** Empty: known from the path. */
  scopes: unknown;
  clientId: unknown;
  /** Scopes and client ID, if they come from elsewhere than the node. */
  typed: TypedTokenWords;
  all: boolean;
  output: string;
}

/** What a node's properties say. @throws SpotifyError INVALID_ARGUMENT if one of them cannot be right */
export function readRequestSettings(RED: NodeAPI, properties: object): RequestSettings {
  const { scopes, clientId } = properties as { scopes?: unknown; clientId?: unknown };
  const typed = readTokenWords(properties);
  const output = textProperty(properties, "output", DEFAULTS.output);
  checkOutput(RED, output);
  return {
    method: readMethod(textProperty(properties, "method", DEFAULTS.method)),
    path: readTyped(properties, "path", DEFAULTS.pathType),
    query: readTyped(properties, "query", DEFAULTS.queryType),
    body: readTyped(properties, "body", DEFAULTS.bodyType),
    scopes: typed.scopes ? [] : (scopes ?? []),
    clientId: typed.clientId ? undefined : (clientId ?? DEFAULTS.clientId),
    typed,
    all: flagProperty(properties, "all", DEFAULTS.all),
    output,
  };
}

function readMethod(text: string): string {
  const method = text.toUpperCase();
  if (["", "GET", "POST", "PUT", "DELETE"].includes(method)) return method;
  throw new SpotifyError("INVALID_ARGUMENT", "The method must be GET, POST, PUT or DELETE.");
}
