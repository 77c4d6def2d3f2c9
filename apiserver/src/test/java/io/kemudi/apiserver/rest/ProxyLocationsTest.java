package io.kemudi.apiserver.rest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProxyLocationsTest {
  private static final String PROXY = "/api/v1/namespaces/n/pods/p/proxy";

  @Test
  void theRootOfTheProxiedServerIsWhatStandsBeforeTheRest() {
    assertThat(ProxyLocations.prefix(PROXY + "/a/b", "/a/b")).isEqualTo(PROXY);
    assertThat(ProxyLocations.prefix(PROXY + "/", "/")).isEqualTo(PROXY);
    assertThat(ProxyLocations.prefix(PROXY + "/a/", "/a/")).isEqualTo(PROXY);
    assertThat(ProxyLocations.prefix(PROXY, "")).isEqualTo(PROXY);
  }

  @Test
  void absolutePathsAreSeenThroughTheProxy() {
    assertThat(rewritten("/login?next=/a")).isEqualTo(PROXY + "/login?next=/a");
    assertThat(rewritten("http://10.1.2.3:80/dir/")).isEqualTo(PROXY + "/dir/");
    assertThat(rewritten("https://api:6443/x#top")).isEqualTo(PROXY + "/x#top");
  }

  @Test
  void otherPlacesStay() {
    assertThat(rewritten("https://example.com/login")).isEqualTo("https://example.com/login");
    assertThat(rewritten("sibling")).isEqualTo("sibling");
    assertThat(rewritten(PROXY + "/there")).isEqualTo(PROXY + "/there");
    assertThat(rewritten("http://not a uri")).isEqualTo("http://not a uri");
  }

  private static String rewritten(String location) {
    return ProxyLocations.rewritten(location, PROXY, "10.1.2.3:80", "api:6443");
  }
}
