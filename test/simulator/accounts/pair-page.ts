/** https://spotify.com/pair: where a user types in the code that a device shows. Source: RFC 8628, 3.3. */
import { randomBytes } from "node:crypto";
import type { Account } from "../world/accounts";
import type { Apps } from "../world/apps";
import { BoundedMap } from "../bounded-map";
import type { DevicePairing } from "./device-pairing";
import type { HttpAnswer } from "../http";
import { codePage, consentPage, messagePage } from "./pages";

export const PAIR_DECISION_PATH = "/pair/decision";
const MAX_QUESTIONS = 1000;

export class PairPage {
  readonly #pairing: DevicePairing;
  readonly #apps: Apps;
  readonly #questions = new BoundedMap<string, { userCode: string; account: Account }>(MAX_QUESTIONS);

  constructor(pairing: DevicePairing, apps: Apps) {
    this.#pairing = pairing;
    this.#apps = apps;
  }

  /** @param account account that is signed in in the browser */
  show(code: string | undefined, account: Account | undefined): HttpAnswer {
    if (code === undefined) return codePage();
    const waiting = this.#pairing.waiting(code);
    if (waiting === undefined) return messagePage(400, "That code is not valid");
    if (account === undefined) return messagePage(400, "Nobody is signed in");
    const nonce = randomBytes(16).toString("hex");
    this.#questions.set(nonce, { userCode: waiting.userCode, account });
    return consentPage({
      action: PAIR_DECISION_PATH,
      nonce,
      app: this.#apps.get(waiting.clientId)?.name ?? waiting.clientId,
      username: account.username,
      scopes: waiting.scopes,
    });
  }

  /** The user has pressed a button; each page can be answered once. */
  decide(nonce: string | undefined, agrees: boolean): HttpAnswer {
    const question = this.#questions.get(nonce ?? "");
    if (nonce === undefined || question === undefined) return messagePage(400, "This page has expired");
    this.#questions.delete(nonce);
    const { userCode, account } = question;
    const isDone = agrees ? this.#pairing.approve(userCode, account) : this.#pairing.refuse(userCode);
    if (!isDone) return messagePage(400, "That code is not valid");
    return messagePage(200, agrees ? "The device is paired" : "The device was not paired");
  }
}
