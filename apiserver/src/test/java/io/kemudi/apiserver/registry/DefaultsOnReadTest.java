package io.kemudi.apiserver.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.kemudi.apiserver.storage.ValueForm;
import io.kemudi.kubernetes.core.v1.Service;
import io.kemudi.kubernetes.core.v1.ServicePort;
import io.kemudi.kubernetes.core.v1.ServiceSpec;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import io.kemudi.store.KeyValue;
import io.kemudi.store.RangeRequest;
import io.kemudi.store.Txn;
import io.kemudi.store.memory.MemoryStore;
import io.kemudi.time.SystemTimers;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What an older server stored without the defaults of today.
@Timeout(30)
class DefaultsOnReadTest {
  private static final String KEY = "/registry/services/specs/n/old";

  @Test
  void whatWasStoredWithoutDefaultsIsServedWithThem() {
    try (ApiFixture api = new ApiFixture(storeWithAnOldService())) {
      StoredObject read = api.registry.get(api.context, service(api), "");

      assertThat(ApiFixture.at(read, "spec", "sessionAffinity")).isEqualTo("None");
      assertThat(ApiFixture.at(read, "spec", "type")).isEqualTo("ClusterIP");
      assertThat(read.stale()).isTrue();
    }
  }

  @Test
  void theNextWriteStoresItAnewEvenIfItChangesNothing() {
    MemoryStore store = storeWithAnOldService();
    byte[] before = stored(store).value();
    try (ApiFixture api = new ApiFixture(store)) {
      StoredObject written = api.merge(service(api), "{}").object();

      assertThat(stored(store).value()).isNotEqualTo(before);
      assertThat(stored(store).modRevision()).isEqualTo(written.revision());
      StoredObject read = api.registry.get(api.context, service(api), "");
      assertThat(read.stale()).isFalse();
      long again = api.merge(service(api), "{}").object().revision();
      assertThat(again).isEqualTo(written.revision());
      assertThat(Arrays.equals(read.bytes(), written.bytes())).isTrue();
    }
  }

  private static Target service(ApiFixture api) {
    return api.core("services", "n", "old");
  }

  private static KeyValue stored(MemoryStore store) {
    return store.range(RangeRequest.prefix(KEY)).pairs().getFirst();
  }

  private static MemoryStore storeWithAnOldService() {
    MemoryStore store = new MemoryStore(new SystemTimers());
    ByteString message =
        Service.newBuilder()
            .setMetadata(
                ObjectMeta.newBuilder()
                    .setName("old")
                    .setNamespace("n")
                    .setUid("00000000-0000-0000-0000-000000000001"))
            .setSpec(
                ServiceSpec.newBuilder()
                    .setClusterIP("None")
                    .addClusterIPs("None")
                    .addPorts(ServicePort.newBuilder().setPort(80)))
            .build()
            .toByteString();
    byte[] value = ValueForm.protobuf("v1", "Service").toValue(message.toByteArray());
    store.txn(Txn.builder().put(KEY, value).build());
    return store;
  }
}
