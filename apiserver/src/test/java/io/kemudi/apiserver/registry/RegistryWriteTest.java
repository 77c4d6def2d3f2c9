package io.kemudi.apiserver.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RegistryWriteTest {
  private ApiFixture api;

  @BeforeEach
  void start() {
    api = new ApiFixture();
    api.namespace("life");
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void createFillsInWhatTheSystemOwns() {
    Reply reply = api.configMap("life", "c", "1");

    assertThat(reply.code()).isEqualTo(201);
    assertThat(ApiFixture.at(reply.object(), "metadata", "uid")).asString().hasSize(36);
    assertThat(ApiFixture.at(reply.object(), "metadata", "creationTimestamp")).isNotNull();
    assertThat(ApiFixture.at(reply.object(), "metadata", "namespace")).isEqualTo("life");
    assertThat(ApiFixture.at(reply.object(), "metadata", "resourceVersion"))
        .isEqualTo(Long.toString(reply.object().revision()));
    StoredObject got = api.registry.get(api.context, api.core("configmaps", "life", "c"), "");
    assertThat(got.bytes()).isEqualTo(reply.object().bytes());
  }

  @Test
  void createRefusesANameThatIsTaken() {
    api.configMap("life", "c", "1");

    assertThatThrownBy(() -> api.configMap("life", "c", "2"))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.is(StatusReason.ALREADY_EXISTS)).isTrue())
        .hasMessage("configmaps \"c\" already exists");
  }

  @Test
  void generateNameMakesNamesThatDiffer() {
    Target maps = api.core("configmaps", "life", "");
    String body = "{\"metadata\":{\"generateName\":\"g-\"}}";

    String first = api.create(maps, body).object().name();
    String second = api.create(maps, body).object().name();

    assertThat(first).startsWith("g-").hasSize(7).isNotEqualTo(second);
  }

  @Test
  void updateWithAnOldRevisionIsRefusedAndWithoutOneReplaces() {
    StoredObject first = api.configMap("life", "c", "1").object();
    Target target = api.core("configmaps", "life", "c");
    api.update(target, "{\"metadata\":{\"name\":\"c\"},\"data\":{\"a\":\"2\"}}");

    assertThatThrownBy(() ->
            api.update(
                target,
                "{\"metadata\":{\"name\":\"c\",\"resourceVersion\":\""
                    + first.revision()
                    + "\"},\"data\":{\"a\":\"3\"}}"))
        .hasMessage(
            "Operation cannot be fulfilled on configmaps \"c\": the object has been modified;"
                + " please apply your changes to the latest version and try again");
    assertThat(ApiFixture.at(api.registry.get(api.context, target, ""), "data", "a"))
        .isEqualTo("2");
  }

  @Test
  void writesThatChangeNothingDoNotTouchTheStore() {
    api.configMap("life", "c", "1");
    long before = api.store.revision();

    Reply reply = api.merge(api.core("configmaps", "life", "c"), "{\"data\":{\"a\":\"1\"}}");

    assertThat(reply.code()).isEqualTo(200);
    assertThat(api.store.revision()).isEqualTo(before);
  }

  @Test
  void mergePatchChangesWhatItNames() {
    api.configMap("life", "c", "1");

    Reply reply =
        api.merge(api.core("configmaps", "life", "c"), "{\"data\":{\"b\":\"2\",\"a\":null}}");

    assertThat(ApiFixture.at(reply.object(), "data")).isEqualTo(java.util.Map.of("b", "2"));
  }

  @Test
  void dryRunsLeaveNoTrace() {
    WriteOptions dryRun = new WriteOptions(true, "", "");
    Target maps = api.core("configmaps", "life", "");
    long before = api.store.revision();

    Reply created =
        api.registry.create(
            api.context, maps, ApiFixture.body("{\"metadata\":{\"name\":\"d\"}}"), dryRun);

    assertThat(created.code()).isEqualTo(201);
    assertThat(api.store.revision()).isEqualTo(before);
    assertThatThrownBy(() -> api.registry.get(api.context, maps.named("d"), ""))
        .hasMessage("configmaps \"d\" not found");
  }

  @Test
  void aFinishedDeleteAnswersAStatus() {
    api.configMap("life", "c", "1");

    Reply reply =
        api.registry.delete(api.context, api.core("configmaps", "life", "c"), DeleteOptions.NONE);

    assertThat(reply.object().form().kind()).isEqualTo("Status");
    assertThat(ApiFixture.at(reply.object(), "status")).isEqualTo("Success");
    assertThat(ApiFixture.at(reply.object(), "details", "kind")).isEqualTo("configmaps");
    assertThatThrownBy(() -> api.registry.get(api.context, api.core("configmaps", "life", "c"), ""))
        .hasMessage("configmaps \"c\" not found");
  }

  @Test
  void finalizersKeepAnObjectUntilTheyAreTaken() {
    api.create(
        api.core("configmaps", "life", ""),
        "{\"metadata\":{\"name\":\"f\",\"finalizers\":[\"a.b/c\"]}}");
    Target target = api.core("configmaps", "life", "f");

    Reply marked = api.registry.delete(api.context, target, DeleteOptions.NONE);
    assertThat(ApiFixture.at(marked.object(), "metadata", "deletionTimestamp")).isNotNull();
    assertThat(ApiFixture.at(marked.object(), "metadata", "deletionGracePeriodSeconds"))
        .isEqualTo(0L);

    api.merge(target, "{\"metadata\":{\"finalizers\":null}}");
    assertThatThrownBy(() -> api.registry.get(api.context, target, ""))
        .hasMessage("configmaps \"f\" not found");
  }

  @Test
  void preconditionsOfADeleteAreCheckedInUpstreamsWords() {
    StoredObject object = api.configMap("life", "c", "1").object();
    Target target = api.core("configmaps", "life", "c");
    DeleteOptions other = new DeleteOptions(null, null, null, null, "1", false);

    assertThatThrownBy(() -> api.registry.delete(api.context, target, other))
        .hasMessage(
            "Operation cannot be fulfilled on ConfigMap \"c\": the ResourceVersion in the"
                + " precondition (1) does not match the ResourceVersion in record ("
                + object.revision()
                + "). The object might have been modified");
  }

  @Test
  void everyWriteSaysWhoManagesWhat() {
    StoredObject created = api.configMap("life", "c", "1").object();

    assertThat(ApiFixture.json(created))
        .contains("\"manager\":\"test\",\"operation\":\"Update\",\"apiVersion\":\"v1\"")
        .contains("\"fieldsV1\":{\"f:data\":{\".\":{},\"f:a\":{}}}");
  }

  @Test
  void appliesCreateMergeAndConflict() {
    Target target = api.core("configmaps", "life", "a");

    Reply created = apply(target, "one", "1", false);
    Reply merged = apply(target, "one", "2", false);

    assertThat(created.code()).isEqualTo(201);
    assertThat(merged.code()).isEqualTo(200);
    assertThat(ApiFixture.at(merged.object(), "data", "k")).isEqualTo("2");
    assertThatThrownBy(() -> apply(target, "two", "3", false))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.is(StatusReason.CONFLICT)).isTrue());
    assertThat(ApiFixture.at(apply(target, "two", "3", true).object(), "data", "k")).isEqualTo("3");
    long before = api.store.revision();
    apply(target, "two", "3", false);
    assertThat(api.store.revision()).isEqualTo(before);
  }

  private Reply apply(Target target, String manager, String value, boolean force) {
    String yaml =
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: \"" + value + "\"\n";
    Patch patch =
        new Patch(Patch.Type.APPLY, yaml.getBytes(java.nio.charset.StandardCharsets.UTF_8), force);
    return api.registry.patch(api.context, target, patch, WriteOptions.by(manager));
  }
}
