/// Admission by servers of others: ValidatingWebhookConfiguration and MutatingWebhookConfiguration.
///
/// A webhook that the cluster itself serves cannot lock the cluster: it is not asked about what
/// runs it while nothing of it runs ([OwnObjects]), one that fails again and again is left alone
/// for a while ([Breaker]), and who writes such a configuration is told ([WebhookCycles]).
@NullMarked
package io.kemudi.apiserver.admission.webhook;

import org.jspecify.annotations.NullMarked;
