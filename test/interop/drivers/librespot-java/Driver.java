import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.spotify.connectstate.Connect;
import com.spotify.extendedmetadata.ExtendedMetadata;
import com.spotify.extendedmetadata.ExtensionKindOuterClass.ExtensionKind;
import com.spotify.metadata.Metadata;
import java.io.File;
import java.io.FileWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.lang.reflect.Field;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.concurrent.Callable;
import xyz.gianlu.librespot.ZeroconfServer;
import xyz.gianlu.librespot.core.Session;
import xyz.gianlu.librespot.core.TimeProvider;
import xyz.gianlu.librespot.core.TokenProvider;
import xyz.gianlu.librespot.metadata.TrackId;
import xyz.gianlu.librespot.player.Player;
import xyz.gianlu.librespot.player.PlayerConfiguration;
import xyz.gianlu.librespot.player.mixing.output.SinkOutput;

/** librespot-java: the access point, Mercury, client tokens, the dealer and spclient; as a device, and on the network. */
public final class Driver {
  private static final int KEY_BYTES = 256;
  private static JsonObject facts;
  private static String obstacle;
  private static final int MOST_SESSIONS = 4;
  private static Session session;
  private static Session device;

  public static void main(String[] args) throws Exception {
    String text = new String(Files.readAllBytes(Paths.get(System.getenv("INTEROP_FACTS"))), StandardCharsets.UTF_8);
    facts = JsonParser.parseString(text).getAsJsonObject();
    replaceKey();

    step("sign in with a stored credential", true, () -> {
      session = signedIn(file("credentials.json", credentials(fact("credentials", "auth_data"))));
      expect(session.username(), facts.get("username").getAsString());
    });
    step("sign in with the credential of the welcome", false, () ->
        expect(signedIn(new File(folder(), "made.json")).username(), facts.get("username").getAsString()));
    step("token of keymaster", false, () -> {
      TokenProvider.StoredToken token = session.tokens().getToken("user-read-playback-state");
      if (token.accessToken.isEmpty()) throw new AssertionError("no token");
    });
    JsonObject track = facts.getAsJsonArray("tracks").get(0).getAsJsonObject();
    String uri = track.get("uri").getAsString();
    step("name of a track (client token, extended metadata)", false, () ->
        expect(extendedName(uri), track.get("name").getAsString()));
    step("name of a track (metadata/4)", false, () ->
        expect(session.api().getMetadata4Track(TrackId.fromUri(uri)).getName(), track.get("name").getAsString()));
    step("is a device of the account (dealer, connect-state)", false, Driver::device);
    step("it takes a command of Spotify's app", false, Driver::command);
    step("a wrong credential is refused", false, Driver::wrongCredential);
    step("its device is tapped by Spotify's app", false, Driver::tapped);
    // Threads that the client has left behind do not keep the process.
    Runtime.getRuntime().halt(0);
  }

  /** The only thing that is not Spotify's: the key that the access point signs with. */
  private static void replaceKey() throws Exception {
    String pem = facts.get("accessPointKey").getAsString().replaceAll("-----[^-]*-----|\\s", "");
    X509EncodedKeySpec spec = new X509EncodedKeySpec(Base64.getDecoder().decode(pem));
    RSAPublicKey key = (RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(spec);
    // With a sign byte before it.
    byte[] modulus = key.getModulus().toByteArray();
    Field field = Session.class.getDeclaredField("serverKey");
    field.setAccessible(true);
    System.arraycopy(modulus, modulus.length - KEY_BYTES, (byte[]) field.get(null), 0, KEY_BYTES);
  }

  private static Session.Configuration configuration() {
    return new Session.Configuration.Builder()
        // There is no time server here.
        .setTimeSynchronizationMethod(TimeProvider.Method.MANUAL)
        .setTimeManualCorrection(0)
        .setCacheEnabled(false)
        .setStoreCredentials(true)
        .setStoredCredentialsFile(new File(folder(), "made.json"))
        .build();
  }

  private static Session signedIn(File credentials) throws Exception {
    return new Session.Builder(configuration()).setDeviceName("Java").stored(credentials).create();
  }

  private static String extendedName(String uri) throws Exception {
    ExtendedMetadata.BatchedEntityRequest request = ExtendedMetadata.BatchedEntityRequest.newBuilder()
        .addEntityRequest(ExtendedMetadata.EntityRequest.newBuilder()
            .setEntityUri(uri)
            .addQuery(ExtendedMetadata.ExtensionQuery.newBuilder().setExtensionKind(ExtensionKind.TRACK_V4)))
        .build();
    return Metadata.Track.parseFrom(session.api().getExtendedMetadata(request)
        .getExtendedMetadata(0).getExtensionData(0).getExtensionData().getValue()).getName();
  }

  private static void device() throws Exception {
    PlayerConfiguration silent = new PlayerConfiguration.Builder()
        .setOutput(PlayerConfiguration.AudioOutput.CUSTOM)
        .setOutputClass(Silence.class.getName())
        .build();
    // The dealer of this client connects by itself. If it does so before its player listens, the device never registers.
    for (int sessions = 1; ; sessions++) {
      device = signedIn(new File(folder(), "credentials.json"));
      new Player(silent, device);
      try {
        until(() -> cluster().getAsJsonObject("devices").has(device.deviceId()), "it is among the account's devices");
        return;
      } catch (AssertionError error) {
        if (sessions == MOST_SESSIONS) throw error;
        device.close();
      }
    }
  }

  private static void command() throws Exception {
    JsonObject command = new JsonObject();
    command.addProperty("deviceId", device.deviceId());
    command.addProperty("endpoint", "pause");
    order("/command", command);
  }

  private static void wrongCredential() throws Exception {
    try {
      signedIn(file("wrong.json", credentials(Base64.getEncoder().encodeToString(new byte[40]))));
    } catch (Session.SpotifyAuthenticationException refusal) {
      if (!refusal.getMessage().contains("BadCredentials")) throw refusal;
      return;
    }
    throw new AssertionError("it was let in");
  }

  private static void tapped() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    ZeroconfServer server = new ZeroconfServer.Builder(configuration())
        .setDeviceName("Java Zeroconf")
        .setListenPort(port)
        .create();
    String[] username = new String[1];
    server.addSessionListener(new ZeroconfServer.SessionListener() {
      @Override
      public void sessionClosing(Session closing) {}

      @Override
      public void sessionChanged(Session changed) {
        username[0] = changed.username();
      }
    });
    JsonObject order = new JsonObject();
    order.addProperty("deviceName", "Java Zeroconf");
    order("/tap", order);
    until(() -> username[0] != null, "somebody is signed in");
    expect(username[0], facts.get("username").getAsString());
  }

  /** What the account's devices are, as Spotify knows them. */
  private static JsonObject cluster() throws IOException {
    URL url = new URL(facts.get("control").getAsString() + "/cluster/" + facts.get("username").getAsString());
    try (InputStreamReader reader = new InputStreamReader(url.openStream(), StandardCharsets.UTF_8)) {
      return JsonParser.parseReader(reader).getAsJsonObject();
    }
  }

  /** Has the simulator do what a user would do with a phone. */
  private static void order(String path, JsonObject body) throws IOException {
    HttpURLConnection request =
        (HttpURLConnection) new URL(facts.get("control").getAsString() + path).openConnection();
    request.setRequestMethod("POST");
    request.setRequestProperty("content-type", "application/json");
    request.setDoOutput(true);
    request.getOutputStream().write(body.toString().getBytes(StandardCharsets.UTF_8));
    if (request.getResponseCode() < 400) return;
    throw new AssertionError(new String(request.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
  }

  private static void until(Callable<Boolean> condition, String what) throws Exception {
    for (int tries = 0; tries < 80; tries++) {
      if (condition.call()) return;
      Thread.sleep(100);
    }
    throw new AssertionError(what + ": not seen");
  }

  private static void expect(String actual, String wanted) {
    if (!wanted.equals(actual)) throw new AssertionError("it is " + actual + " instead of " + wanted);
  }

  private static File folder() {
    return new File(facts.get("folder").getAsString());
  }

  private static String fact(String object, String name) {
    return facts.getAsJsonObject(object).get(name).getAsString();
  }

  /** In this client's own form. */
  private static JsonObject credentials(String data) {
    JsonObject made = new JsonObject();
    made.addProperty("username", facts.get("username").getAsString());
    made.addProperty("credentials", data);
    made.addProperty("type", "AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS");
    return made;
  }

  private static File file(String name, JsonObject content) throws IOException {
    File file = new File(folder(), name);
    try (Writer writer = new FileWriter(file)) {
      writer.write(content.toString());
    }
    return file;
  }

  private interface Action {
    void run() throws Exception;
  }

  /** Tries a step and says what it came to. After an essential one that failed, the others are skipped. */
  private static void step(String name, boolean essential, Action action) {
    JsonObject line = new JsonObject();
    line.addProperty("step", name);
    if (obstacle != null) {
      line.addProperty("result", "skipped");
      line.addProperty("problem", "“" + obstacle + "” failed");
    } else {
      try {
        action.run();
        line.addProperty("result", "passed");
      } catch (Throwable problem) {
        problem.printStackTrace();
        if (essential) obstacle = name;
        line.addProperty("result", "failed");
        line.addProperty("problem", problem.toString());
      }
    }
    System.out.println(new Gson().toJson(line));
  }

  /** Where the player's sound goes. */
  public static final class Silence implements SinkOutput {
    @Override
    public void write(byte[] buffer, int offset, int length) {}

    @Override
    public void close() {}
  }
}
