import assert from "node:assert/strict";
import { MemoryStateStore, type Session, type Token } from "../../src";
import { Outcome } from "../support/failure";
import { signInWithApp } from "../support/own-app";
import { Randomness } from "../support/randomness";
import { useStage } from "../support/stage";

const SCOPES = ["user-read-playback-state", "user-modify-playback-state"];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DAYS = Number(process.env["DAYS"] ?? 180);

describe(`${DAYS} days with the user's own app`, function () {
  this.timeout(120_000);
  const stage = useStage();

  it("while Spotify is up, each caller gets a valid token, and no refresh token is used twice", async () => {
    const { simulator, time } = stage.current;
    const random = new Randomness();
    const account = stage.current.account();
    const state = new MemoryStateStore();
    let session: Session = stage.current.session(undefined, { state });
    const clientId = await signInWithApp(simulator, session, account, SCOPES);
    const begun = Date.now();
    const counts = { asked: 0, outages: 0, restarts: 0, redeploys: 0, during: 0, idle: 0 };
    const hint = (): string => `${random.hint}, day ${((Date.now() - begun) / DAY).toFixed(2)}`;

    const check = ({ accessToken, clientId: of, expiresIn }: Token): void => {
      const known = simulator.accounts.findToken(accessToken);
      assert.ok(known && known.expiresAt >= Date.now() + MINUTE, `valid by Spotify's books: ${hint()}`);
      assert.deepEqual([known.username, known.clientId, of], [account.username, clientId, clientId]);
      assert.ok(expiresIn >= 60, hint());
    };

    const ask = (): Outcome<Token> => {
      counts.asked++;
      return new Outcome(
        session.tokens.getTokenWithClientId(random.pick([SCOPES, ...SCOPES.map((one) => [one])]), clientId),
      );
    };

    /** The token for a flow while Spotify is up. */
    const served = async (): Promise<void> => {
      const outcome = ask();
      await time.settle();
      assert.ok(outcome.result, `${String(outcome.error)}: ${hint()}`);
      check(outcome.result);
    };

    const restart = async (): Promise<void> => {
      // Often in the middle of a refresh.
      const waiting = random.chance(0.5) ? ask() : undefined;
      const closing = session.close();
      await time.settle();
      await closing;
      if (waiting?.result) check(waiting.result);
      session = stage.current.session(undefined, { state });
    };

    /** A redeploy: the new session exists at the same moment at which the old one is closed. */
    const redeploy = async (): Promise<void> => {
      await session.close();
      session = stage.current.session(undefined, { state });
    };

    const outage = async (): Promise<void> => {
      simulator.faults.accountsStatus = random.pick([500, 502, 503]);
      for (let left = random.below(6 * HOUR); left > 0;) {
        const step = Math.min(left, MINUTE + random.below(HOUR));
        left -= step;
        await time.fastForward(step);
        const outcome = ask();
        await time.advance(8_000);
        if (outcome.result) check(outcome.result);
        else assert.equal(outcome.error?.code, "UNREACHABLE", hint());
        if (random.chance(0.2)) {
          counts.during++;
          await redeploy();
        }
      }
      simulator.faults.accountsStatus = false;
    };

    while (Date.now() - begun < DAYS * DAY - 8 * HOUR) {
      await served();
      const chance = random.below(100);
      if (chance < 4) {
        counts.outages++;
        await outage();
      } else if (chance < 8) {
        counts.restarts++;
        await restart();
      } else if (chance < 14) {
        counts.redeploys++;
        await redeploy();
      } else if (chance < 18) {
        // Without a request for about a day.
        counts.idle++;
        await time.fastForward(random.below(30 * HOUR));
      } else await time.fastForward(random.below(4 * HOUR));
    }
    await served();

    assert.equal(simulator.stats.refreshReuse, 0, hint());
    assert.equal(simulator.grants.length, 1);
    assert.equal(simulator.stats.connections, 0, "all without a connection to an access point");
    assert.ok(session.signIns.list().every(({ ended }) => !ended));
    for (const [what, count] of Object.entries(counts))
      assert.ok(count >= DAYS / 40, `${count} times ${what} are too few: ${hint()}`);
    const refreshes = simulator.stats.tokenRequests.length;
    assert.ok(refreshes < DAYS * 40, `${refreshes} requests to the token endpoint`);
  });
});
