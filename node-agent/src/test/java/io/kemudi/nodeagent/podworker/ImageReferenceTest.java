package io.kemudi.nodeagent.podworker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {
  @ParameterizedTest
  @CsvSource({
    "busybox,busybox:latest,Always",
    "localhost:5000/a/b,localhost:5000/a/b:latest,Always",
    "registry.example/web:1.2,registry.example/web:1.2,IfNotPresent",
    "web@sha256:0123456789abcdef0123456789abcdef,web@sha256:0123456789abcdef0123456789abcdef,IfNotPresent",
  })
  void fillsInTheTagAndThePolicy(String image, String tagged, String policy) {
    assertThat(ImageReference.isValid(image)).isTrue();
    assertThat(ImageReference.withTag(image)).isEqualTo(tagged);
    assertThat(ImageReference.defaultPolicy(image)).isEqualTo(policy);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Web", "a b", "web:", "/web", "web:la test", "https://x/y"})
  void refusesWhatIsNone(String image) {
    assertThat(ImageReference.isValid(image)).isFalse();
  }
}
