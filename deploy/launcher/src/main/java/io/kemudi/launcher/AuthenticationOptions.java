package io.kemudi.launcher;

import io.kemudi.apiserver.auth.AnonymousAccess;
import io.kemudi.apiserver.auth.AuthenticationConfiguration;
import io.kemudi.apiserver.auth.RequestHeaderAuthenticator;
import io.kemudi.apiserver.server.ApiServerConfig.Authentication;
import io.kemudi.http.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Upstream's flags on who is known beside holders of certificates and tokens.
final class AuthenticationOptions {
  @Option(
      names = "--anonymous-auth",
      arity = "0..1",
      fallbackValue = "true",
      description = "lets in who shows nothing, for the authorizer to decide (default: true)")
  private @Nullable Boolean anonymous;

  @Option(
      names = "--authentication-config",
      paramLabel = "FILE",
      description = "AuthenticationConfiguration: where anonymous clients are let in")
  private @Nullable Path file;

  @Option(
      names = "--requestheader-client-ca-file",
      paramLabel = "FILE",
      description = "who signs front proxies, which are believed whom they name (default: none)")
  private @Nullable Path proxies;

  @Option(
      names = "--requestheader-allowed-names",
      split = ",",
      description = "common names of front proxies (default: all)")
  private List<String> names = new ArrayList<>();

  @Option(names = "--requestheader-username-headers", split = ",", paramLabel = "HEADER")
  private List<String> users = new ArrayList<>();

  @Option(names = "--requestheader-uid-headers", split = ",", paramLabel = "HEADER")
  private List<String> uids = new ArrayList<>();

  @Option(names = "--requestheader-group-headers", split = ",", paramLabel = "HEADER")
  private List<String> groups = new ArrayList<>();

  @Option(names = "--requestheader-extra-headers-prefix", split = ",", paramLabel = "PREFIX")
  private List<String> extras = new ArrayList<>();

  Authentication settings() throws IOException {
    return new Authentication(anonymous(), requestHeader());
  }

  private AnonymousAccess anonymous() throws IOException {
    if (file == null) {
      return Boolean.FALSE.equals(anonymous) ? AnonymousAccess.NOWHERE : AnonymousAccess.EVERYWHERE;
    }
    if (anonymous != null) {
      throw new UsageError("--anonymous-auth and --authentication-config say the same: use one");
    }
    ApiConnection.requireFile("--authentication-config", file);
    try {
      return AuthenticationConfiguration.parse(Files.readAllBytes(file));
    } catch (IllegalArgumentException e) {
      throw new UserError("the authentication configuration " + file + ": " + e.getMessage());
    }
  }

  private RequestHeaderAuthenticator.@Nullable Settings requestHeader() throws IOException {
    if (proxies == null) {
      if (!users.isEmpty() || !names.isEmpty()) {
        throw new UsageError("--requestheader-... needs --requestheader-client-ca-file");
      }
      return null;
    }
    ApiConnection.requireFile("--requestheader-client-ca-file", proxies);
    if (users.isEmpty()) {
      throw new UsageError(
          "--requestheader-client-ca-file needs --requestheader-username-headers,"
              + " such as X-Remote-User");
    }
    return new RequestHeaderAuthenticator.Settings(
        Pem.certificates(Files.readString(proxies)), names, users, uids, groups, extras);
  }
}
