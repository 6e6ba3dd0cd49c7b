import { fromBinary } from "@bufbuild/protobuf";
import { SpotifyError } from "../core/errors";
import { SubscriptionSchema } from "../proto/gen/mercury_pb";
import { percentDecoded } from "../core/percent-decoding";
import type { MercuryMessage } from "./codec";

/** Is given each message pushed under a subscribed URI. It must not throw: what it throws is dropped. */
export type EventListener = (event: { uri: string; payload: Buffer[] }) => void;

export interface Subscription {
  uri: string;
  listener: EventListener;
  /** The URIs, by the answer to SUB, under which events arrive; the subscribed one if it names none. */
  heardUnder: string[];
  /** Is told if the subscription is lost. */
  onLost: ((error: SpotifyError) => void) | undefined;
}

const MAX_SUBSCRIPTIONS = 256;

/** Who listens to which URI. */
export class Subscriptions {
  readonly #subscriptions = new Set<Subscription>();

  /** @throws SpotifyError RATE_LIMITED if there are too many */
  add(uri: string, listener: EventListener, onLost?: (error: SpotifyError) => void): Subscription {
    if (this.#subscriptions.size >= MAX_SUBSCRIPTIONS) {
      throw new SpotifyError("RATE_LIMITED", `A session has at most ${MAX_SUBSCRIPTIONS} subscriptions.`);
    }
    const subscription: Subscription = { uri, listener, heardUnder: [uri], onLost };
    this.#subscriptions.add(subscription);
    return subscription;
  }

  /** @returns whether no other listener of its URI is left */
  remove(subscription: Subscription): boolean {
    return this.#subscriptions.delete(subscription) && !this.uris().includes(subscription.uri);
  }

  /** Spotify no longer sends this URI's events. */
  drop(uri: string, error: SpotifyError): void {
    for (const subscription of Array.from(this.#subscriptions)) {
      if (subscription.uri !== uri) continue;
      this.#subscriptions.delete(subscription);
      subscription.onLost?.(error);
    }
  }

  /** Each subscribed URI once. */
  uris(): string[] {
    return [...new Set([...this.#subscriptions].map(({ uri }) => uri))];
  }

  /** Takes an answer to SUB: Subscription messages naming the URIs to listen under, or none for the URI itself. */
  confirm(uri: string, payload: readonly Buffer[]): void {
    const named: string[] = [];
    for (const part of payload.slice(0, MAX_SUBSCRIPTIONS)) {
      try {
        const confirmed = fromBinary(SubscriptionSchema, part);
        if (confirmed.uri) named.push(confirmed.uri);
      } catch {
        // Not a Subscription: the subscribed URI itself is listened to.
      }
    }
    for (const subscription of this.#subscriptions) {
      if (subscription.uri === uri) subscription.heardUnder = [...new Set([uri, ...named])];
    }
  }

  /**
   * Gives an event to all whose URI it begins with. Spotify sends the URI as it was subscribed to, or with its escapes
   * decoded: `hm://remote/user/s%C3%B8ren/` or `hm://remote/user/søren/`.
   *
   * Source: librespot core/src/mercury/mod.rs, handle_packet.
   */
  deliver({ uri, payload }: MercuryMessage): void {
    const forms = [uri, percentDecoded(uri)];
    for (const { heardUnder, listener } of Array.from(this.#subscriptions)) {
      const isHeard = heardUnder.some((prefix) =>
        forms.some((form) => form.startsWith(percentDecoded(prefix))),
      );
      if (!isHeard) continue;
      try {
        listener({ uri, payload });
      } catch {
        // A listener that fails must cost neither the others nor the connection.
      }
    }
  }
}
