import { SpotifyError } from "../../src";
import { flagProperty, textProperty } from "../shared/properties";
import { readTokenWords, type TypedTokenWords } from "../shared/token-words";
import type { TokenOutlet } from "./token-message";

export interface TokenSettings {
  source: string;
  emit: "input" | "auto" | "both";
  /** The permissions and the client ID that come from elsewhere than the node. */
  typed: TypedTokenWords;
  outlet: TokenOutlet;
}

const EMITS: ReadonlySet<string> = new Set(["input", "auto", "both"]);

/** What a token node's properties say. @throws SpotifyError INVALID_ARGUMENT for what they cannot hold */
export function readTokenSettings(properties: object): TokenSettings {
  const emit = textProperty(properties, "emit").toLowerCase() || "input";
  if (!isEmit(emit)) {
    throw new SpotifyError("INVALID_ARGUMENT", `A node sends by input, auto or both, not by "${emit}".`);
  }
  const typed = readTokenWords(properties);
  if (emit !== "input" && Object.values(typed).some((one) => one?.kind === "msg")) {
    throw new SpotifyError(
      "INVALID_ARGUMENT",
      "Permissions or a client ID that come with a message need a message: choose to send on input only.",
    );
  }
  return {
    source: textProperty(properties, "source").toLowerCase() || "auto",
    emit,
    typed,
    outlet: {
      property: textProperty(properties, "output", "payload"),
      withHeader: flagProperty(properties, "authorizationHeader", true),
    },
  };
}

function isEmit(text: string): text is TokenSettings["emit"] {
  return EMITS.has(text);
}
