package io.kemudi.nodeagent.embedded;

import static io.kemudi.nodeagent.embedded.Shell.quote;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.kemudi.nodeagent.embedded.ContainerSpec.MountPoint;
import io.kemudi.nodeagent.embedded.ContainerSpec.Seccomp;
import io.kemudi.nodeagent.posix.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Starts containers through an OCI runtime, crun or runc, which both take the same command line.
final class OciLauncher implements ContainerLauncher {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final Path program;
  private final Path stateFolder;

  /// @param stateFolder where the program keeps its own state of running containers
  OciLauncher(Path program, Path stateFolder) {
    this.program = program;
    this.stateFolder = stateFolder;
  }

  @Override
  public String name() {
    return program.getFileName().toString();
  }

  @Override
  public void prepare(ContainerSpec spec) throws IOException {
    Files.writeString(spec.bundle().resolve("config.json"), config(spec).toString());
  }

  @Override
  public String runCommand(ContainerSpec spec) {
    return "%s --root %s --log oci.log run --bundle . --pid-file pid %s"
        .formatted(quote(program), quote(stateFolder), spec.id());
  }

  @Override
  public boolean hasStarted(Path bundle, long pid) throws IOException {
    Path executable;
    try {
      executable = Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe"));
    } catch (IOException e) {
      return false; // ended: the exit file will tell
    }
    if (executable.getFileName() == null) {
      return false; // crun's sealed copy of itself shows as "/"
    }
    // Until it executes the container's program the process is a copy of crun or runc.
    String file = executable.getFileName().toString();
    return !executable.equals(program) && !file.startsWith("runc") && !file.contains(":runc");
  }

  @Override
  public List<String> execCommand(Container container, ContainerProcess process, Path pidFile)
      throws IOException {
    Path file = Files.createTempFile(container.bundle(), "exec", ".json");
    Files.writeString(file, process.toJson().toString());
    // The file goes once the program has read it; the shell waits, so that its exit code is ours.
    return List.of(
        "/bin/sh",
        "-c",
        "\"$@\"; code=$?; rm -f \"$0\"; exit $code",
        file.toString(),
        program.toString(),
        "--root",
        stateFolder.toString(),
        "exec",
        "--process",
        file.toString(),
        "--pid-file",
        pidFile.toString(),
        container.id());
  }

  @Override
  public void forget(String id) throws IOException {
    Command.run(
        LIMIT,
        "",
        4096,
        List.of(program.toString(), "--root", stateFolder.toString(), "delete", "--force", id));
  }

  private JsonObject config(ContainerSpec spec) throws IOException {
    JsonObject config = new JsonObject();
    config.addProperty("ociVersion", "1.0.2");
    config.add("process", spec.process().toJson());
    JsonObject root = new JsonObject();
    root.addProperty("path", "rootfs");
    root.addProperty("readonly", spec.readonlyRoot());
    config.add("root", root);
    JsonArray mounts = new JsonArray();
    spec.mounts().forEach(m -> mounts.add(mount(m)));
    config.add("mounts", mounts);
    config.add("linux", linux(spec));
    if (!Cgroup.isV2()) {
      config.add("hooks", countMemoryInOurGroup(spec));
    }
    return config;
  }

  private static JsonObject mount(MountPoint mount) {
    JsonObject json = new JsonObject();
    json.addProperty("destination", mount.destination());
    json.addProperty("type", mount.type());
    json.addProperty("source", mount.source());
    json.add("options", ContainerProcess.strings(mount.options()));
    return json;
  }

  private JsonObject linux(ContainerSpec spec) throws IOException {
    JsonObject linux = new JsonObject();
    JsonArray namespaces = new JsonArray();
    namespaces.add(namespace("mount", Optional.empty()));
    spec.networkNamespace().ifPresent(p -> namespaces.add(namespace("network", Optional.of(p))));
    spec.ipcNamespace().ifPresent(p -> namespaces.add(namespace("ipc", Optional.of(p))));
    spec.utsNamespace().ifPresent(p -> namespaces.add(namespace("uts", Optional.of(p))));
    if (!spec.hostPid()) {
      namespaces.add(namespace("pid", spec.pidNamespace()));
    }
    linux.add("namespaces", namespaces);
    linux.addProperty("cgroupsPath", spec.cgroup().path() + "/container");
    if (!spec.privileged()) {
      linux.add("maskedPaths", ContainerProcess.strings(spec.maskedPaths()));
      linux.add("readonlyPaths", ContainerProcess.strings(spec.readonlyPaths()));
    }
    linux.add("resources", devices(spec.privileged()));
    switch (spec.seccomp()) {
      case Seccomp.Unconfined _ -> {}
      case Seccomp.RuntimeDefault _ ->
          linux.add("seccomp", SeccompProfile.of(spec.process().capabilities()));
      case Seccomp.Profile(Path file) ->
          linux.add("seccomp", JsonParser.parseString(Files.readString(file)));
    }
    return linux;
  }

  private static JsonObject namespace(String type, Optional<Path> path) {
    JsonObject namespace = new JsonObject();
    namespace.addProperty("type", type);
    path.ifPresent(p -> namespace.addProperty("path", p.toString()));
    return namespace;
  }

  /// Nothing but what the runtimes allow anyway (null, zero, random, terminals), unless privileged.
  private static JsonObject devices(boolean privileged) {
    JsonObject all = new JsonObject();
    all.addProperty("allow", privileged);
    all.addProperty("access", "rwm");
    JsonArray devices = new JsonArray();
    devices.add(all);
    JsonObject resources = new JsonObject();
    resources.add("devices", devices);
    return resources;
  }

  /// On v1 an OOM kill is counted only in the very group of the victim, and the OCI runtime deletes
  /// its group before anyone can look. So the first process moves up into ours before it starts.
  private static JsonObject countMemoryInOurGroup(ContainerSpec spec) {
    String script =
        "pid=$(sed -n 's/.*\"pid\"[: ]*\\([0-9][0-9]*\\).*/\\1/p'); [ -z \"$pid\" ] || echo $pid > "
            + quote(spec.cgroup().memoryProcs());
    JsonObject hook = new JsonObject();
    hook.addProperty("path", "/bin/sh");
    hook.add("args", ContainerProcess.strings(List.of("sh", "-c", script)));
    JsonArray list = new JsonArray();
    list.add(hook);
    JsonObject hooks = new JsonObject();
    hooks.add("createRuntime", list);
    return hooks;
  }
}
