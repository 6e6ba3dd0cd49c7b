import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from "node-red";
import type { ApiAnswer } from "../../src";
import { SpotifyError } from "../../src/core/errors";
import { runWithAccount, type AccountBehavior } from "../shared/account-behavior";
import { AccountLink } from "../shared/account-link";
import type { AccountUser } from "../shared/account-node";
import { clearFailure, tellFailure } from "../shared/failure-fields";
import { guarded } from "../shared/guarded";
import { onInput, unusable, type Send } from "../shared/on-input";
import { put } from "../shared/outlet";
import { isOver } from "../shared/passing-error";
import { ShownStatus, STATUS_INTERVAL } from "../shared/shown-status";
import { Throttle } from "../shared/throttle";
import { upToDate } from "../shared/up-to-date";
import { answerHeaders } from "./answer-headers";
import { callOfMessage } from "./call";
import { migrateRequest } from "./migrate";
import { readRequestSettings, type RequestSettings } from "./request-settings";
import { composeStatus, type Progress, type Result } from "./status";

export interface RequestNodeProperties extends NodeDef {
  /** ID of a spotify-session. */
  session: string;
  /** Empty: `msg.method`. */
  method: string;
  path: string;
  pathType: string;
  query: string;
  queryType: string;
  body: string;
  bodyType: string;
  /** A list; or, by `scopesType`, the value of a typed input. */
  scopes: string[] | string;
  scopesType: string;
  clientId: string;
  clientIdType: string;
  all: boolean;
  output: string;
  /** The form of the properties; 0 if it is absent. */
  version?: number;
}

export type SpotifyRequestNode = Node & AccountUser;

type RequestMessage = NodeMessageInFlow & {
  statusCode?: number;
  headers?: unknown;
  next?: string;
  method?: unknown;
};

const FAILURE = ["statusCode", "retryAfter", "reason"] as const;

/** Has a freshly created node make calls of the Web API. */
export function makeRequestNode(RED: NodeAPI, node: SpotifyRequestNode, stored: RequestNodeProperties): void {
  const properties = upToDate(node, migrateRequest(stored));
  const link = new AccountLink(RED, node, properties.session);
  const behavior = new RequestNode(RED, node, link, properties);
  onInput(node, (message, send) => behavior.input(message, send));
  runWithAccount(node, link, behavior);
}

class RequestNode implements AccountBehavior {
  readonly problem: SpotifyError | undefined;
  readonly #RED: NodeAPI;
  readonly #node: Node;
  readonly #link: AccountLink;
  readonly #settings: RequestSettings | undefined;
  readonly #status: Throttle;
  readonly #closing = new AbortController();
  /** How many requests are under way, and what the newest of them does. */
  #running = 0;
  #progress: Progress | undefined;
  #result: Result | undefined;
  #error: SpotifyError | undefined;

  constructor(RED: NodeAPI, node: Node, link: AccountLink, properties: RequestNodeProperties) {
    this.#RED = RED;
    this.#node = node;
    this.#link = link;
    try {
      this.#settings = readRequestSettings(RED, properties);
    } catch (cause) {
      this.problem = unusable(cause);
    }
    const shown = new ShownStatus(node);
    const showStatus = guarded(node, () => {
      shown.show(
        composeStatus(RED, {
          account: link.facts(),
          problem: this.problem,
          progress: this.#progress,
          error: this.#error,
          result: this.#result,
        }),
      );
    });
    this.#status = new Throttle(showStatus, STATUS_INTERVAL);
  }

  /** Makes the call that a message asks for, and sends the message on with the answer. */
  async input(message: RequestMessage, send: Send): Promise<void> {
    this.#running++;
    try {
      // A request may be made of an earlier answer: the path of the next page is in msg.next.
      const given = { ...message };
      clearFailure(message, [...FAILURE, "next"]);
      const answer = await this.#ask(given);
      this.#fill(message, answer);
      this.#result = {
        statusCode: answer.status,
        items: Array.isArray(answer.body) ? answer.body.length : undefined,
      };
      this.#error = undefined;
      send(message);
    } catch (cause) {
      throw this.#failed(message, cause);
    } finally {
      this.#running--;
      if (this.#running === 0) this.#progress = undefined;
      this.#showStatus();
    }
  }

  accountChanged(): void {
    if (this.#error && isOver(this.#error, this.#link.facts().session)) this.#error = undefined;
    this.#showStatus();
  }

  stop(): void {
    this.#closing.abort(new SpotifyError("CLOSED", "The node was closed: the flow was deployed or stopped."));
    this.#status.stop();
  }

  async #ask(message: RequestMessage): Promise<ApiAnswer> {
    if (this.problem) throw this.problem;
    const { webApi } = this.#link.session();
    const request = await callOfMessage(this.#RED, this.#node, message, this.#settings!);
    const { signal } = this.#closing;
    signal.throwIfAborted();
    const progress: Progress = { call: callText(request) };
    this.#progress = progress;
    this.#showStatus();
    const onPage = guarded(this.#node, (items: number, total: number | undefined) => {
      this.#progress = { ...progress, items, total };
      this.#showStatus();
    });
    return webApi.request({ ...request, signal, onPage });
  }

  /** @throws if a property of the message cannot be written */
  #fill(message: RequestMessage, { status, headers, body, next }: ApiAnswer): void {
    put(this.#RED, message, this.#settings!.output, body);
    message.statusCode = status;
    message.headers = answerHeaders(headers);
    if (next === undefined) return;
    message.next = next;
    this.#node.warn("There are more pages than are read at once. msg.next is the path of the next one.");
  }

  #failed(message: RequestMessage, cause: unknown): SpotifyError {
    const failure = unusable(cause);
    this.#error = failure;
    tellFailure(message, failure, FAILURE);
    return failure;
  }

  #showStatus(): void {
    if (!this.#closing.signal.aborted) this.#status.request();
  }
}

/** Such as `GET /me/playlists`. What follows in a query may be private. */
function callText({ method, path }: { method?: unknown; path: unknown }): string {
  const [place = ""] = typeof path === "string" ? path.split(/[?#]/) : [];
  const shown = place.replace(/^https?:\/\/[^/]*/i, "").replace(/^\/v1(?=\/)/, "");
  return `${typeof method === "string" ? method.toUpperCase() : ""} ${shown}`;
}
