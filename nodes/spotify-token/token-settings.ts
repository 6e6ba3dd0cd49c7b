import { SpotifyError } from "../../src";
import { flagProperty, textProperty } from "../shared/properties";
import type { Outlet } from "./token-message";

export interface TokenSettings {
  source: string;
  emit: "input" | "auto" | "both";
  scopesFromMessage: boolean;
  outlet: Outlet;
}

const EMITS: ReadonlySet<string> = new Set(["input", "auto", "both"]);

/** What a token node's properties say. @throws SpotifyError INVALID_ARGUMENT for what they cannot hold */
export function readTokenSettings(properties: object): TokenSettings {
  const emit = textProperty(properties, "emit").toLowerCase() || "input";
  if (!isEmit(emit)) {
    throw new SpotifyError("INVALID_ARGUMENT", `A node sends by input, auto or both, not by "${emit}".`);
  }
  return {
    source: textProperty(properties, "source").toLowerCase() || "auto",
    emit,
    scopesFromMessage: flagProperty(properties, "scopesFromMessage", false),
    outlet: {
      property: textProperty(properties, "output", "payload"),
      withHeader: flagProperty(properties, "authorizationHeader", true),
    },
  };
}

function isEmit(text: string): text is TokenSettings["emit"] {
  return EMITS.has(text);
}
