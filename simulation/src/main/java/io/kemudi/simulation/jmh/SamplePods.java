package io.kemudi.simulation.jmh;

/// Pods as users write them.
public final class SamplePods {
  private SamplePods() {}

  /// A pod with one container, as a Deployment makes it, in JSON.
  public static String json(String name) {
    return """
    {"apiVersion":"v1","kind":"Pod","metadata":{"name":"%s","generateName":"web-","namespace":"default",\
    "uid":"2d8bd4f0-6f4e-4d1f-8d0c-0d5c0b8e7a11","creationTimestamp":"2026-01-01T00:00:00Z",\
    "labels":{"app":"web","tier":"front","pod-template-hash":"5d4f8c7b9"},\
    "annotations":{"example.com/team":"platform"},"ownerReferences":[{"apiVersion":"apps/v1",\
    "kind":"ReplicaSet","name":"web-5d4f8c7b9","uid":"7c1f5d0e-0c1a-4a8b-9b1e-4f5b1f6f2c22",\
    "controller":true,"blockOwnerDeletion":true}]},"spec":{"volumes":[{"name":"kube-api-access-x7k2p",\
    "projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},\
    {"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}}],"defaultMode":420}}],\
    "containers":[{"name":"web","image":"registry.example.com/team/web:1.2.3","ports":[{"name":"http",\
    "containerPort":8080,"protocol":"TCP"}],"env":[{"name":"MODE","value":"production"}],\
    "resources":{"limits":{"memory":"64Mi"},"requests":{"cpu":"100m","memory":"64Mi"}},\
    "volumeMounts":[{"name":"kube-api-access-x7k2p","readOnly":true,\
    "mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}],"readinessProbe":{"httpGet":{"path":"/healthz",\
    "port":"http","scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3},\
    "terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent"}],\
    "restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst",\
    "serviceAccountName":"default","serviceAccount":"default","nodeName":"node-1","securityContext":{},\
    "schedulerName":"default-scheduler"},"status":{"phase":"Running","qosClass":"Burstable",\
    "hostIP":"10.0.0.1","podIP":"10.244.0.7","podIPs":[{"ip":"10.244.0.7"}],"startTime":"2026-01-01T00:00:01Z"}}\
    """
        .formatted(name);
  }
}
