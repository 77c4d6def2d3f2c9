package io.kemudi.controllermanager.customresource;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinition;
import org.junit.jupiter.api.Test;

class CustomResourcesTest {
  @Test
  void aResourceIsReadAsItIsStoredWhereThatIsServed() {
    assertThat(CustomResources.metadata(Widgets.definition("v2"))).isEqualTo(Widgets.V2);
    CustomResourceDefinition.Builder other = Widgets.definition("v2").toBuilder();
    other.getSpecBuilder().getVersionsBuilder(1).setServed(false);
    assertThat(CustomResources.metadata(other.build())).isEqualTo(Widgets.V1);
    assertThat(CustomResources.metadata(other.build(), "v2")).isNull();
    other.getSpecBuilder().getVersionsBuilder(0).setServed(false);
    assertThat(CustomResources.metadata(other.build())).isNull();
  }

  @Test
  void thereIsNoneBeforeTheServerServesIt() {
    assertThat(CustomResources.metadata(Widgets.notYetServed())).isNull();
  }

  @Test
  void definitionsAreReadWithoutTheirSchemas() throws Exception {
    CustomResourceDefinition.Builder written = Widgets.definition("v1").toBuilder();
    CustomResourceDefinition read =
        CustomResources.DEFINITIONS.parser().parseFrom(written.build().toByteArray());
    written.getSpecBuilder().getVersionsBuilderList().forEach(v -> v.clearSchema());
    assertThat(read).isEqualTo(written.build());
  }
}
