import type { ClientIdChange, ClientIdReport, Session, SignIn, SignInExpiring, StateChange } from "../../src";
import {
  clientIdEvent,
  clientIdReportEvent,
  currentClientIdEvent,
  signInEvent,
  signInExpiringEvent,
  stateEvent,
  type SpotifyEvent,
} from "./events";

const DAY = 86_400_000;
/** The session reports a sign-in this many days before it ends. */
const NOTICE_DAYS = 30;

/**
 * Reports what happens to a session, each event once and in order. The first event is the present state, because earlier
 * events may have been missed.
 */
export class SessionWatch {
  readonly session: Session;
  readonly #tell: (event: SpotifyEvent) => void;

  constructor(session: Session, tell: (event: SpotifyEvent) => void) {
    this.session = session;
    this.#tell = tell;
    this.#tellHowItIs();
    session.on("state", this.#onState);
    session.on("clientId", this.#onClientId);
    session.on("clientIdReport", this.#onClientIdReport);
    session.on("signInExpiring", this.#onExpiring);
    session.signIns.on("change", this.#onSignIns);
  }

  stop(): void {
    const { session } = this;
    session.off("state", this.#onState);
    session.off("clientId", this.#onClientId);
    session.off("clientIdReport", this.#onClientIdReport);
    session.off("signInExpiring", this.#onExpiring);
    session.signIns.off("change", this.#onSignIns);
  }

  #tellHowItIs(): void {
    const { state, error, clientIdState, signIns } = this.session;
    this.#tell(stateEvent(state, null, error));
    if (clientIdState.reason !== "configured") this.#tell(currentClientIdEvent(clientIdState));
    // The session has reported these already. While it reads its state, the list is empty, and it will report them later.
    for (const signIn of signIns.list()) {
      const expiring = expiringSoon(signIn);
      if (expiring) this.#tell(signInExpiringEvent(expiring));
    }
  }

  readonly #onState = ({ state, previous, error }: StateChange): void => {
    this.#tell(stateEvent(state, previous, error));
  };

  readonly #onClientId = (change: ClientIdChange): void => this.#tell(clientIdEvent(change));

  readonly #onClientIdReport = (report: ClientIdReport): void => this.#tell(clientIdReportEvent(report));

  readonly #onExpiring = (expiring: SignInExpiring): void => this.#tell(signInExpiringEvent(expiring));

  readonly #onSignIns = (): void => this.#tell(signInEvent(this.session));
}

function expiringSoon({ clientId, until, ended }: SignIn): SignInExpiring | undefined {
  if (clientId === undefined || until === undefined || ended) return undefined;
  const left = until - Date.now();
  if (left <= 0 || left > NOTICE_DAYS * DAY) return undefined;
  return { clientId, until, daysLeft: Math.floor(left / DAY) };
}
