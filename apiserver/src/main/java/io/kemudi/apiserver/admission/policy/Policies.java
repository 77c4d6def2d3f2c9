package io.kemudi.apiserver.admission.policy;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apiserver.admission.AdmissionRequest;
import io.kemudi.apiserver.admission.match.Configured;
import io.kemudi.apiserver.admission.match.Constraints;
import io.kemudi.apiserver.admission.match.SeenRequest;
import io.kemudi.apiserver.registry.ObjectReader;
import io.kemudi.apiserver.registry.ResourceRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The policies of one kind with their bindings, and which of them a request concerns.
final class Policies {
  private static final String GROUP = "admissionregistration.k8s.io";

  /// What no policy is asked about, so that a wrong one can always be taken away.
  private static final Set<String> EXEMPT =
      Set.of(
          "validatingadmissionpolicies",
          "validatingadmissionpolicybindings",
          "mutatingadmissionpolicies",
          "mutatingadmissionpolicybindings");

  private final ObjectReader reader;
  private final Configured<Policy> policies;
  private final Configured<Binding> bindings;

  /// @param resource the plural of the policies, such as `validatingadmissionpolicies`
  Policies(ObjectReader reader, String resource, Configured.Maker<Policy> maker) {
    this.reader = reader;
    this.policies = new Configured<>(reader, resource + "." + GROUP, maker);
    String bound = resource.replace("policies", "policybindings");
    this.bindings = new Configured<>(reader, bound + "." + GROUP, (tree, _) -> Binding.of(tree));
  }

  /// A policy to ask, through one binding, with one parameter. With a `problem` it cannot be asked;
  /// `binding` is null when the policy itself is the problem.
  record Asked(
      Policy policy,
      @Nullable Binding binding,
      ResourceRow row,
      @Nullable Map<String, @Nullable Object> params,
      String problem) {
    /// One of them in one request.
    String id() {
      String object = params == null ? "" : String.valueOf(params.get("metadata"));
      return policy.name() + "/" + (binding == null ? "" : binding.name()) + "/" + object;
    }

    /// `policy 'a' with binding 'b'`.
    String named() {
      return "'"
          + policy.name()
          + "'"
          + (binding == null ? "" : " with binding '" + binding.name() + "'");
    }
  }

  /// Those that a request concerns, in the order of their names.
  List<Asked> concerning(AdmissionRequest request) {
    List<Policy> all = policies.all();
    if (all.isEmpty() || isExempt(request)) {
      return List.of();
    }
    List<Binding> bound = bindings.all();
    List<Asked> asked = new ArrayList<>();
    for (Policy policy : all) {
      List<Binding> its =
          bound.stream().filter(binding -> binding.policy().equals(policy.name())).toList();
      if (!its.isEmpty()) {
        addPolicy(request, policy, its, asked);
      }
    }
    return asked;
  }

  private static boolean isExempt(AdmissionRequest request) {
    return request.target().row().group().equals(GROUP)
        && EXEMPT.contains(request.target().row().resource());
  }

  private void addPolicy(
      AdmissionRequest request, Policy policy, List<Binding> bound, List<Asked> asked) {
    ResourceRow own = request.target().row();
    Constraints constraints = policy.constraints();
    if (constraints == null) {
      asked.add(new Asked(policy, null, own, null, policy.problem()));
      return;
    }
    ResourceRow row;
    try {
      row = constraints.choose(request, reader);
    } catch (ApiException e) {
      asked.add(new Asked(policy, null, own, null, e.text()));
      return;
    }
    if (row != null) {
      for (Binding binding : bound) {
        addBinding(request, policy, binding, row, asked);
      }
    }
  }

  private void addBinding(
      AdmissionRequest request,
      Policy policy,
      Binding binding,
      ResourceRow row,
      List<Asked> asked) {
    Constraints constraints = binding.constraints();
    if (constraints == null) {
      asked.add(new Asked(policy, binding, row, null, binding.problem()));
      return;
    }
    try {
      if (constraints.choose(request, reader) != null) {
        String namespace = new SeenRequest(request, reader.forms(), row).namespace();
        for (Map<String, @Nullable Object> params :
            Parameters.of(policy, binding, namespace, reader.forms())) {
          asked.add(new Asked(policy, binding, row, params, ""));
        }
      }
    } catch (ApiException e) {
      asked.add(new Asked(policy, binding, row, null, e.text()));
    } catch (Parameters.NotFollowable e) {
      asked.add(new Asked(policy, binding, row, null, e.text()));
    }
  }

  /// The namespace of a request as expressions see it: null for what is in none.
  @Nullable Map<String, @Nullable Object> namespace(AdmissionRequest request) {
    String name = request.target().namespace();
    return name.isEmpty() ? null : reader.cached("namespaces", "", name);
  }

  SeenRequest seen(AdmissionRequest request, ResourceRow row) {
    return new SeenRequest(request, reader.forms(), row);
  }
}
