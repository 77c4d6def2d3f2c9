package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.cel.CelNames;
import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.LabelSelectorValidation;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.admissionregistration.v1.MatchResources;
import io.kemudi.kubernetes.admissionregistration.v1.ParamKind;
import io.kemudi.kubernetes.admissionregistration.v1.ParamRef;
import io.kemudi.kubernetes.admissionregistration.v1.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What the two kinds of admission policies, and their bindings, share.
final class AdmissionPolicyValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");

  private AdmissionPolicyValidation() {}

  static void failurePolicy(boolean present, String policy, FieldErrors errors) {
    FieldPath path = SPEC.child("failurePolicy");
    if (present) {
      Checks.oneOf(policy, AdmissionRules.FAILURE_POLICIES, path, errors);
    } else {
      errors.required(path);
    }
  }

  static void paramKind(ParamKind kind, FieldErrors errors) {
    FieldPath path = SPEC.child("paramKind");
    apiVersion(kind.getApiVersion(), path.child("apiVersion"), errors);
    if (kind.getKind().isEmpty()) {
      errors.required(path.child("kind"));
      return;
    }
    List<String> wrong = Names.dns1035Label(kind.getKind().toLowerCase(Locale.ROOT));
    if (!wrong.isEmpty()) {
      errors.invalid(
          path.child("kind"),
          kind.getKind(),
          "may have mixed case, but should otherwise match: " + String.join(",", wrong));
    }
  }

  private static void apiVersion(String text, FieldPath path, FieldErrors errors) {
    if (text.isEmpty()) {
      errors.required(path);
      return;
    }
    String[] parts = text.equals("/") ? new String[] {""} : text.split("/", -1);
    if (parts.length > 2) {
      errors.invalid(path, text, "unexpected GroupVersion string: " + text);
      return;
    }
    String group = parts.length == 2 ? parts[0] : "";
    String version = parts[parts.length - 1];
    if (!group.isEmpty()) {
      joined(group, Names.dnsSubdomain(group), path, errors);
    }
    if (version.isEmpty()) {
      errors.invalid(path, text, "version must be specified");
    } else {
      joined(version, Names.dns1035Label(version), path, errors);
    }
  }

  private static void joined(String value, List<String> wrong, FieldPath path, FieldErrors errors) {
    if (!wrong.isEmpty()) {
      errors.invalid(path, value, String.join(",", wrong));
    }
  }

  static void matchConstraints(boolean present, MatchResources match, FieldErrors errors) {
    FieldPath path = SPEC.child("matchConstraints");
    if (!present) {
      errors.required(path);
      return;
    }
    new AdmissionRules(errors).matchResources(match, path);
    if (match.getResourceRulesCount() == 0) {
      errors.required(path.child("resourceRules"));
    }
  }

  /// Checks the variables and answers what expressions after them may use.
  static ExpressionCheck.Scope variables(
      List<Variable> variables,
      boolean hasParams,
      ExpressionFields expressions,
      FieldErrors errors) {
    List<ExpressionCheck.Variable> known = new ArrayList<>();
    for (int i = 0; i < variables.size(); i++) {
      Variable variable = variables.get(i);
      FieldPath path = SPEC.child("variables").index(i);
      if (variable.getName().isBlank()) {
        errors.required(path.child("name"), "name is not specified");
      } else if (!CelNames.isIdentifier(variable.getName())) {
        errors.invalid(path.child("name"), variable.getName(), "must be a valid CEL identifier");
      }
      expressions.required(
          ExpressionCheck.Place.POLICY_VARIABLE,
          variable.getExpression(),
          new ExpressionCheck.Scope(hasParams, known),
          "expression is not specified",
          path.child("expression"));
      known.add(new ExpressionCheck.Variable(variable.getName(), variable.getExpression()));
    }
    return new ExpressionCheck.Scope(hasParams, known);
  }

  static void policyName(String name, FieldErrors errors) {
    FieldPath path = SPEC.child("policyName");
    if (name.isEmpty()) {
      errors.required(path);
    } else {
      Checks.form(name, Names::dnsSubdomain, path, errors);
    }
  }

  static void paramRef(ParamRef reference, FieldErrors errors) {
    FieldPath path = SPEC.child("paramRef");
    String exclusive = "name and selector are mutually exclusive";
    boolean named = !reference.getName().isEmpty();
    if (named) {
      Checks.form(reference.getName(), Names::pathSegment, path.child("name"), errors);
      if (reference.hasSelector()) {
        errors.forbidden(path.child("name"), exclusive);
      }
    }
    if (reference.hasSelector()) {
      LabelSelectorValidation.validate(reference.getSelector(), path.child("selector"), errors);
      if (named) {
        errors.forbidden(path.child("selector"), exclusive);
      }
    }
    if (!named && !reference.hasSelector()) {
      errors.required(path, "one of name or selector must be specified");
    }
    FieldPath action = path.child("parameterNotFoundAction");
    if (reference.getParameterNotFoundAction().isEmpty()) {
      errors.required(action);
    } else {
      Checks.oneOf(
          reference.getParameterNotFoundAction(), List.of("Deny", "Allow"), action, errors);
    }
  }

  static void matchResources(MatchResources match, FieldErrors errors) {
    // Upstream's spelling.
    new AdmissionRules(errors).matchResources(match, SPEC.child("matchResouces"));
  }
}
