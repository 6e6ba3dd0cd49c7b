/** A flow with an account that is not signed in, and a node that wants a token of it. */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FlowNode } from "../../scripts/user-dir";
import { SealedDocument } from "../../src/store/sealed-document";
import type { Workshop } from "./workshop";

export const ACCOUNT = "account-to-sign-in";
export const TOKEN = "token-of-account";
export const SCOPES = ["user-read-currently-playing", "user-top-read"];

export interface AccountFlow {
  nodes: FlowNode[];
  /** The key that encrypts the account's state. */
  stateKey: string;
}

/** @param shows whether a debug node shows the token in the editor */
export function accountFlow({ shows = false } = {}): AccountFlow {
  const stateKey = randomBytes(32).toString("hex");
  const z = "tab-of-account";
  const nodes = [
    { id: z, type: "tab", label: "Account" },
    {
      id: ACCOUNT,
      type: "spotify-session",
      name: "Living room",
      clientId: "keymaster",
      followClientId: true,
      deviceName: "",
      connect: false,
      credentials: { stateKey },
    },
    {
      id: TOKEN,
      type: "spotify-token",
      z,
      name: "token",
      session: ACCOUNT,
      scopes: SCOPES,
      clientId: "best",
      source: "auto",
      emit: "auto",
      authorizationHeader: true,
      x: 200,
      y: 80,
      wires: [["the-token"]],
    },
    {
      id: "the-token",
      type: "debug",
      z,
      name: "the token",
      active: shows,
      tosidebar: true,
      complete: "payload",
      targetType: "msg",
      x: 420,
      y: 80,
      wires: [],
    },
  ];
  return { nodes, stateKey };
}

/** The stored state of the account, as text; empty if it has no file. */
export async function remembered({ userDir }: Workshop, { stateKey }: AccountFlow): Promise<string> {
  try {
    const sealed = await readFile(join(userDir, "spotify-session", `${ACCOUNT}.state`), "utf8");
    const opened = new SealedDocument([stateKey], ACCOUNT).open(sealed);
    return opened ? JSON.stringify(opened.document) : "";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
