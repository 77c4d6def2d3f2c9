package io.kemudi.launcher;

/// Manifests that run on nothing but the machine's own programs, and end within a second.
final class TestManifests {
  private TestManifests() {}

  static String configMap(String name, String key, String value) {
    return """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: %s}
    data: {%s: "%s"}
    """
        .formatted(name, key, value);
  }

  /// One container, `main`, running a shell script.
  static String pod(String name, String restartPolicy, String script) {
    return pod(name, restartPolicy, script, "{}");
  }

  /// As above, with `probe` as its liveness probe.
  static String pod(String name, String restartPolicy, String script, String probe) {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: %s}
    spec:
      restartPolicy: %s
      terminationGracePeriodSeconds: 1
      containers:
        - name: main
          image: kemudi.io/host
          command: [sh, -c, '%s']
    %s\
    """
        .formatted(
            name,
            restartPolicy,
            script,
            probe.equals("{}") ? "" : "      livenessProbe: " + probe + "\n");
  }

  /// A Deployment and a Service of web servers that say their pod's name; a server is ready as long
  /// as its file `index.html` is there.
  static String web(String name, int replicas) {
    return """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: NAME}
    spec:
      replicas: REPLICAS
      selector: {matchLabels: {app: NAME}}
      template:
        metadata: {labels: {app: NAME}}
        spec:
          terminationGracePeriodSeconds: 1
          containers:
            - name: web
              image: kemudi.io/host
              command: [sh, -c]
              args:
                - cd /tmp && echo "hello from $(POD_NAME)" > index.html && echo serving &&
                  exec busybox httpd -f -p 8080 -h /tmp
              env:
                - name: POD_NAME
                  valueFrom: {fieldRef: {fieldPath: metadata.name}}
              ports: [{name: http, containerPort: 8080}]
              readinessProbe: {httpGet: {path: /, port: http}, periodSeconds: 1, failureThreshold: 1}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: NAME}
    spec:
      selector: {app: NAME}
      ports: [{name: http, port: 80, targetPort: http}]
    """
        .replace("NAME", name)
        .replace("POD_" + name, "POD_NAME")
        .replace("REPLICAS", Integer.toString(replicas));
  }
}
