import { isDeepStrictEqual } from "node:util";
import { ExpiryWatch } from "../account/expiry-watch";
import { notSignedIn } from "../account/not-signed-in";
import type { SignIn } from "../account/sign-in-list";
import { ClockWatch } from "../async/clock-watch";
import { displayClientId } from "../core/client-id";
import { SpotifyError } from "../core/errors";
import type { Parts } from "./compose";
import type { Session } from "./session";

/** What follows from what in a session, and what the session tells of it. Ends when the session closes. */
export function react(parts: Parts, session: Session): void {
  connectionReactions(parts, session);
  accountReactions(parts, session);
  tapReactions(parts);
  controlReactions(parts, session);
  playerReactions(parts);
  clockReactions(parts);
  sharingReactions(parts);
  stateReactions(parts, session);
}

function stateReactions(parts: Parts, session: Session): void {
  let wasCopy = false;
  parts.state.on("problem", (problem) => {
    if (problem) parts.log("warn", problem.message);
    else parts.log("info", "There is no problem with the account's state any more.");
    session.emit("stateProblem", problem);
    const isCopy = parts.state.copyId !== undefined;
    // Grants that were held back serve from now on, as after a sign-in.
    if (wasCopy && !isCopy) parts.changes.appsChanged();
    wasCopy = isCopy;
    // A token that could not be renewed meanwhile is renewed now.
    if (!problem) parts.pool.recheck();
  });
}

/** What another session that shares the account has done, in another process. */
function sharingReactions({ state, slices, guard, pool, changes, signIns, account }: Parts): void {
  let known = signIns.list();
  const remember = (): void => void (known = signIns.list());
  state.on("loaded", remember);
  changes.on("change", remember);
  state.on("known", ({ isLate }) => {
    if (!isLate) return;
    remember();
    guard.restore(slices.rateLimits.value);
    pool.adopt();
    changes.appsChanged();
  });
  const signInsMayHaveChanged = (): void => {
    const before = known;
    remember();
    account.changedElsewhere();
    if (isDeepStrictEqual(known, before)) return;
    if (isDeepStrictEqual(credentialsOf(known), credentialsOf(before))) changes.appsChanged();
    else changes.credentialChanged();
  };
  state.on("changedElsewhere", (slice) => {
    if (slice === "rateLimits") guard.restore(slices.rateLimits.value);
    else if (slice === "account" || slice === "grants" || slice === "signedOutOf") signInsMayHaveChanged();
    pool.adopt();
  });
}

/** The sign-ins on which the connection to an access point depends. */
function credentialsOf(signIns: readonly SignIn[]): unknown[] {
  return signIns.filter(({ way }) => way !== "app").map(({ id, username, since }) => [id, username, since]);
}

function connectionReactions(parts: Parts, session: Session): void {
  const { log, lifeCycle, channel, connection, account, pool, servers, observe, follower, closing } = parts;
  lifeCycle.on("connection", (loggedIn) => {
    const { username, credentials } = loggedIn;
    const { isAnother } = account.welcomed(username, credentials);
    if (isAnother) pool.forgetAccount();
    connection.attach(loggedIn);
    // What should have been renewed without a connection is renewed now.
    pool.recheck();
    void servers.refresh(closing.signal);
    // A device on the LAN takes seconds to say goodbye; a login may end meanwhile.
    if (observe && !closing.signal.aborted) follower.start(username);
  });
  lifeCycle.on("state", (change) => {
    const { state, error } = change;
    if (state !== "ready") channel.detach();
    // Only the user can mend this error, so no request waits for a connection.
    if (state === "closed" && error) {
      channel.fail(error);
      void follower.stop(error);
    }
    log("debug", `The session is ${state}${error ? ` (${error.code})` : ""}.`);
    session.emit("state", change);
  });
  lifeCycle.on("trouble", (error) => {
    log("debug", `Connecting failed (${error.code}): ${error.message}`);
    // No request waits for an error that lasts. The session itself goes on trying.
    if (lifeCycle.lastingError) channel.fail(error);
    session.emit("trouble", error);
  });
}

function accountReactions(parts: Parts, session: Session): void {
  const { log, state, slices, guard, lifeCycle, connection, account, grants } = parts;
  const { changes, signIns, pool, follower } = parts;
  changes.on("change", ({ credential }) => {
    pool.forgetRefusals();
    pool.forgetTokensUnless((token) =>
      token.source === "oauth" ? grants.isGood(token.clientId) : account.signedIn,
    );
    // The next sign-in may be of another account.
    if (!account.signedIn && grants.isEmpty) pool.forgetAccount();
    // An app's grant has nothing to do with the connection, unless another account is the reason why there is none.
    if (credential || lifeCycle.state === "closed") {
      if (!account.signedIn) void follower.stop(notSignedIn());
      connection.restart();
    }
    signIns.emit("change");
  });
  grants.on("ended", ({ clientId }) => {
    log("warn", `The sign-in with the app ${clientId} is over. Sign in again in the account's dialog.`);
    signIns.emit("change");
  });
  const expiry = new ExpiryWatch(
    () => grants.all(),
    (expiring) => {
      const name = displayClientId(expiring.clientId);
      const days = expiring.daysLeft;
      log("warn", `The sign-in with ${name} is over in ${days} days. Sign in again before that.`);
      session.emit("signInExpiring", expiring);
    },
  );
  state.on("loaded", () => {
    guard.restore(slices.rateLimits.value);
    expiry.check();
  });
  state.on("known", () => account.known());
  parts.closing.signal.addEventListener("abort", () => expiry.stop());
}

/** A stranger's tap is told of in the log. The dialog asks the gate. */
function tapReactions({ tapGate, lanLog, username: ownName }: Parts): void {
  tapGate.on("refused", ({ username }) => {
    const owner = ownName() ?? "another account";
    const message =
      `A tap of ${username} in the network was refused, because this account is ${owner}'s. ` +
      "If it was meant, press “Let someone else sign in” in the account's dialog, and tap again.";
    lanLog("stranger", "warn", message);
  });
}

function controlReactions({ control, follower, discovery }: Parts, session: Session): void {
  control.on("clientId", (change) => session.emit("clientId", change));
  control.on("clientIdReport", (report) => session.emit("clientIdReport", report));
  follower.dealer.on("state", (state) => session.emit("following", state));
  discovery?.on("state", () => session.emit("visibility", session.visibility));
}

function playerReactions(parts: Parts): void {
  const { connection, nowPlaying, player, commands, playback, follower, poller, changes, grants, state } =
    parts;
  follower.on("cluster", (cluster) => nowPlaying.readCluster(cluster));
  follower.on("forgotten", () => {
    nowPlaying.reset();
    commands.reset(new SpotifyError("CLOSED", "Another account is signed in, or none."));
  });
  poller.on("reading", (reading) => nowPlaying.read(reading));
  for (const source of [follower.dealer, poller])
    source.on("trouble", (error) => player.emit("trouble", error));
  nowPlaying.on("listening", (isListenedTo) => playback.listen(isListenedTo));
  const choose = (): void => {
    playback.choose();
    if (playback.canBeRead) return;
    const why = connection.whyNoToken() ?? notSignedIn();
    nowPlaying.reset(why);
    commands.reset(why);
  };
  changes.on("change", choose);
  grants.on("ended", choose);
  state.on("loaded", choose);
}

function clockReactions({ lifeCycle, follower, playback, pool, closing }: Parts): void {
  const clock = new ClockWatch((jump) => {
    // A jump ahead can be sleep, in which a connection dies without a notice.
    if (jump > 0) {
      const reason = new SpotifyError("UNREACHABLE", "The machine slept, or its clock was set.");
      lifeCycle.reconnect(reason);
      follower.dealer.reconnectNow(reason);
      playback.choose();
      pool.recheck();
    } else pool.calendarSetBack();
  });
  closing.signal.addEventListener("abort", () => clock.stop());
}
