package io.kemudi.nodeagent.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPoolTest {
  @Test
  void handsOutEveryAddressOnceAndLetsAReleasedOneRest() {
    AddressPool pool = new AddressPool("10.1.2.0/29");

    assertThat(pool.gateway()).isEqualTo("10.1.2.1");
    assertThat(pool.take()).isEqualTo("10.1.2.2");
    pool.release("10.1.2.2");
    assertThat(Stream.generate(pool::take).limit(5))
        .containsExactly("10.1.2.3", "10.1.2.4", "10.1.2.5", "10.1.2.6", "10.1.2.2");
    assertThatThrownBy(pool::take).hasMessage("all 5 pod addresses of the node are in use");
  }

  @Test
  void doesNotHandOutWhatAnEarlierLifeGave() {
    AddressPool pool = new AddressPool("10.1.2.0/24");

    pool.taken("10.1.2.2");
    pool.taken("10.9.9.9");

    assertThat(pool.take()).isEqualTo("10.1.2.3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0", "10.0.0.0/8", "10.0.0.0/30", "10.0.0/24", "10.0.0.300/24"})
  void refusesWhatIsNoRange(String cidr) {
    assertThatThrownBy(() -> new AddressPool(cidr)).isInstanceOf(IllegalArgumentException.class);
  }
}
