/** Three Node-REDs that share one account over Redis: a change in one of them applies to all. */
import assert from "node:assert/strict";
import { foundIn } from "../installed/secrets";
import { describeWithRedis } from "../support/redis-server";
import { KEYMASTER_CLIENT_ID } from "./flow";
import { Household } from "./household";
import type { Member } from "./member";
import { PAIRED } from "./people";

const SEALED_MEMBER = { httpAdminRoot: false };

describeWithRedis("three Node-REDs that share an account", function () {
  this.timeout(60_000);
  let household: Household;
  let attic: Member;
  let kitchen: Member;
  /** Its editor is disabled. */
  let cellar: Member;
  let appId: string;
  /** Time at which the last step began. */
  let since: number;

  before(async function () {
    this.timeout(120_000);
    household = await Household.open({ apps: 1, own: [{}, {}, SEALED_MEMBER] });
    [attic, kitchen, cellar] = household.members as [Member, Member, Member];
    appId = household.apps[0]!.clientId;
    await Promise.all(household.members.map((member) => member.start()));
  });

  beforeEach(() => (since = performance.now()));

  after(() => household?.close());

  const keymasterToken = async ({ name }: Member): Promise<string | undefined> =>
    (await household.reports.next(name, "keymaster", KEYMASTER_CLIENT_ID, since)).accessToken;
  const appToken = async ({ name }: Member): Promise<string | undefined> =>
    (await household.reports.next(name, "oauth", appId, since)).accessToken;
  const everybody = <Result>(ask: (member: Member) => Promise<Result>): Promise<Result[]> =>
    Promise.all(household.members.map(ask));
  const listed = async (member: Member): Promise<string[]> =>
    (await household.people.signIns(member)).map(({ id }) => id).toSorted();
  const refusal = ({ name }: Member): Promise<unknown> =>
    household.reports.nextError(name, "NOT_SIGNED_IN", since);

  it("are not signed in at first", async () => {
    await everybody(refusal);
    assert.deepEqual(await Promise.all([attic, kitchen].map(listed)), [[], []]);
  });

  it("are all signed in when one of them was paired, without a deploy", async () => {
    await household.people.pair(attic);
    const tokens = await everybody(keymasterToken);
    assert.equal(new Set(tokens).size, 1, "they give the same token");
    assert.deepEqual(await Promise.all([attic, kitchen].map(listed)), [[PAIRED], [PAIRED]]);
  });

  it("have asked keymaster once for all", () => {
    assert.equal(household.spotify.simulator.stats.keymasterRequests.length, 1);
  });

  it("are three separate devices for Spotify", () => {
    const { logins } = household.spotify.simulator.stats;
    const devices = new Set(logins.filter(({ type }) => type === 1).map(({ deviceId }) => deviceId));
    assert.equal(devices.size, 3);
  });

  it("are all signed in with the user's own app when one of them was, and refresh its grant once for all", async () => {
    const { simulator } = household.spotify;
    const refreshes = (): number =>
      simulator.stats.tokenRequests.filter(({ grantType }) => grantType === "refresh_token").length;
    const before = refreshes();
    await household.people.signIn(kitchen, appId);
    const tokens = await everybody(appToken);
    assert.equal(new Set(tokens).size, 1, "they give the same token");
    assert.ok(refreshes() - before <= 1, `${refreshes() - before} refreshes`);
    assert.deepEqual(await listed(attic), [appId, PAIRED].toSorted());
  });

  it("know all of it after a restart, and ask Spotify for nothing", async () => {
    const { stats } = household.spotify.simulator;
    const asked = (): number => stats.keymasterRequests.length + stats.tokenRequests.length;
    const before = asked();
    await cellar.kill();
    await cellar.start();
    await Promise.all([keymasterToken(cellar), appToken(cellar)]);
    assert.equal(asked(), before);
  });

  it("are all signed out of the app when one of them was", async () => {
    await household.people.signOut(attic, appId);
    await everybody(refusal);
    assert.deepEqual(await listed(kitchen), [PAIRED]);
  });

  it("are all signed out of the pairing when another of them was", async () => {
    await household.people.signOut(kitchen, PAIRED);
    await household.spotify.simulator.waitFor(
      () => household.spotify.simulator.connections.length === 0,
      30_000,
    );
    assert.deepEqual(await Promise.all([attic, kitchen].map(listed)), [[], []]);
  });

  it("can be signed in again", async () => {
    await household.people.pair(kitchen);
    const tokens = await everybody(keymasterToken);
    assert.equal(new Set(tokens).size, 1);
  });

  it("have kept everything encrypted: the store's files and the logs have no secret", async () => {
    const { simulator, account } = household.spotify;
    const secrets = [
      ...simulator.secrets,
      ...simulator.issuedTokens.map(({ accessToken }) => accessToken),
      account.storedCredential.toString("base64"),
    ];
    assert.ok(secrets.length > 10);
    const stored = await household.redis.files();
    assert.match(stored, /grants/);
    assert.equal(foundIn(stored, secrets), undefined, "in the store");
    for (const { output } of household.members) assert.equal(foundIn(output, secrets), undefined, "in a log");
  });
});
