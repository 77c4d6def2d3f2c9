package io.kemudi.apiserver.service;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.kemudi.apimachinery.codec.Envelope;
import io.kemudi.kubernetes.core.v1.RangeAllocation;
import io.kemudi.store.KeyValue;
import io.kemudi.store.Store;
import io.kemudi.store.Txn;
import io.kemudi.store.TxnResult;
import java.math.BigInteger;
import java.util.List;
import java.util.random.RandomGenerator;

/// Which node ports are taken, as upstream stores it: one key with a bit per port. Read at the
/// beginning of a change, and written back in the Service's transaction if nobody else has.
///
/// Not thread-safe: made for one attempt of one write.
final class NodePorts {
  static final String KEY = "/registry/ranges/servicenodeports";
  private static final int RANDOM_ATTEMPTS = 64;

  private final int first;
  private final int last;
  private final long revision;
  private final BigInteger before;
  private BigInteger taken;

  private NodePorts(int first, int last, long revision, BigInteger taken) {
    this.first = first;
    this.last = last;
    this.revision = revision;
    this.before = taken;
    this.taken = taken;
  }

  /// Reads the latest state.
  static NodePorts read(Store store, int first, int last) {
    TxnResult result = store.txn(Txn.builder().ifModRevision(KEY, Long.MAX_VALUE).build());
    if (result instanceof TxnResult.Conflict(long _, List<KeyValue> current)
        && !current.isEmpty()) {
      KeyValue pair = current.getFirst();
      return new NodePorts(first, last, pair.modRevision(), bits(pair.value()));
    }
    return new NodePorts(first, last, 0, BigInteger.ZERO);
  }

  private static BigInteger bits(byte[] value) {
    try {
      RangeAllocation range = RangeAllocation.parseFrom(Envelope.unwrap(value).raw());
      return new BigInteger(1, range.getData().toByteArray());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the value of " + KEY + " cannot be read", e);
    }
  }

  boolean inRange(long port) {
    return port >= first && port <= last;
  }

  /// Takes a certain port; false when it is taken.
  boolean take(long port) {
    int bit = (int) (port - first);
    if (taken.testBit(bit)) {
      return false;
    }
    taken = taken.setBit(bit);
    return true;
  }

  /// Takes any free port; -1 when none is left.
  int takeAny(RandomGenerator random) {
    int size = last - first + 1;
    for (int i = 0; i < RANDOM_ATTEMPTS; i++) {
      int port = first + random.nextInt(size);
      if (take(port)) {
        return port;
      }
    }
    for (int port = first; port <= last; port++) {
      if (take(port)) {
        return port;
      }
    }
    return -1;
  }

  void free(long port) {
    if (inRange(port)) {
      taken = taken.clearBit((int) (port - first));
    }
  }

  boolean changed() {
    return !taken.equals(before);
  }

  Txn.Condition condition() {
    return new Txn.Condition(KEY, revision);
  }

  Txn.Write write() {
    byte[] bits = taken.toByteArray();
    int sign = bits.length > 1 && bits[0] == 0 ? 1 : 0;
    RangeAllocation.Builder range = RangeAllocation.newBuilder();
    range.getMetadataBuilder();
    range.setRange(first + "-" + last);
    range.setData(
        taken.signum() == 0
            ? ByteString.EMPTY
            : ByteString.copyFrom(bits, sign, bits.length - sign));
    byte[] value = Envelope.wrap("v1", "RangeAllocation", range.build().toByteArray());
    return new Txn.Put(KEY, value, 0);
  }
}
