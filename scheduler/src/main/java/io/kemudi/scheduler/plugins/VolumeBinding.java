package io.kemudi.scheduler.plugins;

import io.kemudi.kubernetes.core.v1.NodeSelectorTerm;
import io.kemudi.kubernetes.core.v1.PersistentVolume;
import io.kemudi.kubernetes.core.v1.PersistentVolumeClaim;
import io.kemudi.kubernetes.core.v1.Volume;
import io.kemudi.scheduler.framework.FilterPlugin;
import io.kemudi.scheduler.framework.FilterResult;
import io.kemudi.scheduler.framework.PodInfo;
import io.kemudi.scheduler.framework.Snapshot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lets pods with persistent volume claims run where their volumes are. Claims have to be bound
/// already: this scheduler chooses no volumes (`WaitForFirstConsumer`), and says so.
public final class VolumeBinding implements FilterPlugin {
  private static final FilterResult ELSEWHERE =
      FilterResult.unresolvable("node(s) didn't match PersistentVolume's node affinity");

  /// Where claims and volumes are looked up; null for one that is not there.
  public interface Volumes {
    Volumes NONE =
        new Volumes() {
          @Override
          public @Nullable PersistentVolumeClaim claim(String namespace, String name) {
            return null;
          }

          @Override
          public @Nullable PersistentVolume volume(String name) {
            return null;
          }
        };

    @Nullable PersistentVolumeClaim claim(String namespace, String name);

    @Nullable PersistentVolume volume(String name);
  }

  private final Volumes volumes;

  public VolumeBinding(Volumes volumes) {
    this.volumes = volumes;
  }

  @Override
  public String name() {
    return "VolumeBinding";
  }

  @Override
  public PreFilter preFilter(PodInfo pod, Snapshot nodes) {
    List<PersistentVolume> bound = new ArrayList<>();
    for (Volume volume : pod.pod().getSpec().getVolumesList()) {
      String claim = claimOf(pod, volume);
      String refusal = claim.isEmpty() ? "" : find(pod.key().namespace(), claim, bound);
      if (!refusal.isEmpty()) {
        return new PreFilter.Refused(FilterResult.unresolvable(refusal));
      }
    }
    return bound.isEmpty()
        ? PreFilter.SKIP
        : new PreFilter.OfCluster(row -> reach(bound, nodes, row));
  }

  /// Ephemeral volumes have a claim named after pod and volume.
  private static String claimOf(PodInfo pod, Volume volume) {
    var source = volume.getVolumeSource();
    if (source.hasPersistentVolumeClaim()) {
      return source.getPersistentVolumeClaim().getClaimName();
    }
    return source.hasEphemeral() ? pod.key().name() + "-" + volume.getName() : "";
  }

  /// Adds the claim's volume to `bound`, or says what is wrong.
  private String find(String namespace, String name, List<PersistentVolume> bound) {
    PersistentVolumeClaim claim = volumes.claim(namespace, name);
    if (claim == null) {
      return "persistentvolumeclaim \"" + name + "\" not found";
    }
    if (claim.getMetadata().hasDeletionTimestamp()) {
      return "persistentvolumeclaim \"" + name + "\" is being deleted";
    }
    String volumeName = claim.getSpec().getVolumeName();
    if (volumeName.isEmpty()) {
      return "pod has unbound immediate PersistentVolumeClaims";
    }
    PersistentVolume volume = volumes.volume(volumeName);
    if (volume == null) {
      return "persistentvolume \"" + volumeName + "\" not found";
    }
    bound.add(volume);
    return "";
  }

  private static FilterResult reach(List<PersistentVolume> bound, Snapshot nodes, int row) {
    for (PersistentVolume volume : bound) {
      var affinity = volume.getSpec().getNodeAffinity();
      if (affinity.hasRequired()
          && !anyMatches(affinity.getRequired().getNodeSelectorTermsList(), nodes, row)) {
        return ELSEWHERE;
      }
    }
    return FilterResult.FITS;
  }

  private static boolean anyMatches(List<NodeSelectorTerm> terms, Snapshot nodes, int row) {
    for (NodeSelectorTerm term : terms) {
      if (NodeTerms.matches(term, nodes.node(row))) {
        return true;
      }
    }
    return false;
  }
}
