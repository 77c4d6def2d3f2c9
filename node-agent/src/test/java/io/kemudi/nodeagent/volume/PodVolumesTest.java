package io.kemudi.nodeagent.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.nodeagent.podworker.FixedReferences;
import io.kemudi.nodeagent.podworker.Pods;
import io.kemudi.time.ManualTime;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PodVolumesTest {
  @TempDir Path dir;
  private final FixedReferences references = new FixedReferences();
  private PodVolumes volumes;

  @BeforeEach
  void setUp() {
    volumes =
        new PodVolumes(
            new VolumeDirectories(dir.resolve("data"), dir.resolve("memory")),
            VolumeMounts.NONE,
            references,
            new ServiceAccountTokens(references, new ManualTime()),
            Map::of,
            0);
  }

  private Path prepared(Pod.Builder pod, String volume) {
    return Objects.requireNonNull(volumes.prepare(pod.build()).get(volume));
  }

  @Test
  void projectsTokenConfigMapSecretAndThePodItself() {
    references.putConfigMap("kube-root-ca.crt", Map.of("ca.crt", "CA"));
    references.putSecret("key", Map.of("tls.key", "KEY", "other", "x"));
    Pod.Builder pod = Pods.pod("web");
    pod.getMetadataBuilder().putLabels("app", "we\"b");
    var projected =
        pod.getSpecBuilder()
            .addVolumesBuilder()
            .setName("all")
            .getVolumeSourceBuilder()
            .getProjectedBuilder();
    projected.addSourcesBuilder().getServiceAccountTokenBuilder().setPath("token");
    projected
        .addSourcesBuilder()
        .getConfigMapBuilder()
        .getLocalObjectReferenceBuilder()
        .setName("kube-root-ca.crt");
    var secret = projected.addSourcesBuilder().getSecretBuilder();
    secret.getLocalObjectReferenceBuilder().setName("key");
    secret.addItemsBuilder().setKey("tls.key").setPath("tls/key.pem");
    projected
        .addSourcesBuilder()
        .getDownwardAPIBuilder()
        .addItemsBuilder()
        .setPath("labels")
        .getFieldRefBuilder()
        .setFieldPath("metadata.labels");

    Path path = prepared(pod, "all");

    assertThat(path).startsWith(dir.resolve("memory"));
    assertThat(path.resolve("token")).hasContent("token-1");
    assertThat(path.resolve("ca.crt")).hasContent("CA");
    assertThat(path.resolve("tls/key.pem")).hasContent("KEY");
    assertThat(path.resolve("other")).doesNotExist();
    assertThat(path.resolve("labels")).hasContent("app=\"we\\\"b\"");
    volumes.prepare(pod.build());
    assertThat(references.tokens).isEqualTo(1);
  }

  @Test
  void updatesReachTheSameDirectory() {
    references.putConfigMap("settings", Map.of("a", "1"));
    Pod.Builder pod = Pods.pod("web");
    pod.getSpecBuilder()
        .addVolumesBuilder()
        .setName("conf")
        .getVolumeSourceBuilder()
        .getConfigMapBuilder()
        .getLocalObjectReferenceBuilder()
        .setName("settings");
    Path path = prepared(pod, "conf");

    references.putConfigMap("settings", Map.of("a", "2", "b", "3"));
    volumes.prepare(pod.build());

    assertThat(path.resolve("a")).hasContent("2");
    assertThat(path.resolve("b")).hasContent("3");
  }

  @Test
  void optionalSourcesMayBeMissing() {
    Pod.Builder pod = Pods.pod("web");
    var secret =
        pod.getSpecBuilder()
            .addVolumesBuilder()
            .setName("s")
            .getVolumeSourceBuilder()
            .getSecretBuilder();
    secret.setSecretName("nobody").setOptional(true);

    assertThat(prepared(pod, "s")).isDirectory();
  }

  @Test
  void namesTheTypeItCannotProvide() {
    Pod.Builder pod = Pods.pod("web");
    pod.getSpecBuilder()
        .addVolumesBuilder()
        .setName("disk")
        .getVolumeSourceBuilder()
        .getPersistentVolumeClaimBuilder()
        .setClaimName("c");

    assertThatThrownBy(() -> volumes.prepare(pod.build()))
        .isInstanceOf(VolumeFailure.class)
        .hasMessage(
            "MountVolume.SetUp failed for volume \"disk\" : this node cannot provide volumes of"
                + " the type persistentVolumeClaim");
  }

  @Test
  void checksWhatAHostPathIs() throws Exception {
    Pod.Builder pod = Pods.pod("web");
    var host =
        pod.getSpecBuilder()
            .addVolumesBuilder()
            .setName("h")
            .getVolumeSourceBuilder()
            .getHostPathBuilder();
    host.setPath(dir.resolve("made").toString()).setType("DirectoryOrCreate");
    assertThat(prepared(pod, "h")).isDirectory();

    host.setType("Socket");
    assertThatThrownBy(() -> volumes.prepare(pod.build()))
        .hasMessageContaining("hostPath type check failed")
        .hasMessageContaining("is not a socket file");
  }
}
