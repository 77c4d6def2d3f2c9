package io.kemudi.apiserver.grpc;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apiserver.audit.AuditOrigin;
import io.kemudi.apiserver.audit.AuditRecord;
import io.kemudi.apiserver.audit.Auditor;
import io.kemudi.apiserver.registry.Authorizer;
import io.kemudi.apiserver.registry.Authorizer.Attributes;
import io.kemudi.apiserver.registry.RequestContext;
import io.kemudi.apiserver.registry.User;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/// What is asked for over gRPC, each in a context of its own and with a record in the audit, as the
/// same would have over REST. The sender is that of the gRPC call on whose thread this is made.
final class AuditedCalls {
  private static final int OK = 200;

  private final Authorizer authorizer;
  private final Auditor auditor;
  private final User user;
  private final String agent;
  private final List<String> sources;

  private AuditedCalls(
      Authorizer authorizer, Auditor auditor, User user, String agent, String source) {
    this.authorizer = authorizer;
    this.auditor = auditor;
    this.user = user;
    this.agent = agent;
    this.sources = source.isEmpty() ? List.of() : List.of(source);
  }

  /// Of the gRPC call that this thread runs.
  static AuditedCalls here(Authorizer authorizer, Auditor auditor) {
    return new AuditedCalls(
        authorizer, auditor, Identity.USER.get(), Identity.AGENT.get(), Identity.SOURCE.get());
  }

  /// A call that is over when it returns.
  <T> T run(Attributes asked, Function<RequestContext, T> call) {
    Open open = open(asked);
    try {
      T answer = call.apply(open.context);
      open.record.complete(OK);
      return answer;
    } catch (ApiException e) {
      open.refused(e);
      throw e;
    } catch (RuntimeException e) {
      open.record.panicked();
      throw e;
    }
  }

  /// A call that somebody else will end: a watch.
  Open open(Attributes asked) {
    AuditOrigin origin =
        new AuditOrigin(UUID.randomUUID().toString(), "/kemudi.cluster.v1.Cluster", sources, agent);
    AuditRecord record = auditor.begin(origin, user, asked);
    return new Open(new RequestContext(user, agent, authorizer, record), record);
  }

  /// @param record to be ended by whoever opened it
  record Open(RequestContext context, AuditRecord record) {
    void started() {
      record.started(OK);
    }

    void ended() {
      record.complete(OK);
    }

    void refused(ApiException why) {
      record.refused(why);
      record.complete(why.code());
    }
  }
}
