package io.kemudi.apimachinery.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.schema.Schema;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          apps.v1.DeploymentSpec, replica, replicas
          apps.v1.DeploymentSpec, Replicas, replicas
          apps.v1.DeploymentSpec, progressDeadlineSecond, progressDeadlineSeconds
          core.v1.Container, imagee, image
          core.v1.Container, iamge, image
          core.v1.Container, env_from, envFrom
          core.v1.Container, livelinessProbe, livenessProbe
          core.v1.SecretVolumeSource, name, secretName
          networking.v1.IngressBackend, serviceName, service
          core.v1.PodSpec, bogus,
          core.v1.Container, zip,
          apps.v1.DaemonSetSpec, replicas,
          """)
  void namesWhatWasProbablyMeant(String type, String wrong, String nearest) {
    List<String> known =
        Schema.message(type).jsonFields().stream().map(field -> field.jsonName).toList();

    assertThat(NearestName.of(wrong, known)).isEqualTo(nearest);
  }
}
