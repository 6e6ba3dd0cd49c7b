import type { Node, NodeAPI, NodeMessageInFlow } from "node-red";
import { SpotifyError } from "../../src/core/errors";
import { textProperty } from "./properties";
import { readTyped, valueOf, type Typed } from "./typed-value";

/** The permissions and the client ID of a node that do not stand in the node itself. */
export interface TypedTokenWords {
  scopes?: Typed;
  clientId?: Typed;
}

/** What a message says of the permissions and the client ID: not yet checked. */
export interface TokenWords {
  /** A list, or a text with commas or spaces. */
  scopes?: unknown;
  /** `best`, "" for the account's, a name, or 32 hex digits. */
  clientId?: unknown;
}

/** @throws SpotifyError INVALID_ARGUMENT if a property or its kind cannot be right */
export function readTokenWords(properties: object): TypedTokenWords {
  const scopesKind = textProperty(properties, "scopesType", "list") || "list";
  const clientIdKind = textProperty(properties, "clientIdType", "str") || "str";
  return {
    ...(scopesKind !== "list" && { scopes: readTyped(properties, "scopes", "list") }),
    ...(clientIdKind !== "str" && { clientId: readTyped(properties, "clientId", "str") }),
  };
}

/**
 * What holds for a message: its own `scopes` and `clientId`, else what the typed properties stand for.
 * @throws SpotifyError INVALID_ARGUMENT if one of them cannot be read, or names no client ID
 */
export async function tokenWordsOf(
  RED: NodeAPI,
  node: Node,
  message: NodeMessageInFlow & TokenWords,
  typed: TypedTokenWords,
): Promise<TokenWords> {
  const scopes = message.scopes ?? (typed.scopes && (await valueOf(RED, node, message, typed.scopes)));
  const clientId =
    message.clientId ?? (typed.clientId && (await valueOf(RED, node, message, typed.clientId)));
  // A variable that is not set reads as an empty text, which would mean the account's client ID.
  const isUnset =
    typed.clientId?.kind === "env" && clientId === "" && (message.clientId ?? undefined) === undefined;
  if (typed.clientId && (isUnset || (clientId ?? undefined) === undefined)) {
    throw new SpotifyError(
      "INVALID_ARGUMENT",
      "The client ID is missing: what the node takes it from is empty.",
    );
  }
  return { scopes, clientId };
}
