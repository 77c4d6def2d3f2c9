package io.kemudi.apiserver.admission;

import io.kemudi.apiserver.admission.policy.MutatingPolicies;
import io.kemudi.apiserver.admission.policy.ValidatingPolicies;
import io.kemudi.apiserver.admission.webhook.MutatingWebhooks;
import io.kemudi.apiserver.admission.webhook.ValidatingWebhooks;
import io.kemudi.apiserver.admission.webhook.WebhookCycles;
import io.kemudi.apiserver.registry.ObjectReader;
import io.kemudi.time.Timers;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// The plugins of a default server, in upstream's order, and NodeRestriction, which is off there by
/// default and on in every cluster that is set up with care.
public final class DefaultPlugins {
  private DefaultPlugins() {}

  public static AdmissionChain chain(
      ObjectReader objects, RandomGenerator random, Timers timers, List<String> disabled) {
    List<AdmissionPlugin> plugins = new ArrayList<>();
    plugins.add(new NamespaceLifecycle(objects));
    plugins.add(new LimitRanger(objects));
    plugins.add(new ServiceAccountAdmission(objects, random));
    plugins.add(new NodeRestriction(objects));
    plugins.add(new TaintNodesByCondition());
    plugins.add(new PodSecurityAdmission(objects, PodSecurityAdmission.Exemptions.NONE));
    plugins.add(new PriorityAdmission(objects));
    plugins.add(new DefaultTolerationSeconds());
    plugins.add(new DefaultStorageClass(objects));
    plugins.add(new StorageObjectInUseProtection());
    plugins.add(new PersistentVolumeClaimResize(objects));
    plugins.add(new RuntimeClassAdmission(objects));
    plugins.add(new CertificateApproval());
    plugins.add(new CertificateSigning());
    plugins.add(new CertificateSubjectRestriction());
    plugins.add(new DefaultIngressClass(objects));
    plugins.add(new PodTopologyLabels(objects));
    plugins.add(new PodResizeValidator(objects));
    plugins.add(new RoleEscalation(objects));
    plugins.add(new WebhookCycles(objects, timers));
    plugins.add(new MutatingPolicies(objects));
    plugins.add(new MutatingWebhooks(objects, timers));
    plugins.add(new ValidatingPolicies(objects));
    plugins.add(new ValidatingWebhooks(objects, timers));
    plugins.add(new ResourceQuotaAdmission(objects, timers)); // last: it charges what is let in
    plugins.removeIf(plugin -> disabled.contains(plugin.name()));
    return new AdmissionChain(plugins);
  }
}
