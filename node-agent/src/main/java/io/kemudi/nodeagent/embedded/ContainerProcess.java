package io.kemudi.nodeagent.embedded;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// A process in a container: its first one, or a later `exec` with other arguments. Kept on disk in
/// the form of the OCI runtime specification, which crun and runc read as it is.
record ContainerProcess(
    List<String> args,
    List<String> env,
    String cwd,
    long uid,
    long gid,
    List<Long> groups,
    Set<String> capabilities,
    Set<String> ambientCapabilities,
    boolean noNewPrivileges,
    int oomScoreAdj,
    boolean terminal) {

  ContainerProcess {
    args = List.copyOf(args);
    env = List.copyOf(env);
    groups = List.copyOf(groups);
  }

  ContainerProcess with(List<String> newArgs, boolean newTerminal) {
    return new ContainerProcess(
        newArgs,
        env,
        cwd,
        uid,
        gid,
        groups,
        capabilities,
        ambientCapabilities,
        noNewPrivileges,
        oomScoreAdj,
        newTerminal);
  }

  JsonObject toJson() {
    JsonObject user = new JsonObject();
    user.addProperty("uid", uid);
    user.addProperty("gid", gid);
    JsonArray additional = new JsonArray();
    groups.forEach(additional::add);
    user.add("additionalGids", additional);
    JsonObject capabilitySets = new JsonObject();
    for (String set : List.of("bounding", "effective", "permitted")) {
      capabilitySets.add(set, strings(capabilities));
    }
    capabilitySets.add("inheritable", strings(ambientCapabilities));
    capabilitySets.add("ambient", strings(ambientCapabilities));
    JsonObject json = new JsonObject();
    json.addProperty("terminal", terminal);
    json.add("user", user);
    json.add("args", strings(args));
    json.add("env", strings(env));
    json.addProperty("cwd", cwd);
    json.add("capabilities", capabilitySets);
    json.addProperty("noNewPrivileges", noNewPrivileges);
    json.addProperty("oomScoreAdj", oomScoreAdj);
    return json;
  }

  static ContainerProcess read(Path file) throws IOException {
    JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    JsonObject user = json.getAsJsonObject("user");
    JsonObject capabilitySets = json.getAsJsonObject("capabilities");
    List<Long> groups = new ArrayList<>();
    user.getAsJsonArray("additionalGids").forEach(g -> groups.add(g.getAsLong()));
    return new ContainerProcess(
        list(json.getAsJsonArray("args")),
        list(json.getAsJsonArray("env")),
        json.get("cwd").getAsString(),
        user.get("uid").getAsLong(),
        user.get("gid").getAsLong(),
        groups,
        Set.copyOf(list(capabilitySets.getAsJsonArray("bounding"))),
        Set.copyOf(list(capabilitySets.getAsJsonArray("ambient"))),
        json.get("noNewPrivileges").getAsBoolean(),
        json.get("oomScoreAdj").getAsInt(),
        json.get("terminal").getAsBoolean());
  }

  static JsonArray strings(Collection<String> values) {
    JsonArray array = new JsonArray();
    values.forEach(array::add);
    return array;
  }

  private static List<String> list(JsonArray array) {
    return array.asList().stream().map(JsonElement::getAsString).toList();
  }
}
