package io.kemudi.apimachinery.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apimachinery.validation.FieldError;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Rules of storage, policies, flow control, certificates and devices that no recorded refusal
/// shows.
class PolicyKindRulesTest {
  private static final String CAPACITY =
      "'capacity':{'storage':'1Gi'},'accessModes':['ReadWriteOnce']";

  /// @param kind of `group/kind`, the core group is empty
  /// @param fields of the object beside its metadata, in JSON with single quotes
  /// @param expected the reasons and places of all errors
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "/PersistentVolume | 'spec':{CAPACITY,'nfs':{'server':'a','path':'b'}} | INVALID spec.nfs.path",
        "/PersistentVolume | 'spec':{CAPACITY,'iscsi':{'targetPortal':'a','iqn':'x'}} | INVALID spec.iscsi.iqn",
        "/PersistentVolume | 'spec':{CAPACITY,'fc':{}} | REQUIRED spec.fc.targetWWNs",
        "/PersistentVolume | 'spec':{CAPACITY,'csi':{'driver':'d'}} | REQUIRED spec.csi.volumeHandle",
        "/PersistentVolume | 'spec':{CAPACITY,'local':{'path':'/a/../b'},'nodeAffinity':{}} | REQUIRED spec.nodeAffinity.required, INVALID spec.local.path",
        "/PersistentVolumeClaim | 'spec':{'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'1'}},'dataSourceRef':{'kind':'A','name':'b'}} | INVALID spec.dataSource, INVALID spec.dataSourceRef",
        "/ResourceQuota | 'spec':{'hard':{'pods':'500m'}} | INVALID spec.hard[pods]",
        "/ResourceQuota | 'spec':{'scopeSelector':{'matchExpressions':[{'scopeName':'PriorityClass','operator':'In'}]}} | REQUIRED spec.scopeSelector.matchExpressions.values",
        "/LimitRange | 'spec':{'limits':[{'type':'X'}]} | INVALID spec.limits[0].type",
        "storage.k8s.io/VolumeAttributesClass | 'driverName':'a' | REQUIRED parameters",
        "storage.k8s.io/CSIDriver | 'spec':{'tokenRequests':[{'audience':'a'},{'audience':'a'}]} | DUPLICATE spec.tokenRequests[1].audience",
        "storage.k8s.io/CSINode | 'spec':{'drivers':[{'name':'a','nodeID':'n'},{'name':'a','nodeID':'n'}]} | DUPLICATE spec.drivers[1].name",
        "storage.k8s.io/VolumeAttachment | 'spec':{'attacher':'a','nodeName':'n','source':{'persistentVolumeName':''}} | REQUIRED spec.source.persistentVolumeName",
        "node.k8s.io/RuntimeClass | 'handler':'h','scheduling':{'nodeSelector':{'a b':'c'}} | INVALID scheduling.nodeSelector",
        "flowcontrol.apiserver.k8s.io/FlowSchema | 'spec':{'matchingPrecedence':1,'priorityLevelConfiguration':{'name':'p'}} | INVALID spec.matchingPrecedence",
        "flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration | 'spec':{'type':'Limited','limited':{'limitResponse':{'type':'Queue','queuing':{'queues':4,'handSize':8}}}} | INVALID spec.limited.limitResponse.queuing.handSize",
        "apiregistration.k8s.io/APIService | 'spec':{'group':'g','version':'n','groupPriorityMinimum':1,'versionPriority':1,'service':{'name':'s'}} | REQUIRED spec.service.namespace",
        "admissionregistration.k8s.io/ValidatingWebhookConfiguration | 'webhooks':[{'name':'a.b','admissionReviewVersions':['v9'],'sideEffects':'None','clientConfig':{'url':'https://u@h?q'}}] | INVALID webhooks[0].name, INVALID webhooks[0].clientConfig.url, INVALID webhooks[0].clientConfig.url, INVALID webhooks[0].admissionReviewVersions",
        "admissionregistration.k8s.io/MutatingAdmissionPolicy | 'spec':{'matchConstraints':{'resourceRules':[{'operations':['CREATE'],'apiGroups':[''],'apiVersions':['v1'],'resources':['pods','pods/*','pods/log']}]},'reinvocationPolicy':'Never'} | INVALID spec.matchConstraints.resourceRules[0].resources[2], REQUIRED spec.mutations",
        "resource.k8s.io/DeviceClass | 'spec':{'selectors':[{'cel':{'expression':'device.driver'}}],'config':[{}]} | INVALID spec.selectors[0].cel.expression, REQUIRED spec.config[0].opaque",
        "resource.k8s.io/ResourceSlice | 'spec':{'driver':'d','pool':{'name':'p','resourceSliceCount':1},'devices':[{'name':'a','attributes':{'x':{}}}]} | REQUIRED spec, INVALID spec.devices[0].attributes[x]",
        "resource.k8s.io/ResourceClaim | 'spec':{'devices':{'requests':[{'name':'r','exactly':{'deviceClassName':'c'}}],'constraints':[{'requests':['q'],'matchAttribute':'a'}]}} | INVALID spec.devices.constraints[0].requests[0], INVALID spec.devices.constraints[0].matchAttribute",
        "certificates.k8s.io/CertificateSigningRequest | 'spec':{'request':'eA==','signerName':'a.b/c','usages':['any','any','x']} | INVALID spec.request, NOT_SUPPORTED spec.usages[2], DUPLICATE spec.usages[1]",
      })
  void refuses(String kind, String fields, String expected) throws Exception {
    List<FieldError> errors = errors(kind, fields);

    assertThat(errors.stream().map(one -> one.type() + " " + one.field()))
        .as("%s", errors)
        .containsExactlyInAnyOrder(expected.split(", "));
  }

  @Test
  void advisesAboutOldWaysToSayAClass() throws Exception {
    Kind kind = Kinds.of("", "PersistentVolume");
    Message volume =
        message(
            kind,
            tree(
                "'metadata':{'name':'n','annotations':{'volume.beta.kubernetes.io/storage-class':'x'}},"
                    + "'spec':{'persistentVolumeReclaimPolicy':'Recycle'}"));

    assertThat(kind.warnings(volume, null))
        .containsExactly(
            "metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use"
                + " \"storageClassName\" attribute instead",
            "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the"
                + " recommended approach is to use dynamic provisioning.");
  }

  @Test
  void tellsWhatChangedInAClaim() throws Exception {
    Kind kind = Kinds.of("", "PersistentVolumeClaim");
    String spec = "'spec':{'accessModes':['%s'],'resources':{'requests':{'storage':'1Gi'}}}";
    String meta = "'metadata':{'name':'n','namespace':'d'},";
    Message old = message(kind, tree(meta + spec.formatted("ReadWriteOnce")));
    Message now = message(kind, tree(meta + spec.formatted("ReadWriteMany")));

    assertThat(kind.validateUpdate(now, old, "").getFirst().detail())
        .isEqualTo(
            """
            spec is immutable after creation except resources.requests and volumeAttributesClassName \
            for bound claims
            @@ -1,6 +1,6 @@
             {
              "AccessModes": [
            -  "ReadWriteOnce"
            +  "ReadWriteMany"
              ],
              "Selector": null,
              "Resources": {
            """);
  }

  private static List<FieldError> errors(String groupKind, String fields) throws Exception {
    String[] parts = groupKind.strip().split("/", -1);
    Kind kind = Kinds.of(parts[0], parts[1]);
    ResourceInfo info = ResourceInfos.hub(parts[0], parts[1]).orElseThrow();
    String name = parts[1].equals("APIService") ? "n.g" : "n";
    String namespace = info.namespaced() ? ",'namespace':'default'" : "";
    Map<String, @Nullable Object> tree =
        tree(
            "'metadata':{'name':'"
                + name
                + "'"
                + namespace
                + "},"
                + fields.replace("CAPACITY", CAPACITY));
    kind.applyDefaults(tree);
    kind.prepareForCreate(tree);
    return kind.validate(message(kind, tree));
  }

  private static Map<String, @Nullable Object> tree(String fields) {
    return Json.parseObject(
        ("{" + fields.replace('\'', '"') + "}").getBytes(StandardCharsets.UTF_8));
  }

  private static Message message(Kind kind, Map<String, @Nullable Object> tree)
      throws InvalidProtocolBufferException {
    ResourceInfo info = ResourceInfos.hub(kind.group(), kind.kind()).orElseThrow();
    return kind.parser().parseFrom(ProtobufCodec.encode(Schema.message(info.messageType()), tree));
  }
}
