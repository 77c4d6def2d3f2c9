package io.kemudi.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;

/// Feeds mutated inputs to a decoder: it reads or refuses each, in its own words, and asks for no
/// more memory than the input's size justifies. Work is bounded by that too, as loops that never
/// end usually collect something; the others end in the test's `@Timeout`.
///
/// The same seed makes the same inputs. A failure prints the input as a line for the resource
/// `fuzz-failures.txt` beside the test (`NAME BASE64`), whose inputs run first ever after. Longer
/// runs: `-Dkemudi.fuzz.seed=N -Dkemudi.fuzz.factor=N`.
public final class Fuzz {
  /// What is fuzzed. Throws what it refuses with.
  @FunctionalInterface
  public interface Decoder {
    void decode(byte[] input) throws Exception;
  }

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final long FIXED_BYTES = 8 << 20; // tables that the first use builds, buffers
  private static final int MAX_INPUT = 1 << 16;

  /// What breaks readers of all sorts.
  private static final List<byte[]> WORDS =
      List.of(
          text("{"),
          text("["),
          text("]"),
          text("}"),
          text("\""),
          text("\\"),
          text("\\u"),
          text("\\ud800"),
          text(":"),
          text(","),
          text("null"),
          text("true"),
          text("-"),
          text("0"),
          text("-1"),
          text("2147483648"),
          text("9223372036854775808"),
          text("1e309"),
          text("1e-9999"),
          text("0.1"),
          text("\n"),
          text("\t"),
          text("\r\n"),
          text("&a "),
          text("*a"),
          text("<<: "),
          text("!!binary "),
          text("- "),
          text("? "),
          text("---\n"),
          text("~"),
          text("%"),
          text("%00"),
          text("%zz"),
          text("/"),
          text("~1"),
          text("="),
          text("!="),
          text(" in ("),
          text(")"),
          text(";"),
          text("$patch"),
          text("\ud83d\ude00"),
          text(".nan"),
          text("0x"),
          new byte[] {0},
          new byte[] {(byte) 0x80},
          new byte[] {(byte) 0xff, (byte) 0xff},
          new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
          new byte[] {(byte) 0xf4, (byte) 0x90},
          new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f});

  private final Class<?> test;
  private final String name;
  private final List<Class<? extends Exception>> refusals;
  private long bytesPerByte = 4096;
  private long fixedBytes = FIXED_BYTES;

  /// `refusals` are the exceptions that the decoder may throw.
  @SafeVarargs
  public Fuzz(Class<?> test, String name, Class<? extends Exception>... refusals) {
    this.test = test;
    this.name = name;
    this.refusals = List.of(refusals);
  }

  /// Allows another amount of memory than 8 MiB and 4 KiB per byte of input.
  public Fuzz memory(long fixed, long perByte) {
    fixedBytes = fixed;
    bytesPerByte = perByte;
    return this;
  }

  /// Past failures, then the inputs as they are, then `rounds` mutations of them.
  public void run(List<byte[]> inputs, int rounds, Decoder decoder) {
    for (byte[] failure : pastFailures()) {
      check(failure, decoder, "a past failure");
    }
    for (byte[] input : inputs) {
      check(input, decoder, "an input as it is");
    }
    long seed = Long.getLong("kemudi.fuzz.seed", 1);
    int times = rounds * Integer.getInteger("kemudi.fuzz.factor", 1);
    var random = new Random(seed * 31 + name.hashCode());
    for (int round = 0; round < times; round++) {
      byte[] input = inputs.get(random.nextInt(inputs.size()));
      int changes = 1 + random.nextInt(5);
      for (int i = 0; i < changes; i++) {
        input = mutated(input, inputs, random);
      }
      check(input, decoder, "seed " + seed + ", round " + round);
    }
  }

  private void check(byte[] input, Decoder decoder, String where) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      decoder.decode(input.clone());
    } catch (Exception | AssertionError | StackOverflowError | OutOfMemoryError e) {
      if (refusals.stream().noneMatch(refusal -> refusal.isInstance(e))) {
        throw new AssertionError(described(input, where, e.toString()), e);
      }
    }
    long used = THREADS.getCurrentThreadAllocatedBytes() - before;
    if (used > fixedBytes + bytesPerByte * input.length) {
      throw new AssertionError(
          described(input, where, used + " bytes of memory for " + input.length));
    }
  }

  private String described(byte[] input, String where, String what) {
    return "%s, %s: %s%nfor fuzz-failures.txt:%n%s %s"
        .formatted(name, where, what, name, Base64.getEncoder().encodeToString(input));
  }

  private List<byte[]> pastFailures() {
    var failures = new ArrayList<byte[]>();
    try (InputStream file = test.getResourceAsStream("fuzz-failures.txt")) {
      if (file == null) {
        return failures;
      }
      new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith(name + " "))
          .forEach(
              line -> failures.add(Base64.getDecoder().decode(line.substring(name.length() + 1))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return failures;
  }

  private static byte[] mutated(byte[] input, List<byte[]> inputs, Random random) {
    int at = random.nextInt(input.length + 1);
    return switch (random.nextInt(9)) {
      case 0 -> changed(input, random);
      case 1 -> Arrays.copyOf(input, at);
      case 2 -> spliced(input, at, at, WORDS.get(random.nextInt(WORDS.size())));
      case 3 ->
          spliced(input, at, spanEnd(input, at, random), WORDS.get(random.nextInt(WORDS.size())));
      case 4 -> spliced(input, at, spanEnd(input, at, random), new byte[0]);
      case 5 -> {
        byte[] span = Arrays.copyOfRange(input, at, spanEnd(input, at, random));
        yield spliced(input, at, at, repeated(span, 1 + random.nextInt(4)));
      }
      case 6 -> {
        byte[] other = inputs.get(random.nextInt(inputs.size()));
        int from = random.nextInt(other.length + 1);
        yield spliced(input, at, at, Arrays.copyOfRange(other, from, spanEnd(other, from, random)));
      }
      case 7 -> {
        byte[] bytes = new byte[1 + random.nextInt(8)];
        random.nextBytes(bytes);
        yield spliced(input, at, at, bytes);
      }
      default ->
          random.nextInt(20) > 0
              ? changed(input, random)
              : spliced(input, at, at, repeated(WORDS.get(random.nextInt(WORDS.size())), 20_000));
    };
  }

  private static byte[] changed(byte[] input, Random random) {
    byte[] result = input.clone();
    if (result.length > 0) {
      int at = random.nextInt(result.length);
      result[at] =
          (byte) (random.nextBoolean() ? random.nextInt() : result[at] ^ 1 << random.nextInt(8));
    }
    return result;
  }

  private static int spanEnd(byte[] input, int from, Random random) {
    return Math.min(input.length, from + 1 + random.nextInt(64));
  }

  private static byte[] repeated(byte[] span, int times) {
    byte[] result = new byte[Math.min(MAX_INPUT, span.length * times)];
    for (int i = 0; i < result.length; i++) {
      result[i] = span[i % span.length];
    }
    return result;
  }

  private static byte[] spliced(byte[] input, int from, int to, byte[] between) {
    byte[] result = new byte[Math.min(MAX_INPUT, input.length - (to - from) + between.length)];
    for (int i = 0; i < result.length; i++) {
      result[i] =
          i < from
              ? input[i]
              : i < from + between.length
                  ? between[i - from]
                  : input[i - between.length + to - from];
    }
    return result;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
