package io.kemudi.launcher;

import io.kemudi.client.api.ApiClient;
import io.kemudi.client.events.EventRecorder;
import io.kemudi.client.informer.SharedInformers;
import io.kemudi.scheduler.SchedulerComponent;
import io.kemudi.scheduler.SchedulerConfig;
import io.kemudi.scheduler.SchedulerEndpoint;
import io.kemudi.scheduler.SchedulerMetrics;
import io.kemudi.time.SystemTimers;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `kemudi scheduler`.
@Command(
    name = "scheduler",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Decides which node each pod runs on. Of several, the leader works.",
    footer = {
      "",
      "Examples:",
      "  kemudi scheduler --server 10.0.0.1:6444 --ca-file ca.crt --cert-file s.crt --key-file s.key",
      "  kemudi scheduler --kubeconfig scheduler.conf",
    })
final class SchedulerCommand implements Callable<Integer> {
  @Mixin private ApiConnection connection = new ApiConnection();

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      defaultValue = "10259",
      description = "/metrics and probes, on loopback over HTTP; 0 picks a free port")
  private int metricsPort;

  @Override
  public Integer call() throws Exception {
    var process = new RoleProcess();
    var timers = process.keep(new SystemTimers());
    ApiClient client = connection.open(process, timers);
    Leadership.await(process, client, "kube-scheduler", timers);
    var informers =
        process.keep(new SharedInformers(client, timers, ThreadLocalRandom.current().nextLong()));
    var events = process.keep(new EventRecorder(client, "default-scheduler", "", timers));
    events.start();
    var metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    var scheduler =
        process.keep(
            new SchedulerComponent(
                client,
                informers,
                events,
                SchedulerConfig.DEFAULT,
                timers,
                new SchedulerMetrics(metrics)));
    scheduler.start();
    process
        .keep(
            new SchedulerEndpoint(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), metricsPort),
                scheduler::ready,
                metrics::scrape))
        .start();
    informers.start();
    process.run();
    return 0;
  }
}
